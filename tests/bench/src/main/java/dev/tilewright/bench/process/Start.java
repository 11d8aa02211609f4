package dev.tilewright.bench.process;

import ai.onnxruntime.OrtEnvironment;
import com.fasterxml.jackson.core.JsonFactory;
import com.google.protobuf.CodedInputStream;
import dev.tilewright.Tensor;
import dev.tilewright.bench.model.LanguageModel;
import dev.tilewright.bench.peer.Precision;
import dev.tilewright.examples.language.Llama;
import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.runtime.Tilewright;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts {@link StartProbe} in fresh processes. */
public final class Start {
  /**
   * What one start took.
   *
   * @param firstMs from starting the JVM to the first embedding
   * @param loadMs of it, loading the model
   * @param residentMb memory that the process holds then
   * @param peakMb the most that it held
   */
  public record Took(double firstMs, double loadMs, double residentMb, double peakMb) {}

  private final List<String> command;
  private final List<String> probe;
  private final Path cache;

  private Start(String classPath, List<String> arguments, Path cache) {
    this.command = List.of(java(), "--enable-native-access=ALL-UNNAMED", "-cp", classPath);
    this.probe = new ArrayList<>(List.of(StartProbe.class.getName()));
    this.probe.addAll(arguments);
    this.cache = cache;
  }

  /**
   * The compiled model.
   *
   * @param folder for jars and caches
   * @param packed whether it keeps its weights packed
   */
  public static Start tilewright(
      Path folder, Path model, int workers, Precision precision, boolean packed)
      throws IOException {
    String jars =
        new Jars(folder)
            .classPath(
                StartProbe.class,
                MiniLm.class,
                Tilewright.class,
                Tensor.class,
                CodedInputStream.class,
                JsonFactory.class);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "tilewright",
                model.toString(),
                String.valueOf(workers),
                precision.declared().label()));
    if (packed) {
      arguments.add(folder.resolve("packed").toString());
    }
    String cache = "tilewright-" + precision + (packed ? "-packed" : "") + ".aot";
    return new Start(jars, arguments, folder.resolve(cache));
  }

  /**
   * A compiled language model that reads 16 words of a GGUF file's.
   *
   * @param folder for jars and caches
   */
  public static Start language(
      Path folder,
      LanguageModel<?> model,
      Path file,
      int workers,
      dev.tilewright.Precision precision)
      throws IOException {
    String jars =
        new Jars(folder)
            .classPath(
                StartProbe.class,
                Llama.class,
                Tilewright.class,
                Tensor.class,
                CodedInputStream.class,
                JsonFactory.class);
    List<String> arguments =
        List.of(
            "language", file.toString(), String.valueOf(workers), precision.label(), model.name());
    return new Start(jars, arguments, folder.resolve("language.aot"));
  }

  /** ONNX Runtime. */
  public static Start onnxRuntime(Path folder, Path model, int workers) throws IOException {
    String jars = new Jars(folder).classPath(StartProbe.class, OrtEnvironment.class);
    List<String> arguments = List.of("onnxruntime", model.toString(), String.valueOf(workers));
    return new Start(
        jars, arguments, model.resolveSibling("onnxruntime-" + model.getFileName() + ".aot"));
  }

  /**
   * Makes the ahead-of-time cache of JDK 25 (JEP 514) from a run for practice, the second one: by
   * then weights are packed.
   */
  public void train() throws IOException, InterruptedException {
    run(List.of());
    run(List.of("-XX:AOTCacheOutput=" + cache));
    if (!Files.exists(cache)) {
      throw new IOException("the JVM has written no cache to " + cache);
    }
  }

  /** Starts a process and waits for its end. */
  public Took run(boolean cached) throws IOException, InterruptedException {
    return run(cached ? List.of("-XX:AOTCache=" + cache) : List.of());
  }

  private Took run(List<String> options) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(command);
    all.addAll(1, options);
    all.addAll(probe);
    ProcessBuilder builder = new ProcessBuilder(all).redirectError(ProcessBuilder.Redirect.DISCARD);
    long start = System.nanoTime();
    Process process = builder.start();
    try (BufferedReader out = process.inputReader()) {
      String loading = line(out, "\\d+");
      double total = (System.nanoTime() - start) / 1e6;
      String memory = line(out, "\\d+ \\d+");
      process.waitFor();
      if (loading == null || memory == null) {
        throw new IOException("the process failed: " + String.join(" ", all));
      }
      int blank = memory.indexOf(' ');
      return new Took(
          total,
          Long.parseLong(loading) / 1e3,
          Long.parseLong(memory.substring(0, blank)) / 1024.0,
          Long.parseLong(memory.substring(blank + 1)) / 1024.0);
    }
  }

  /** The next line of a form; null if there is none. */
  private static String line(BufferedReader out, String form) throws IOException {
    String line = out.readLine();
    while (line != null && !line.matches(form)) {
      line = out.readLine();
    }
    return line;
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }
}
