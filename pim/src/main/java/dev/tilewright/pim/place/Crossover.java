package dev.tilewright.pim.place;

import dev.tilewright.pim.controller.Arithmetic;
import dev.tilewright.pim.controller.Controller;
import dev.tilewright.pim.decode.TransformerSize;
import dev.tilewright.pim.device.Device;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A chosen placement beside all work in the memory and all on the host, over the length of the
 * context.
 *
 * @param title for charts
 * @param points ascending in tokens
 */
public record Crossover(String title, List<Point> points) {
  /** Seconds that a change between host and memory takes; our choice. */
  public static final double HANDOVER = 1e-6;

  /** Two cores of a Zen 4: peak of bf16 products and rate of reads as measured. */
  public static final Processor TWO_CORES = new Processor("two cores", 462e9, 30e9);

  /**
   * The processor of NeuPIMs: eight systolic arrays of 128 x 128 at 1 GHz, and 32 channels that
   * give 32 bytes a nanosecond each.
   */
  public static final Processor NPU = new Processor("NPU", 8 * 128 * 128 * 2e9, 1024e9);

  /**
   * One length.
   *
   * @param tokens of the prompt, or that a decoded token sees
   * @param memory seconds with all work in the memory and its controller
   * @param host seconds with all work on the host
   * @param chosen the cheapest placement
   */
  public record Point(int tokens, double memory, double host, Placement chosen) {}

  public Crossover {
    points = List.copyOf(points);
  }

  /** The comparisons of the documentation, by the name of their chart. */
  public static Map<String, Crossover> all() {
    TransformerSize size = TransformerSize.PIM_GPT.getLast();
    Map<String, Crossover> all = new LinkedHashMap<>();
    TransformerChain cores = chain("pim-gpt", size, TWO_CORES);
    TransformerChain npu = chain("neupims-single", size, NPU);
    all.put("cores-decode", decode("Decode, two cores and PIM-GPT's memory", size, cores, 1));
    all.put("cores-prefill", prefill("Prefill, two cores and PIM-GPT's memory", size, cores));
    all.put("npu-decode", decode("Decode, NPU and NeuPIMs' memory", size, npu, 1));
    all.put("npu-batch", decode("Decode of 64 texts, NPU and NeuPIMs' memory", size, npu, 64));
    all.put("npu-prefill", prefill("Prefill, NPU and NeuPIMs' memory", size, npu));
    return all;
  }

  private static TransformerChain chain(String device, TransformerSize size, Processor host) {
    return new TransformerChain(
        Device.named(device), size, new Controller(Arithmetic.FP32, 1e9, 2048), host);
  }

  private static Crossover decode(
      String title, TransformerSize size, TransformerChain chain, int requests) {
    List<Point> points = new ArrayList<>();
    for (int tokens = 16; tokens <= size.context(); tokens *= 2) {
      points.add(point(tokens, chain.step(requests, tokens - 1, 1)));
    }
    return new Crossover(title, points);
  }

  private static Crossover prefill(String title, TransformerSize size, TransformerChain chain) {
    List<Point> points = new ArrayList<>();
    for (int tokens = 1; tokens <= size.context(); tokens *= 2) {
      points.add(point(tokens, chain.step(1, 0, tokens)));
    }
    return new Crossover(title, points);
  }

  private static Point point(int tokens, List<Candidate> chain) {
    Placer placer = new Placer(HANDOVER);
    return new Point(
        tokens,
        placer.cheapest(chain, EnumSet.of(Place.MEMORY, Place.CONTROLLER)).seconds(),
        placer.cheapest(chain, EnumSet.of(Place.HOST)).seconds(),
        placer.cheapest(chain));
  }

  /** Milliseconds by tokens, a line each for memory, host and the chosen placement. */
  public Map<String, SortedMap<Double, Double>> lines() {
    Map<String, SortedMap<Double, Double>> lines = new LinkedHashMap<>();
    for (String name : List.of("all in memory", "all on the host", "chosen")) {
      lines.put(name, new TreeMap<>());
    }
    for (Point p : points) {
      lines.get("all in memory").put((double) p.tokens, 1e3 * p.memory);
      lines.get("all on the host").put((double) p.tokens, 1e3 * p.host);
      lines.get("chosen").put((double) p.tokens, 1e3 * p.chosen.seconds());
    }
    return lines;
  }

  /** A Markdown table, a row a point. */
  public String table() {
    StringBuilder table =
        new StringBuilder(
            """
            | tokens | all in memory, ms | all on the host, ms | chosen, ms | against the better | on the host |
            |---:|---:|---:|---:|---:|---|
            """);
    for (Point p : points) {
      table.append(
          String.format(
              Locale.ROOT,
              "| %d | %.3f | %.3f | %.3f | %.2fx | %s |%n",
              p.tokens,
              1e3 * p.memory,
              1e3 * p.host,
              1e3 * p.chosen.seconds(),
              Math.min(p.memory, p.host) / p.chosen.seconds(),
              onHost(p.chosen)));
    }
    return table.toString();
  }

  /** The kinds of work that are on the host at least once, or what is not if that is shorter. */
  private static String onHost(Placement placement) {
    Map<String, Boolean> names = new LinkedHashMap<>();
    placement
        .choices()
        .forEach(c -> names.merge(c.work().name(), c.place() == Place.HOST, Boolean::logicalOr));
    List<String> host = names.keySet().stream().filter(names::get).toList();
    List<String> memory = names.keySet().stream().filter(n -> !names.get(n)).toList();
    if (memory.isEmpty()) {
      return "all";
    }
    if (host.isEmpty()) {
      return "nothing";
    }
    return host.size() <= memory.size()
        ? String.join(", ", host)
        : "all but " + String.join(", ", memory);
  }
}
