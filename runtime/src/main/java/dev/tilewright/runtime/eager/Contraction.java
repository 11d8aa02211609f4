package dev.tilewright.runtime.eager;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * A contraction as a batched matrix product: the operands' axes are brought into the order {@code
 * [batch, m, k]} and {@code [batch, k, n]}, where m are the letters of the left operand alone, n
 * those of the right and k the summed ones. Products of floats are exact in double, in which they
 * are summed in ascending order of k; bf16 is summed in float, integers in int.
 */
final class Contraction {
  private Contraction() {}

  static Object contract(Primitive.Contract contract, HostTensor left, HostTensor right) {
    String inLeft = contract.left();
    String inRight = contract.right();
    String out = contract.out();
    String batch =
        filter(out, letter -> inLeft.indexOf(letter) >= 0 && inRight.indexOf(letter) >= 0);
    String m = filter(out, letter -> inRight.indexOf(letter) < 0);
    String n = filter(out, letter -> inLeft.indexOf(letter) < 0);
    String k = filter(inLeft, letter -> out.indexOf(letter) < 0);
    HostTensor a = arrange(left, inLeft, batch + m + k);
    HostTensor b = arrange(right, inRight, batch + k + n);
    DType sums = a.dtype() == DType.INT8 || a.dtype() == DType.UINT8 ? DType.INT32 : DType.FLOAT32;
    Object product =
        multiply(
            a,
            b,
            Index.size(a.type(), 0, batch.length()),
            Index.size(a.type(), batch.length(), batch.length() + m.length()),
            Index.size(b.type(), batch.length() + k.length(), b.rank()),
            Index.size(b.type(), batch.length(), batch.length() + k.length()));
    List<Dim> shape = new ArrayList<>(a.shape().subList(0, batch.length() + m.length()));
    shape.addAll(b.shape().subList(batch.length() + k.length(), b.rank()));
    HostTensor arranged = HostTensor.wrap(new TensorType(sums, shape), product);
    return arrange(arranged, batch + m + n, out).elements();
  }

  private static String filter(String letters, IntPredicate keep) {
    return letters
        .chars()
        .filter(keep)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** The tensor with its axes, called {@code from}, in the order {@code to}. */
  private static HostTensor arrange(HostTensor x, String from, String to) {
    if (from.equals(to)) {
      return x;
    }
    List<Integer> permutation = to.chars().mapToObj(from::indexOf).toList();
    TensorType type = x.type().withShape(permutation.stream().map(x::dim).toList());
    return HostTensor.wrap(type, Views.transpose(new Primitive.Transpose(permutation), type, x));
  }

  private static Object multiply(
      HostTensor a, HostTensor b, int batches, int rows, int columns, int depth) {
    return switch (a.dtype()) {
      case FLOAT32 ->
          multiply((float[]) a.elements(), (float[]) b.elements(), batches, rows, columns, depth);
      case BFLOAT16 -> multiplySingle(a.toFloats(), b.toFloats(), batches, rows, columns, depth);
      case INT8, UINT8 -> multiply(a.toInts(), b.toInts(), batches, rows, columns, depth);
      case INT32, BOOL -> throw new IllegalArgumentException("no product of " + a.type());
    };
  }

  /** As {@link #multiply}, with sums in single precision: products of bf16 are exact in it. */
  private static float[] multiplySingle(
      float[] a, float[] b, int batches, int rows, int columns, int depth) {
    float[] out = new float[batches * rows * columns];
    for (int row = 0; row < batches * rows; row++) {
      for (int d = 0; d < depth; d++) {
        float factor = a[row * depth + d];
        int at = (row / rows * depth + d) * columns;
        for (int c = 0; c < columns; c++) {
          out[row * columns + c] += factor * b[at + c];
        }
      }
    }
    return out;
  }

  private static int[] multiply(int[] a, int[] b, int batches, int rows, int columns, int depth) {
    int[] out = new int[batches * rows * columns];
    for (int row = 0; row < batches * rows; row++) {
      for (int d = 0; d < depth; d++) {
        int factor = a[row * depth + d];
        int at = (row / rows * depth + d) * columns;
        for (int c = 0; c < columns; c++) {
          out[row * columns + c] += factor * b[at + c];
        }
      }
    }
    return out;
  }

  /** {@code out[i, r, c] = sum over d of a[i, r, d]*b[i, d, c]}, a row of sums at a time. */
  private static float[] multiply(
      float[] a, float[] b, int batches, int rows, int columns, int depth) {
    float[] out = new float[batches * rows * columns];
    double[] sums = new double[columns];
    for (int row = 0; row < batches * rows; row++) {
      int batch = row / rows;
      Arrays.fill(sums, 0);
      for (int d = 0; d < depth; d++) {
        addScaled(sums, a[row * depth + d], b, (batch * depth + d) * columns);
      }
      for (int c = 0; c < columns; c++) {
        out[row * columns + c] = (float) sums[c];
      }
    }
    return out;
  }

  private static void addScaled(double[] sums, double factor, float[] b, int at) {
    for (int c = 0; c < sums.length; c++) {
      sums[c] += factor * b[at + c];
    }
  }
}
