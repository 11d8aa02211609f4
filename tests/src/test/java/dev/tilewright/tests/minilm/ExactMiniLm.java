package dev.tilewright.tests.minilm;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.examples.search.EncoderLayer;
import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.op.Layer;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.RequiredWeight;
import dev.tilewright.runtime.WeightMatcher;
import dev.tilewright.runtime.WeightType;
import dev.tilewright.runtime.Weights;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The example's model with its bodies run in binary64 by {@link DoubleEvaluator}. */
final class ExactMiniLm implements MiniLm {
  private final Weights source;
  private final Map<String, DoubleTensor> weights = new ConcurrentHashMap<>();

  ExactMiniLm(Weights source) {
    this.source = source;
  }

  /** Integers as a tensor of this model. */
  static Tensor ints(long rows, long columns, int[] values) {
    double[] elements = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      elements[i] = values[i];
    }
    return new DoubleTensor(TensorType.of(DType.INT32, rows, columns), elements);
  }

  private Tensor weight(String name, TensorType type) {
    return weights.computeIfAbsent(
        name,
        key -> {
          RequiredWeight required =
              new RequiredWeight(
                  key, WeightType.F32, type.shape().stream().map(Dim::value).toList(), "exact");
          float[] values =
              WeightMatcher.match(source, List.of(required)).tensors().get(key).toFloats();
          double[] elements = new double[values.length];
          for (int i = 0; i < values.length; i++) {
            elements[i] = values[i];
          }
          return new DoubleTensor(type, elements);
        });
  }

  private Tensor apply(Layer layer, Tensor... arguments) {
    return layer.apply(List.of(arguments), this::weight);
  }

  @Override
  public Tensor words(Tensor ids) {
    return apply(new Layer.Embedding("embeddings.word_embeddings", 30522, EncoderLayer.DIM), ids);
  }

  @Override
  public Tensor positions() {
    return weight(
        "embeddings.position_embeddings.weight",
        TensorType.of(DType.FLOAT32, 512, EncoderLayer.DIM));
  }

  @Override
  public Tensor segments() {
    return weight(
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
