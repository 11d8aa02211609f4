package dev.tilewright.runtime.eager;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Definitions element by element, by multi-indices, with nothing in common with what they are held
 * against.
 */
final class Naive {
  private Naive() {}

  /** What stands at an index. */
  interface Element {
    double at(int[] index);
  }

  /** All elements of a shape in row-major order. */
  static double[] tabulate(List<Integer> shape, Element element) {
    List<Double> values = new ArrayList<>();
    tabulate(shape, new int[shape.size()], 0, element, values);
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static void tabulate(
      List<Integer> shape, int[] index, int axis, Element element, List<Double> out) {
    if (axis == index.length) {
      out.add(element.at(index));
      return;
    }
    for (index[axis] = 0; index[axis] < shape.get(axis); index[axis]++) {
      tabulate(shape, index, axis + 1, element, out);
    }
  }

  /** The element of a tensor at an index. */
  static double get(Tensor x, int... index) {
    int at = 0;
    for (int axis = 0; axis < index.length; axis++) {
      at = at * (int) x.dim(axis).value() + index[axis];
    }
    return values(x)[at];
  }

  static double[] values(Tensor x) {
    return Casts.doubles(HostTensor.of(x));
  }

  static List<Integer> shape(Tensor x) {
    return x.shape().stream().map(Dim::intValue).toList();
  }

  /** Small whole numbers, so that every sum of products is exact. */
  static Tensor random(DType dtype, List<Integer> shape, Random random) {
    TensorType type = new TensorType(dtype, shape.stream().map(extent -> Dim.of(extent)).toList());
    int count = HostTensor.elementCount(type);
    long[] extents = shape.stream().mapToLong(Integer::longValue).toArray();
    return switch (dtype) {
      case FLOAT32 -> {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
          values[i] = random.nextInt(41) - 20;
        }
        yield Tensors.floats(extents, values);
      }
      case INT32 -> {
        int[] values = new int[count];
        Arrays.setAll(values, _ -> random.nextInt(41) - 20);
        yield Tensors.ints(extents, values);
      }
      case BFLOAT16, INT8, UINT8 -> random(DType.INT32, shape, random).cast(dtype);
      case BOOL -> {
        boolean[] values = new boolean[count];
        for (int i = 0; i < count; i++) {
          values[i] = random.nextBoolean();
        }
        yield Tensors.bools(extents, values);
      }
    };
  }
}
