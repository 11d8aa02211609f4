package dev.tilewright.tests.minilm;

import dev.tilewright.Tensor;
import dev.tilewright.examples.search.EncoderLayer;
import dev.tilewright.op.Layer;
import dev.tilewright.op.WeightSource;
import java.util.List;

/** A layer of {@link OpenMiniLm}. */
class OpenLayer implements EncoderLayer {
  private final WeightSource weights;
  private final String prefix;

  /**
   * The layer whose weights' names begin so.
   *
   * @param prefix empty, or ends in a dot
   */
  OpenLayer(WeightSource weights, String prefix) {
    this.weights = weights;
    this.prefix = prefix;
  }

  private Tensor apply(Layer layer, Tensor... arguments) {
    return layer.apply(List.of(arguments), weights);
  }

  private Tensor linear(String name, int out, Tensor x) {
    return apply(new Layer.Linear(prefix + name, out, true), x);
  }

  @Override
  public Tensor query(Tensor x) {
    return linear("attention.self.query", DIM, x);
  }

  @Override
  public Tensor key(Tensor x) {
    return linear("attention.self.key", DIM, x);
  }

  @Override
  public Tensor value(Tensor x) {
    return linear("attention.self.value", DIM, x);
  }

  @Override
  public Tensor project(Tensor x) {
    return linear("attention.output.dense", DIM, x);
  }

  @Override
  public Tensor norm1(Tensor x) {
    return apply(new Layer.LayerNorm(prefix + "attention.output.LayerNorm", 1e-12f), x);
  }

  @Override
  public Tensor up(Tensor x) {
    return linear("intermediate.dense", FFN, x);
  }

  @Override
  public Tensor down(Tensor x) {
    return linear("output.dense", DIM, x);
  }

  @Override
  public Tensor norm2(Tensor x) {
    return apply(new Layer.LayerNorm(prefix + "output.LayerNorm", 1e-12f), x);
  }
}
