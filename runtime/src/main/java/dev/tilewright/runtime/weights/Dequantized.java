package dev.tilewright.runtime.weights;

import dev.tilewright.runtime.UnsupportedWeightsException;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.WeightType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A DequantizeLinear node over constants, computed when first asked for: {@code y = (x - zeroPoint)
 * * scale} with one scale and zero point for the tensor, or one for each index along an axis.
 */
final class Dequantized implements Supplier<WeightTensor> {
  private final Supplier<WeightTensor> quantized;
  private final Supplier<WeightTensor> scale;
  private final Optional<Supplier<WeightTensor>> zeroPoint;
  private final int axis;
  private final Arena arena;
  private WeightTensor result;

  Dequantized(
      Supplier<WeightTensor> quantized,
      Supplier<WeightTensor> scale,
      Optional<Supplier<WeightTensor>> zeroPoint,
      int axis,
      Arena arena) {
    this.quantized = quantized;
    this.scale = scale;
    this.zeroPoint = zeroPoint;
    this.axis = axis;
    this.arena = arena;
  }

  @Override
  public synchronized WeightTensor get() {
    if (result == null) {
      result = compute(quantized.get());
    }
    return result;
  }

  private WeightTensor compute(WeightTensor x) {
    var values = x.toFloats();
    var scales = scale.get().toFloats();
    var zeros = zeroPoint.map(zero -> zero.get().toFloats()).orElse(new float[scales.length]);
    int dimension = axis < 0 ? axis + x.rank() : axis;
    boolean perTensor = scales.length == 1;
    boolean perAxis =
        dimension >= 0 && dimension < x.rank() && scales.length == x.shape().get(dimension);
    if (zeros.length != scales.length || !(perTensor || perAxis)) {
      throw new UnsupportedWeightsException(
          "tensor %s%s has %s scales and %s zero points; one, or one for each index of axis %s, expected"
              .formatted(x.name(), x.shape(), scales.length, zeros.length, axis));
    }
    int inner = 1; // elements that lie between neighbours along the axis
    for (int i = dimension + 1; !perTensor && i < x.rank(); i++) {
      inner *= (int) (long) x.shape().get(i);
    }
    for (int i = 0; i < values.length; i++) {
      int index = i / inner % scales.length;
      values[i] = (values[i] - zeros[index]) * scales[index];
    }
    var data = arena.allocate(4L * values.length, 4);
    data.copyFrom(MemorySegment.ofArray(values));
    return WeightTensor.of(x.name(), WeightType.F32, x.shape(), data);
  }
}
