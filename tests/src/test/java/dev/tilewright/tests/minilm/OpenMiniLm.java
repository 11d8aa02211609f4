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
    return new OpenLayer(weights, "encoder.layer." + i + ".");
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
