package dev.tilewright.tests.minilm;

import dev.tilewright.DType;
import dev.tilewright.Tensor;
import dev.tilewright.examples.search.EncoderLayer;
import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.op.Layer;
import dev.tilewright.op.TensorType;
import dev.tilewright.op.WeightSource;
import java.util.List;

/** The example's model with its bodies run on weights of any kind. */
class OpenMiniLm implements MiniLm {
  private final WeightSource weights;

  OpenMiniLm(WeightSource weights) {
    this.weights = weights;
  }

  private Tensor apply(Layer layer, Tensor... arguments) {
    return layer.apply(List.of(arguments), weights);
  }

  @Override
  public Tensor words(Tensor ids) {
    return apply(new Layer.Embedding("embeddings.word_embeddings", 30522, EncoderLayer.DIM), ids);
  }

  @Override
  public Tensor positions() {
    return weights.weight(
        "embeddings.position_embeddings.weight",
        TensorType.of(DType.FLOAT32, 512, EncoderLayer.DIM));
  }

  @Override
  public Tensor segments() {
    return weights.weight(
        "embeddings.token_type_embeddings.weight",
        TensorType.of(DType.FLOAT32, 2, EncoderLayer.DIM));
  }

  @Override
  public Tensor norm(Tensor x) {
    return apply(new Layer.LayerNorm("embeddings.LayerNorm", 1e-12f), x);
  }

  @Override
  public EncoderLayer layer(int i) {
    String prefix = "encoder.layer." + i + ".";
    return new EncoderLayer() {
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
    };
  }

  @Override
  public String describe() {
    return "binary64";
  }

  @Override
  public long peakBytes(String entry, long... symbols) {
    throw new UnsupportedOperationException("no memory is planned here");
  }

  @Override
  public void close() {}
}
