package dev.tilewright.tests.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.codegen.Platform;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A {@link Guest} in a JVM under an emulator. */
final class GuestProcess implements AutoCloseable {
  private final Platform platform;
  private final Path errors;
  private final Path vectors;
  private final Process process;
  private final BufferedReader output;
  private final Writer input;

  /**
   * Starts the JVM.
   *
   * @param emulator with its options
   * @param java the JDK's program
   * @param cache where the runtime may keep libraries
   * @param folder holds the weights and the rows
   */
  GuestProcess(
      Platform platform,
      List<String> emulator,
      Path java,
      List<Path> classPath,
      Path cache,
      Path folder)
      throws IOException {
    this.platform = platform;
    errors = Files.createTempFile(folder, "guest", ".errors");
    vectors = Files.createTempFile(folder, "guest", ".vectors");
    List<String> command = new ArrayList<>(emulator);
    command.addAll(
        List.of(
            java.toString(),
            // Of what Wine does not implement and the JVM can do without.
            "-XX:-PrintWarnings",
            "-XX:TieredStopAtLevel=1",
            "-Dstdout.encoding=UTF-8",
            "-Xmx512m",
            "--enable-native-access=ALL-UNNAMED",
            "-Dtilewright.cache=" + path(cache),
            "-cp",
            classPath.stream().map(this::path).collect(Collectors.joining(windows() ? ";" : ":")),
            Guest.class.getName(),
            path(folder.resolve("model.onnx")),
            path(folder.resolve("rows"))));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    Programs.configureWine(builder.environment());
    process = builder.start();
    output = process.inputReader(StandardCharsets.UTF_8);
    input = process.outputWriter(StandardCharsets.UTF_8);
  }

  private boolean windows() {
    return platform.system().equals("windows");
  }

  /** As the guest calls a file of this machine. */
  String path(Path file) {
    String path = file.toAbsolutePath().normalize().toString();
    return windows() ? "Z:" + path.replace(File.separatorChar, '\\') : path;
  }

  /** Loads the model, and answers with its description. */
  String load(String target, String precision, int workers) throws IOException {
    return done("load " + target + " " + precision + " " + workers);
  }

  /** Calls the model, and answers with the components of all vectors. */
  float[] call() throws IOException {
    done("call " + path(vectors));
    List<String> lines = Files.readAllLines(vectors);
    float[] components = new float[lines.size()];
    for (int i = 0; i < components.length; i++) {
      components[i] = Float.parseFloat(lines.get(i));
    }
    return components;
  }

  /** Closes the model, which says so. */
  void close(String expected) throws IOException {
    assertThat(done("close")).contains(expected);
  }

  private String done(String line) throws IOException {
    String answer = answer(line);
    assertThat(answer).as(line).startsWith(Guest.DONE);
    return answer;
  }

  /** What the guest says to a line. */
  String answer(String line) throws IOException {
    input.write(line + "\n");
    input.flush();
    String answer = output.readLine();
    if (answer == null) {
      throw new AssertionError(
          "the JVM ended with %d at %s: %s".formatted(status(), line, Files.readString(errors)));
    }
    return answer;
  }

  @Override
  public void close() throws IOException {
    input.close();
    assertThat(status()).as(Files.readString(errors)).isZero();
  }

  private int status() {
    return process.onExit().join().exitValue();
  }
}
