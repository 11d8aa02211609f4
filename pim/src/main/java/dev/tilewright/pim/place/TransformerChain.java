package dev.tilewright.pim.place;

import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.controller.Arithmetic;
import dev.tilewright.pim.controller.Controller;
import dev.tilewright.pim.controller.VectorFunction;
import dev.tilewright.pim.controller.VectorUnit;
import dev.tilewright.pim.decode.TransformerSize;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.map.Attention;
import dev.tilewright.pim.map.AttentionMap;
import dev.tilewright.pim.map.MatrixMap;
import dev.tilewright.pim.map.Product;
import dev.tilewright.pim.map.RowAllocator;
import dev.tilewright.pim.timing.TimingSimulator;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * The work of a GPT-2-shaped transformer as candidates for places. Host and memory share matrices
 * and caches: the host reads them where they lie, each once for all rows, at its own rate, and
 * finds vectors in its caches. The memory takes rows one after the other.
 */
public final class TransformerChain {
  private final TransformerSize size;
  private final VectorUnit controller;
  private final Processor host;
  private final MemoryClock clock;
  private final Product qkv;
  private final Product project;
  private final Product up;
  private final Product down;
  private final Product logits;
  private final Attention attention;
  private final double append;
  private final Map<CommandStream, Double> seconds = new IdentityHashMap<>();

  /**
   * @throws dev.tilewright.pim.map.CapacityException if the device is too small for a layer
   */
  public TransformerChain(
      Device device, TransformerSize size, VectorUnit controller, Processor host) {
    this.size = size;
    this.controller = controller;
    this.host = host;
    this.clock = new MemoryClock(device);
    RowAllocator rows = new RowAllocator(device);
    int width = size.width();
    this.qkv = new Product(MatrixMap.of(rows, "qkv", 3 * width, width));
    this.project = new Product(MatrixMap.of(rows, "project", width, width));
    this.up = new Product(MatrixMap.of(rows, "up", size.mlp(), width));
    this.down = new Product(MatrixMap.of(rows, "down", width, size.mlp()));
    this.logits = new Product(MatrixMap.of(rows, "logits", size.vocabulary(), width));
    this.attention = new Attention(new AttentionMap(rows, "cache", size.attention()));
    this.append = new TimingSimulator(device).run(attention.append(0)).seconds();
  }

  /**
   * A step in which each of {@code requests} texts reads {@code rows} tokens behind {@code before}
   * and gives one token's logits.
   *
   * @throws dev.tilewright.pim.map.ContextException if there is no room
   */
  public List<Candidate> step(int requests, int before, int rows) {
    List<Candidate> chain = new ArrayList<>();
    int all = requests * rows;
    for (int i = 0; i < size.layers(); i++) {
      chain.add(vector("norm", VectorFunction.LAYER_NORM, size.width(), all));
      chain.add(product("qkv", qkv, all));
      attend(requests, before, rows, chain);
      chain.add(product("project", project, all));
      chain.add(vector("residual", VectorFunction.ADD, size.width(), all));
      chain.add(vector("norm", VectorFunction.LAYER_NORM, size.width(), all));
      chain.add(product("up", up, all));
      chain.add(vector("gelu", VectorFunction.GELU, size.mlp(), all));
      chain.add(product("down", down, all));
      chain.add(vector("residual", VectorFunction.ADD, size.width(), all));
    }
    chain.add(vector("norm", VectorFunction.LAYER_NORM, size.width(), requests));
    chain.add(product("logits", logits, requests));
    return chain;
  }

  private void attend(int requests, int before, int rows, List<Candidate> chain) {
    double tokens = 0;
    double softmax = 0;
    double hostSoftmax = 0;
    for (int t = before + 1; t <= before + rows; t++) {
      tokens += t;
      softmax += size.heads() * controller.seconds(VectorFunction.SOFTMAX, t);
      hostSoftmax += size.heads() * operations(VectorFunction.SOFTMAX, t);
    }
    double work = 2.0 * size.width() * tokens;
    double cache = 2.0 * size.width() * (before + rows);
    double appended = 4.0 * size.width() * rows;
    Place memory = Place.MEMORY;
    chain.add(
        Candidate.of(
            "append",
            memory,
            requests * rows * append,
            Place.HOST,
            requests * host.seconds(0, appended)));
    chain.add(
        Candidate.of(
            "scores",
            memory,
            requests * each(before, rows, attention::scores),
            Place.HOST,
            requests * host.seconds(work, cache)));
    chain.add(
        Candidate.of(
            "softmax",
            Place.CONTROLLER,
            requests * softmax,
            Place.HOST,
            requests * host.seconds(hostSoftmax, 0)));
    chain.add(
        Candidate.of(
            "weighted sum",
            memory,
            requests * each(before, rows, attention::weightedSum),
            Place.HOST,
            requests * host.seconds(work, cache)));
  }

  private double each(int before, int rows, IntFunction<CommandStream> stream) {
    double sum = 0;
    for (int t = before + 1; t <= before + rows; t++) {
      sum += seconds.computeIfAbsent(stream.apply(t), clock::seconds);
    }
    return sum;
  }

  private Candidate product(String name, Product product, int rows) {
    MatrixMap matrix = product.matrix();
    double elements = (double) matrix.outputs() * matrix.depth();
    int more = matrix.chunks() - 1;
    double sums = more == 0 ? 0 : more * controller.seconds(VectorFunction.ADD, matrix.outputs());
    double memory = seconds.computeIfAbsent(product.stream(), clock::seconds) + sums;
    return Candidate.of(
        name,
        Place.MEMORY,
        rows * memory,
        Place.HOST,
        host.seconds(2 * elements * rows, 2 * elements));
  }

  private Candidate vector(String name, VectorFunction function, int length, int times) {
    return Candidate.of(
        name,
        Place.CONTROLLER,
        times * controller.seconds(function, length),
        Place.HOST,
        host.seconds((double) times * operations(function, length), 0));
  }

  /** What one lane that adds and multiplies would do. */
  private static long operations(VectorFunction function, int length) {
    return new Controller(Arithmetic.FP32, 1, 1).cycles(function, length);
  }
}
