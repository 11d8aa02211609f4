package dev.tilewright.bench.mode;

import dev.tilewright.bench.peer.Compiled;
import dev.tilewright.bench.peer.OnnxRuntime;
import dev.tilewright.bench.peer.PyTorch;
import dev.tilewright.bench.report.JsonLines;
import dev.tilewright.charts.BarChart;
import dev.tilewright.charts.LineChart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Draws what the other modes wrote. */
@Command(
    name = "charts",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Draws SVG charts of the JSON lines that the other modes wrote.")
public final class ChartMode implements Callable<Integer> {
  @Option(
      names = "--in",
      defaultValue = "target/bench",
      description = "The folder with JSON lines (default: ${DEFAULT-VALUE}).")
  private Path in;

  @Option(
      names = "--out",
      defaultValue = "target/bench",
      description =
          "The folder for charts (default: ${DEFAULT-VALUE}); ../../docs/charts for ours.")
  private Path out;

  private ChartMode() {}

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(out);
    for (int workers : new int[] {1, 2}) {
      bars("model", "ratio_to_peer", workers, "ratio", "Times faster than ONNX Runtime", "", 1);
      bars("model", "percent_of_peak", workers, "peak", "Share of the machine's peak", "%", 100);
    }
    bars("encoder", "percent_of_peak", 1, "peak", "Another encoder: share of the peak", "%", 100);
    bars("kernels", "percent_of_peak", 1, "peak", "Kernels: share of the peak", "%", 100);
    bars("start", "median_ms", 1, "time", "From the JVM's start to the first embedding", "ms", 0);
    for (int workers : new int[] {1, 2}) {
      bars("language", "ratio_to_peer", workers, "ratio", "Times faster than llama.cpp", "", 1);
      bars(
          "language",
          "percent_of_read",
          workers,
          "read",
          "Decode: share of memory's rate",
          "%",
          100);
    }
    lines("peak_bytes", 1e-6, "memory", "Memory of a call", "MB, besides weights");
    lines("median_ms", 1, "time", "Time of a call", "ms");
    return 0;
  }

  private List<Map<String, Object>> rows(String mode) throws IOException {
    Path file = in.resolve(mode + ".jsonl");
    return Files.exists(file) ? JsonLines.read(file) : List.of();
  }

  private void bars(
      String mode, String field, int workers, String file, String title, String unit, double mark)
      throws IOException {
    Map<String, Map<String, Double>> values = new LinkedHashMap<>();
    Map<String, Boolean> groups = new LinkedHashMap<>();
    for (Map<String, Object> row : rows(mode)) {
      if (row.get(field) instanceof Double value && row.get("workers").equals((double) workers)) {
        String series = row.get("implementation") + " " + row.get("precision");
        values
            .computeIfAbsent(name(series), _ -> new LinkedHashMap<>())
            .put(row.get("case").toString(), value);
        groups.put(row.get("case").toString(), true);
      }
    }
    // The measure of all others is no bar.
    if (mark == 1) {
      values.remove(name(OnnxRuntime.NAME + " fp32"));
      values.remove(name(OnnxRuntime.NAME + " int8"));
    }
    if (!values.isEmpty()) {
      String threads = workers == 1 ? ", 1 worker" : ", " + workers + " workers";
      BarChart chart =
          new BarChart(
              title + threads,
              unit,
              List.copyOf(groups.keySet()),
              List.copyOf(values.keySet()),
              values,
              mark);
      write(mode + "-" + file + "-" + workers, chart.svg());
    }
  }

  private void lines(String field, double factor, String file, String title, String unit)
      throws IOException {
    Map<String, SortedMap<Double, Double>> lines = new LinkedHashMap<>();
    for (Map<String, Object> row : rows("long")) {
      if (row.get(field) instanceof Double value && row.get("tokens") instanceof Double tokens) {
        lines
            .computeIfAbsent(name(row.get("implementation").toString()), _ -> new TreeMap<>())
            .put(tokens, factor * value);
      }
    }
    if (!lines.isEmpty()) {
      write("long-" + file, new LineChart(title, "tokens", unit, lines).svg());
    }
  }

  private static String name(String series) {
    return series
        .replace(Compiled.NAME, "Tilewright")
        .replace(OnnxRuntime.NAME, "ONNX Runtime")
        .replace(PyTorch.NAME, "PyTorch");
  }

  private void write(String name, String svg) throws IOException {
    Path file = out.resolve(name + ".svg");
    Files.writeString(file, svg);
    System.out.println(file);
  }
}
