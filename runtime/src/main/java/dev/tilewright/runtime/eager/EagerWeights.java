package dev.tilewright.runtime.eager;

import dev.tilewright.Dim;
import dev.tilewright.op.TensorType;
import dev.tilewright.op.TensorTypeException;
import dev.tilewright.op.TensorTypeException.Reason;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.RequiredWeight;
import dev.tilewright.runtime.WeightMatcher;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.WeightType;
import dev.tilewright.runtime.Weights;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Weights as tensors, each read when it is first asked for and then kept. */
final class EagerWeights {
  private final Weights source;
  private final Map<String, HostTensor> read = new ConcurrentHashMap<>();

  EagerWeights(Weights source) {
    this.source = source;
  }

  String origin() {
    return source.origin();
  }

  /**
   * The weight of the full name.
   *
   * @throws dev.tilewright.runtime.WeightMismatchException if it is missing or of another shape
   */
  HostTensor weight(String name, TensorType type, String declaredAt) {
    HostTensor tensor = read.computeIfAbsent(name, _ -> read(name, type, declaredAt));
    if (!tensor.type().equals(type)) {
      throw new TensorTypeException(
          Reason.SHAPE,
          "the weight "
              + name
              + " is "
              + tensor.type()
              + " in one place and "
              + type
              + " in "
              + declaredAt);
    }
    return tensor;
  }

  private HostTensor read(String name, TensorType type, String declaredAt) {
    List<Long> shape = type.shape().stream().map(Dim::value).toList();
    RequiredWeight required =
        new RequiredWeight(name, WeightType.of(type.dtype()), shape, declaredAt);
    WeightTensor found = WeightMatcher.match(source, List.of(required)).tensors().get(name);
    return WeightElements.read(found, type);
  }
}
