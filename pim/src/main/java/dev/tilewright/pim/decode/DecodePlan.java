package dev.tilewright.pim.decode;

import dev.tilewright.pim.controller.VectorFunction;
import dev.tilewright.pim.decode.Work.OnController;
import dev.tilewright.pim.decode.Work.OnMemory;
import dev.tilewright.pim.decode.Work.Part;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.map.Lookup;
import dev.tilewright.pim.map.MatrixMap;
import dev.tilewright.pim.map.Product;
import dev.tilewright.pim.map.RowAllocator;
import java.util.ArrayList;
import java.util.List;

/**
 * Generates decode steps. Streams of products are made once, those of attention when their length
 * first comes, so that issuing a step makes little more than the appends.
 */
public final class DecodePlan {
  private final Device device;
  private final TransformerSize size;
  private final RowAllocator rows;
  private final Product logits;
  private final Lookup tokens;
  private final MatrixMap positionMatrix;
  private final Lookup positions;
  private final List<LayerMap> layers = new ArrayList<>();

  /**
   * Maps a transformer.
   *
   * @throws dev.tilewright.pim.map.CapacityException if the device is too small
   */
  public DecodePlan(Device device, TransformerSize size) {
    this.device = device;
    this.size = size;
    this.rows = new RowAllocator(device);
    MatrixMap embedding = MatrixMap.of(rows, "tokens", size.vocabulary(), size.width());
    this.logits = new Product(embedding);
    this.tokens = new Lookup(embedding);
    this.positionMatrix = MatrixMap.of(rows, "positions", size.context(), size.width());
    this.positions = new Lookup(positionMatrix);
    for (int i = 0; i < size.layers(); i++) {
      layers.add(LayerMap.of(rows, size, i));
    }
  }

  public Device device() {
    return device;
  }

  public TransformerSize size() {
    return size;
  }

  /** Rows of every bank that the transformer takes. */
  public int rows() {
    return rows.taken();
  }

  Product logits() {
    return logits;
  }

  Lookup tokens() {
    return tokens;
  }

  MatrixMap positionMatrix() {
    return positionMatrix;
  }

  Lookup positions() {
    return positions;
  }

  LayerMap layer(int i) {
    return layers.get(i);
  }

  /**
   * The work of the step that reads {@code token} at {@code position} and gives the next token's
   * logits.
   *
   * @throws IllegalArgumentException if there is no such token or no room for the position
   */
  public List<Work> step(int token, int position) {
    List<Work> step = new ArrayList<>();
    step.add(new OnMemory(Part.TOKEN, tokens.stream(token)));
    step.add(new OnMemory(Part.POSITION, positions.stream(position)));
    step.add(new OnController(Part.EMBED, VectorFunction.ADD, size.width(), 1));
    for (LayerMap layer : layers) {
      attend(layer, position, step);
      step.add(new OnController(Part.NORM, VectorFunction.LAYER_NORM, size.width(), 1));
      product(layer.up(), Part.UP, step);
      step.add(new OnController(Part.GELU, VectorFunction.GELU, size.mlp(), 1));
      product(layer.down(), Part.DOWN, step);
      step.add(new OnController(Part.RESIDUAL, VectorFunction.ADD, size.width(), 1));
    }
    step.add(new OnController(Part.NORM, VectorFunction.LAYER_NORM, size.width(), 1));
    product(logits, Part.LOGITS, step);
    return step;
  }

  private void attend(LayerMap layer, int position, List<Work> step) {
    int count = position + 1;
    step.add(new OnController(Part.NORM, VectorFunction.LAYER_NORM, size.width(), 1));
    product(layer.qkv(), Part.QKV, step);
    step.add(new OnMemory(Part.APPEND, layer.attention().append(position)));
    step.add(new OnMemory(Part.SCORES, layer.attention().scores(count)));
    step.add(new OnController(Part.SOFTMAX, VectorFunction.SOFTMAX, count, size.heads()));
    step.add(new OnMemory(Part.WEIGHTED_SUM, layer.attention().weightedSum(count)));
    chunks(size.width(), (count - 1) / layer.attention().map().values().chunk(), step);
    product(layer.project(), Part.PROJECT, step);
    step.add(new OnController(Part.RESIDUAL, VectorFunction.ADD, size.width(), 1));
  }

  private static void product(Product product, Part part, List<Work> step) {
    step.add(new OnMemory(part, product.stream()));
    chunks(product.matrix().outputs(), product.matrix().chunks() - 1, step);
  }

  /** The sums over chunks behind the first. */
  private static void chunks(int outputs, int more, List<Work> step) {
    if (more > 0) {
      step.add(new OnController(Part.CHUNKS, VectorFunction.ADD, outputs, more));
    }
  }
}
