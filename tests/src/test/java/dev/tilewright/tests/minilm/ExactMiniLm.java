package dev.tilewright.tests.minilm;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.op.TensorType;
import dev.tilewright.op.WeightSource;
import dev.tilewright.runtime.RequiredWeight;
import dev.tilewright.runtime.WeightMatcher;
import dev.tilewright.runtime.WeightType;
import dev.tilewright.runtime.Weights;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The example's model with its bodies run in binary64 by {@link DoubleEvaluator}. */
final class ExactMiniLm extends OpenMiniLm {
  ExactMiniLm(Weights source) {
    super(exact(source));
  }

  /** Integers as a tensor of this model. */
  static Tensor ints(long rows, long columns, int[] values) {
    double[] elements = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      elements[i] = values[i];
    }
    return new DoubleTensor(TensorType.of(DType.INT32, rows, columns), elements);
  }

  /** The weights of a file, as they are asked for. */
  static float[] floats(Weights source, String name, TensorType type) {
    List<Long> shape = type.shape().stream().map(Dim::value).toList();
    RequiredWeight required = new RequiredWeight(name, WeightType.F32, shape, "test");
    return WeightMatcher.match(source, List.of(required)).tensors().get(name).toFloats();
  }

  private static WeightSource exact(Weights source) {
    Map<String, DoubleTensor> known = new ConcurrentHashMap<>();
    return (name, type) ->
        known.computeIfAbsent(
            name,
            key -> {
              float[] values = floats(source, key, type);
              double[] elements = new double[values.length];
              for (int i = 0; i < values.length; i++) {
                elements[i] = values[i];
              }
              return new DoubleTensor(type, elements);
            });
  }
}
