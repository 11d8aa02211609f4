package dev.tilewright.processor.tune;

import dev.tilewright.processor.compile.CompiledTarget;
import dev.tilewright.schema.Profile;
import dev.tilewright.schema.SchemaText;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Measures in a process of its own, with the Java that compiles: kernels that crash take nothing
 * with them, and the compiler's memory and threads disturb nothing.
 */
public final class ForkedMeasurer implements Measurer {
  private static final String MAIN = "dev.tilewright.runtime.tune.SideBySide";
  private static final int NOT_HERE = 3;
  private static final int LAST_LINES = 5;

  /** For starting, making weights, and calls that are longer than a burst should be. */
  private static final long GRACE_SECONDS = 60;

  private final Path java;
  private final Supplier<List<Path>> classPath;

  /**
   * @param classPath where runtime and annotations are
   */
  public ForkedMeasurer(Supplier<List<Path>> classPath) {
    this(
        Path.of(
            System.getProperty("java.home"),
            "bin",
            File.separatorChar == '\\' ? "java.exe" : "java"),
        classPath);
  }

  ForkedMeasurer(Path java, Supplier<List<Path>> classPath) {
    this.java = java;
    this.classPath = classPath;
  }

  @Override
  public List<Burst> measure(Variant first, Variant second, List<Case> cases, double seconds) {
    try {
      Path folder = Files.createTempDirectory("tilewright-tune");
      try {
        write(folder, 0, first.compiled());
        write(folder, 1, second.compiled());
        Files.write(folder.resolve("cases"), cases.stream().map(Case::toString).toList());
        run(folder, seconds);
        return bursts(Files.readAllLines(folder.resolve("bursts")));
      } finally {
        delete(folder);
      }
    } catch (IOException | UncheckedIOException e) {
      throw new MeasureException(false, "the process that measures cannot run: " + e, e);
    }
  }

  private static void write(Path folder, int number, CompiledTarget compiled) throws IOException {
    Files.writeString(folder.resolve(number + ".schema"), SchemaText.print(compiled.schema()));
    Files.write(folder.resolve(number + ".library"), compiled.library());
  }

  private void run(Path folder, double seconds) throws IOException {
    String path =
        classPath.get().stream()
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    Process process =
        new ProcessBuilder(
                java.toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                path,
                MAIN,
                folder.toString(),
                Double.toString(seconds))
            .directory(folder.toFile())
            .redirectOutput(folder.resolve("bursts").toFile())
            .redirectError(folder.resolve("errors").toFile())
            .start();
    try {
      long limit = Math.round(3 * seconds) + GRACE_SECONDS;
      if (!process.waitFor(limit, TimeUnit.SECONDS)) {
        throw new MeasureException(
            false,
            ("calls are too long: %.0f seconds were to be measured, and %d have passed; give"
                    + " smaller sizes or more time")
                .formatted(seconds, limit),
            null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeasureException(false, "interrupted", e);
    } finally {
      process.destroyForcibly();
    }
    if (process.exitValue() != 0) {
      String said = String.join("\n", Files.readAllLines(folder.resolve("errors")));
      throw new MeasureException(
          process.exitValue() == NOT_HERE,
          process.exitValue() == NOT_HERE
              ? said
              : "the process that measures ended with %d: %s"
                  .formatted(process.exitValue(), beginning(said)),
          null);
    }
  }

  private static String beginning(String said) {
    return said.lines().limit(LAST_LINES).collect(Collectors.joining("\n"));
  }

  private static List<Burst> bursts(List<String> lines) {
    List<Burst> bursts = new ArrayList<>();
    for (Iterator<String> each = lines.iterator(); each.hasNext(); ) {
      String[] words = each.next().split(" ", -1);
      StringBuilder profile = new StringBuilder();
      for (String line = each.next(); !line.equals("end"); line = each.next()) {
        profile.append(line).append('\n');
      }
      bursts.add(
          new Burst(
              Integer.parseInt(words[1]), words[2].equals("1"), Profile.parse(profile.toString())));
    }
    return bursts;
  }

  private static void delete(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
    Files.deleteIfExists(folder);
  }
}
