package dev.tilewright.bench.peer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * llama.cpp's own benchmark, a program that is not part of this build.
 *
 * @param program where it is
 */
public record LlamaBench(Path program) {
  /** What results call it. */
  public static final String NAME = "llama.cpp";

  private static final JsonFactory JSON = new JsonFactory();

  /**
   * What one process took.
   *
   * @param milliseconds from its start to its end
   * @param peakMb memory that it held at most, as far as was seen
   */
  public record Took(double milliseconds, double peakMb) {}

  /** The program on the path, if it is there. */
  public static Optional<LlamaBench> onPath() {
    String path = System.getenv().getOrDefault("PATH", "");
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, "llama-bench"))
        .filter(Files::isExecutable)
        .findFirst()
        .map(LlamaBench::new);
  }

  /** Tokens a second of texts of some lengths, read at once. */
  public Map<Integer, Double> read(Path model, int threads, List<Integer> lengths, int repeats)
      throws IOException, InterruptedException {
    List<String> arguments = List.of("-p", joined(lengths), "-n", "0");
    return rates(builder(model, threads, arguments, repeats), "n_prompt", "avg_ts");
  }

  /** Tokens a second generated one by one behind contexts of some lengths. */
  public Map<Integer, Double> write(
      Path model, int threads, List<Integer> contexts, int tokens, int repeats)
      throws IOException, InterruptedException {
    List<String> arguments =
        List.of("-p", "0", "-n", String.valueOf(tokens), "-d", joined(contexts));
    return rates(builder(model, threads, arguments, repeats), "n_depth", "avg_ts");
  }

  /**
   * Tokens a second that so many sequences generate together behind contexts of one length; none if
   * {@code llama-batched-bench} does not lie beside the program.
   */
  public Map<Integer, Double> together(
      Path model, int threads, List<Integer> sequences, int context, int tokens)
      throws IOException, InterruptedException {
    Path batched = program.resolveSibling("llama-batched-bench");
    if (!Files.isExecutable(batched)) {
      return Map.of();
    }
    int most = sequences.stream().max(Integer::compare).orElse(1);
    Map<String, String> options = new LinkedHashMap<>();
    options.put("-m", model.toString());
    options.put("-c", String.valueOf(most * (context + tokens)));
    options.put("-npp", String.valueOf(context));
    options.put("-ntg", String.valueOf(tokens));
    options.put("-npl", joined(sequences));
    options.put("-t", String.valueOf(threads));
    options.put("--output-format", "jsonl");
    List<String> command = new ArrayList<>(List.of(batched.toString()));
    options.forEach((name, value) -> command.addAll(List.of(name, value)));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    return rates(builder, "pl", "speed_tg");
  }

  /** A process that loads the model and reads a text of so many tokens once. */
  public Took start(Path model, int threads, int tokens) throws IOException, InterruptedException {
    List<String> arguments = List.of("-p", String.valueOf(tokens), "-n", "0", "--no-warmup");
    long start = System.nanoTime();
    Process process = builder(model, threads, arguments, 1).start();
    double peak = 0;
    Path status = Path.of("/proc/" + process.pid() + "/status");
    while (process.isAlive()) {
      peak = Math.max(peak, peakMb(status));
      Thread.sleep(2);
    }
    double milliseconds = (System.nanoTime() - start) / 1e6;
    process.getInputStream().close();
    return new Took(milliseconds, peak);
  }

  private static double peakMb(Path status) {
    try {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
        }
      }
    } catch (IOException e) {
      return 0; // it has ended
    }
    return 0;
  }

  /** One number by another, of each line that is an object. */
  private static Map<Integer, Double> rates(ProcessBuilder builder, String key, String rate)
      throws IOException, InterruptedException {
    Process process = builder.start();
    Map<Integer, Double> rates = new HashMap<>();
    try (BufferedReader out = process.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith("{")) {
          Map<String, Double> numbers = numbers(line);
          rates.put(numbers.getOrDefault(key, 0.0).intValue(), numbers.getOrDefault(rate, 0.0));
        }
      }
    }
    if (process.waitFor() != 0 || rates.isEmpty()) {
      throw new IOException("the process failed: " + String.join(" ", builder.command()));
    }
    return rates;
  }

  private ProcessBuilder builder(Path model, int threads, List<String> arguments, int repeats) {
    List<String> command =
        new ArrayList<>(List.of(program.toString(), "-m", model.toString(), "-o", "jsonl"));
    command.addAll(List.of("-t", String.valueOf(threads), "-r", String.valueOf(repeats)));
    command.addAll(arguments);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
  }

  /** The numbers among an object's fields. */
  private static Map<String, Double> numbers(String line) throws IOException {
    Map<String, Double> numbers = new HashMap<>();
    try (JsonParser json = JSON.createParser(line)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (value.isNumeric()) {
          numbers.put(name, json.getDoubleValue());
        }
        json.skipChildren();
      }
    }
    return numbers;
  }

  private static String joined(List<Integer> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
