package dev.tilewright.runtime;

import dev.tilewright.DType;
import dev.tilewright.op.TensorType;
import java.lang.reflect.Array;
import java.util.Arrays;

/**
 * Makes tensors of Java values. All copy what they are given.
 *
 * {@snippet :
 * Tensor ids = Tensors.of(new int[][] {{101, 7592, 102}});   // gives [[101, 7592, 102]]
 * Tensor x = Tensors.floats(new long[] {2, 3}, 1, 2, 3, 4, 5, 6);   // gives [[1, 2, 3], [4, 5, 6]]
 * }
 */
public final class Tensors {
  private Tensors() {}

  /**
   * A FLOAT32 tensor of the values in row-major order.
   *
   * {@snippet :
   * Tensor x = Tensors.floats(new long[] {2, 2}, 1, 2, 3, 4);   // gives [[1, 2], [3, 4]]
   * }
   *
   * @throws IllegalArgumentException if the shape asks for another number of values
   */
  public static HostTensor floats(long[] shape, float... values) {
    return HostTensor.wrap(TensorType.of(DType.FLOAT32, shape), values.clone());
  }

  /**
   * An INT32 tensor of the values in row-major order.
   *
   * {@snippet :
   * Tensor ids = Tensors.ints(new long[] {1, 3}, 101, 7592, 102);   // gives [[101, 7592, 102]]
   * }
   *
   * @throws IllegalArgumentException if the shape asks for another number of values
   */
  public static HostTensor ints(long[] shape, int... values) {
    return HostTensor.wrap(TensorType.of(DType.INT32, shape), values.clone());
  }

  /**
   * A BOOL tensor of the values in row-major order.
   *
   * {@snippet :
   * Tensor mask = Tensors.bools(new long[] {2}, true, false);   // gives [true, false]
   * }
   *
   * @throws IllegalArgumentException if the shape asks for another number of values
   */
  public static HostTensor bools(long[] shape, boolean... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) (values[i] ? 1 : 0);
    }
    return HostTensor.wrap(TensorType.of(DType.BOOL, shape), bytes);
  }

  /**
   * FLOAT32 {@code [n]}.
   *
   * {@snippet :
   * Tensor x = Tensors.of(1f, 2.5f);   // gives [1, 2.5]
   * }
   */
  public static HostTensor of(float... values) {
    return floats(new long[] {values.length}, values);
  }

  /**
   * INT32 {@code [n]}.
   *
   * {@snippet :
   * Tensor ids = Tensors.of(101, 7592, 102);   // gives [101, 7592, 102]
   * }
   */
  public static HostTensor of(int... values) {
    return ints(new long[] {values.length}, values);
  }

  /**
   * FLOAT32 {@code [rows, columns]}.
   *
   * {@snippet :
   * Tensor x = Tensors.of(new float[][] {{1, 2}, {3, 4}});   // gives [[1, 2], [3, 4]]
   * }
   *
   * @throws IllegalArgumentException if the rows differ in length
   */
  public static HostTensor of(float[][] rows) {
    return HostTensor.wrap(matrix(DType.FLOAT32, rows), join(rows, float.class));
  }

  /**
   * INT32 {@code [rows, columns]}.
   *
   * {@snippet :
   * Tensor ids = Tensors.of(new int[][] {{101, 102}});   // gives [[101, 102]]
   * }
   *
   * @throws IllegalArgumentException if the rows differ in length
   */
  public static HostTensor of(int[][] rows) {
    return HostTensor.wrap(matrix(DType.INT32, rows), join(rows, int.class));
  }

  /**
   * An INT32 batch {@code [sequences, length]} of sequences that differ in length, without padding.
   *
   * {@snippet :
   * Tensor last = Tensors.ragged(new int[] {101, 7592, 102}, new int[] {101, 102}).sequence(1);   // gives [101, 102]
   * }
   *
   * @throws IllegalArgumentException if there is no sequence, or an empty one
   */
  public static RaggedTensor ragged(int[]... sequences) {
    return RaggedTensor.of(Arrays.stream(sequences).map(Tensors::of).toList());
  }

  /**
   * A FLOAT32 batch {@code [sequences, length]} of sequences that differ in length, without
   * padding.
   *
   * {@snippet :
   * Tensor first = Tensors.ragged(new float[] {0.5f}, new float[] {1, 2}).sequence(0);   // gives [0.5]
   * }
   *
   * @throws IllegalArgumentException if there is no sequence, or an empty one
   */
  public static RaggedTensor ragged(float[]... sequences) {
    return RaggedTensor.of(Arrays.stream(sequences).map(Tensors::of).toList());
  }

  /**
   * Zeros, or false.
   *
   * {@snippet :
   * Tensor x = Tensors.zeros(DType.FLOAT32, 2, 3);   // gives [[0, 0, 0], [0, 0, 0]]
   * }
   */
  public static HostTensor zeros(DType dtype, long... shape) {
    TensorType type = TensorType.of(dtype, shape);
    int count = HostTensor.elementCount(type);
    return HostTensor.wrap(type, HostTensor.array(dtype, count));
  }

  private static TensorType matrix(DType dtype, Object[] rows) {
    int columns = rows.length == 0 ? 0 : Array.getLength(rows[0]);
    for (int i = 0; i < rows.length; i++) {
      if (Array.getLength(rows[i]) != columns) {
        throw new IllegalArgumentException(
            "the rows differ in length: row 0 has "
                + columns
                + " values, row "
                + i
                + " has "
                + Array.getLength(rows[i])
                + "; pad them to one length");
      }
    }
    return TensorType.of(dtype, rows.length, columns);
  }

  private static Object join(Object[] rows, Class<?> component) {
    int columns = rows.length == 0 ? 0 : Array.getLength(rows[0]);
    Object all = Array.newInstance(component, Math.multiplyExact(rows.length, columns));
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, all, i * columns, columns);
    }
    return all;
  }
}
