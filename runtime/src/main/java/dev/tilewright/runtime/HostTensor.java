package dev.tilewright.runtime;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.op.Evaluator;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.eager.EagerEvaluator;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A tensor whose elements lie in a Java array, row-major. Operations on it are computed at once, in
 * plain Java.
 */
public final class HostTensor implements Tensor {
  private static final int ARRAY_LIMIT = Integer.MAX_VALUE - 8;
  private static final int SHOWN = 8;

  private final TensorType type;
  private final Optional<WeightTensor> stored;
  private Object elements;

  private HostTensor(TensorType type, Object elements) {
    this.type = type;
    this.elements = elements;
    this.stored = Optional.empty();
  }

  private HostTensor(TensorType type, WeightTensor stored) {
    this.type = type;
    this.stored = Optional.of(stored);
  }

  /**
   * A FLOAT32 tensor over a weight in blocks, which is decoded when its elements are first asked
   * for.
   */
  public static HostTensor of(WeightTensor weight, TensorType type) {
    if (type.dtype() != DType.FLOAT32 || elementCount(type) != weight.size()) {
      throw new IllegalArgumentException(type + " cannot be the weight " + weight);
    }
    return new HostTensor(type, weight);
  }

  /** The weight in blocks that it stands for, if it does. */
  public Optional<WeightTensor> stored() {
    return stored;
  }

  /**
   * A tensor over an array, which is not copied: do not write to it afterwards.
   *
   * @param elements {@code float[]} for FLOAT32, {@code int[]} for INT32, {@code short[]} of bits
   *     for BFLOAT16, {@code byte[]} for INT8 and UINT8, {@code byte[]} of 0 and 1 for BOOL
   * @throws IllegalArgumentException if the array is of another kind or length
   * @throws TooLargeException if no array can hold so many elements
   */
  public static HostTensor wrap(TensorType type, Object elements) {
    int expected = elementCount(type);
    int length =
        switch (type.dtype()) {
          case FLOAT32 -> elements instanceof float[] floats ? floats.length : -1;
          case BFLOAT16 -> elements instanceof short[] shorts ? shorts.length : -1;
          case INT32 -> elements instanceof int[] ints ? ints.length : -1;
          case INT8, UINT8, BOOL -> elements instanceof byte[] bytes ? bytes.length : -1;
        };
    if (length < 0) {
      throw new IllegalArgumentException(
          type
              + " takes a float[], short[], int[] or byte[] according to its element type, not a "
              + elements.getClass().getSimpleName());
    }
    if (length != expected) {
      throw new IllegalArgumentException(
          type + " has " + expected + " elements, but " + length + " values came");
    }
    return new HostTensor(type, elements);
  }

  /** The tensor itself if its elements are in an array already, else a copy. */
  public static HostTensor of(Tensor tensor) {
    if (tensor instanceof HostTensor host) {
      return host;
    }
    return switch (tensor.dtype()) {
      case FLOAT32 -> wrap(tensor.type(), tensor.toFloats());
      case BFLOAT16 -> wrap(tensor.type(), narrow(tensor.toFloats()));
      case INT32 -> wrap(tensor.type(), tensor.toInts());
      case INT8, UINT8, BOOL -> wrap(tensor.type(), narrow(tensor.dtype(), tensor.toInts()));
    };
  }

  /** A new array of zeros, of the kind that holds elements of the type. */
  public static Object array(DType dtype, int count) {
    return switch (dtype) {
      case FLOAT32 -> new float[count];
      case BFLOAT16 -> new short[count];
      case INT32 -> new int[count];
      case INT8, UINT8, BOOL -> new byte[count];
    };
  }

  /**
   * How many elements a tensor of known shape has.
   *
   * @throws IllegalArgumentException if an extent is negative or not known
   * @throws TooLargeException if no array can hold so many
   */
  public static int elementCount(TensorType type) {
    long count = 1;
    for (Dim dim : type.shape()) {
      if (!dim.isKnown() || dim.value() < 0) {
        throw new IllegalArgumentException(
            type + ": the extent " + dim + " is no number of at least 0");
      }
    }
    try {
      for (Dim dim : type.shape()) {
        count = Math.multiplyExact(count, dim.value());
      }
    } catch (ArithmeticException e) {
      throw new TooLargeException(type + " has more elements than 64 bits can count", e);
    }
    if (count > ARRAY_LIMIT) {
      throw new TooLargeException(
          type + " has " + count + " elements; an array holds at most " + ARRAY_LIMIT);
    }
    return (int) count;
  }

  @Override
  public TensorType type() {
    return type;
  }

  @Override
  public Evaluator evaluator() {
    return EagerEvaluator.INSTANCE;
  }

  /** The array itself, not a copy: the kind that {@link #wrap} takes. Only to be read. */
  public synchronized Object elements() {
    if (elements == null) {
      elements = stored.orElseThrow().toFloats();
    }
    return elements;
  }

  @Override
  public float[] toFloats() {
    if (elements() instanceof float[] floats) {
      return floats.clone();
    }
    if (elements() instanceof short[] bits) {
      float[] values = new float[bits.length];
      for (int i = 0; i < bits.length; i++) {
        values[i] = DType.bfloat16Value(bits[i]);
      }
      return values;
    }
    throw new IllegalStateException(
        "toFloats() of " + type + ": take toInts(), or cast(DType.FLOAT32) first");
  }

  @Override
  public int[] toInts() {
    if (elements() instanceof int[] ints) {
      return ints.clone();
    }
    if (elements() instanceof byte[] bytes) {
      int mask = type.dtype() == DType.UINT8 ? 0xFF : -1;
      return IntStream.range(0, bytes.length).map(i -> bytes[i] & mask).toArray();
    }
    throw new IllegalStateException(
        "toInts() of " + type + ": take toFloats(), or cast(DType.INT32) first");
  }

  /** Type and the first elements. */
  @Override
  public String toString() {
    int count = elementCount(type);
    String first =
        IntStream.range(0, Math.min(count, SHOWN))
            .mapToObj(
                i ->
                    switch (type.dtype()) {
                      case FLOAT32 -> Float.toString(((float[]) elements())[i]);
                      case BFLOAT16 ->
                          Float.toString(DType.bfloat16Value(((short[]) elements())[i]));
                      case INT32 -> Integer.toString(((int[]) elements())[i]);
                      case INT8 -> Integer.toString(((byte[]) elements())[i]);
                      case UINT8 -> Integer.toString(Byte.toUnsignedInt(((byte[]) elements())[i]));
                      case BOOL -> ((byte[]) elements())[i] != 0 ? "true" : "false";
                    })
            .collect(Collectors.joining(", "));
    return type + " {" + first + (count > SHOWN ? ", ..}" : "}");
  }

  private static byte[] narrow(DType dtype, int[] values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (int) dtype.of(values[i]);
    }
    return bytes;
  }

  private static short[] narrow(float[] values) {
    short[] bits = new short[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = DType.bfloat16Bits(values[i]);
    }
    return bits;
  }
}
