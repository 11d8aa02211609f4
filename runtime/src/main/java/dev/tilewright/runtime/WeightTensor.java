package dev.tilewright.runtime;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.tilewright.runtime.weights.LittleEndian;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * A weight: a strided, read-only view of little-endian elements. Element (i0, i1, ...) is element
 * {@code i0 * strides[0] + i1 * strides[1] + ...} of {@code data}, so that a matrix and its
 * transpose share one segment. Blocks follow each other in the order of the elements.
 *
 * @param name the name in the source it came from
 * @param type how elements are stored
 * @param shape the extent of each dimension; empty for a scalar
 * @param strides the distance, in elements, between neighbours along each dimension
 * @param data the elements; begins at any byte, so access it with unaligned layouts; valid until
 *     the source is closed
 */
public record WeightTensor(
    String name, WeightType type, List<Long> shape, List<Long> strides, MemorySegment data) {
  /** Blocks that are decoded at a time. */
  private static final int PART = 1 << 12;

  /**
   * Checks that every element lies inside {@code data}.
   *
   * @throws IllegalArgumentException if it does not, or if shape and strides are of different rank
   *     or negative
   */
  public WeightTensor {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
    shape = List.copyOf(shape);
    strides = List.copyOf(strides);
    data = data.asReadOnly();
    long needed =
        multiply(name, Math.ceilDiv(reach(name, shape, strides), type.elements()), type.bytes());
    if (needed > data.byteSize()) {
      throw new IllegalArgumentException(
          "weight %s: %s%s with strides %s needs %s bytes, but the segment has %s"
              .formatted(name, type, shape, strides, needed, data.byteSize()));
    }
  }

  /** A row-major tensor over {@code data}. */
  public static WeightTensor of(
      String name, WeightType type, List<Long> shape, MemorySegment data) {
    return new WeightTensor(name, type, shape, rowMajor(name, shape), data);
  }

  /**
   * A row-major F32 tensor that holds a copy of {@code values}.
   *
   * @throws IllegalArgumentException if the shape asks for another number of values
   */
  public static WeightTensor of(String name, float[] values, long... shape) {
    var extents = Arrays.stream(shape).boxed().toList();
    if (count(name, extents) != values.length) {
      throw new IllegalArgumentException(
          "weight %s: shape %s has %s elements, but %s values came"
              .formatted(name, extents, count(name, extents), values.length));
    }
    var data = Arena.ofAuto().allocate(4L * values.length, 64);
    MemorySegment.copy(values, 0, data, LittleEndian.F32, 0, values.length);
    return of(name, WeightType.F32, extents, data);
  }

  /**
   * The elements.
   *
   * @throws ClosedWeightsException if the source was closed
   */
  @Override
  public MemorySegment data() {
    checkOpen();
    return data;
  }

  /** The number of dimensions. */
  public int rank() {
    return shape.size();
  }

  /** The number of elements. */
  public long size() {
    return count(name, shape);
  }

  /** Whether the elements lie in row-major order without gaps. */
  public boolean isRowMajor() {
    return strides.equals(rowMajor(name, shape));
  }

  /**
   * The view with the last two dimensions exchanged; nothing is copied.
   *
   * @throws IllegalStateException if there are fewer than two dimensions
   */
  public WeightTensor transposed() {
    if (rank() < 2) {
      throw new IllegalStateException(
          "weight " + name + " " + shape + " has no two dimensions to exchange");
    }
    return new WeightTensor(name, type, exchangeLastTwo(shape), exchangeLastTwo(strides), data);
  }

  /**
   * Neighbouring elements as a vector; nothing is copied.
   *
   * @throws IllegalStateException if the elements do not lie in row-major order
   * @throws IndexOutOfBoundsException if there are not so many
   * @throws IllegalArgumentException if the range begins or ends inside a block
   */
  public WeightTensor range(long first, long count) {
    if (!isRowMajor()) {
      throw new IllegalStateException("weight " + this + " has no order to take a range of");
    }
    Objects.checkFromIndexSize(first, count, size());
    if (first % type.elements() != 0 || count % type.elements() != 0) {
      throw new IllegalArgumentException(
          "weight %s: elements %s to %s are no whole blocks of %s"
              .formatted(this, first, first + count, type.elements()));
    }
    long from = first / type.elements() * type.bytes();
    long bytes = count / type.elements() * type.bytes();
    return of(name, type, List.of(count), data.asSlice(from, bytes));
  }

  /** The same view under another name. */
  public WeightTensor named(String other) {
    return new WeightTensor(other, type, shape, strides, data);
  }

  /**
   * The elements in row-major order of {@link #shape}, converted to float.
   *
   * @throws ClosedWeightsException if the source was closed
   * @throws IllegalStateException if there are more elements than an array holds
   */
  public float[] toFloats() {
    if (size() > Integer.MAX_VALUE - 8) {
      throw new IllegalStateException(
          "weight %s has %s elements, more than an array holds; use copyTo(MemorySegment)"
              .formatted(name, size()));
    }
    if (rank() == 2 && !isRowMajor() && transposed().isRowMajor()) {
      return FloatArrays.transpose(transposed().toFloats(), shape.getLast().intValue());
    }
    var floats = new float[(int) size()];
    copyTo(MemorySegment.ofArray(floats));
    return floats;
  }

  /**
   * Writes the elements, converted to float, in row-major order of {@link #shape}.
   *
   * @param target at least {@code 4 * size()} bytes; receives floats in native byte order
   * @throws ClosedWeightsException if the source was closed
   * @throws UnreadableWeightsException if the file was cut short while it was mapped
   */
  public void copyTo(MemorySegment target) {
    checkOpen();
    var floats = target.asSlice(0, 4 * size());
    try {
      if (type.isBlocked()) {
        copyBlocks(floats);
        return;
      }
      boolean whole = isRowMajor() && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
      if (whole && type == WeightType.F32) {
        MemorySegment.copy(data, 0, floats, 0, floats.byteSize());
      } else if (whole && type == WeightType.BF16) {
        // Arrays are read many times faster than segments, element by element.
        short[] bits = data.asSlice(0, 2 * size()).toArray(JAVA_SHORT_UNALIGNED);
        floats.copyFrom(MemorySegment.ofArray(FloatArrays.ofBfloats(bits)));
      } else if (whole && type == WeightType.I8) {
        byte[] bytes = data.asSlice(0, size()).toArray(JAVA_BYTE);
        floats.copyFrom(MemorySegment.ofArray(FloatArrays.ofBytes(bytes)));
      } else if (size() > 0) {
        copyRows(0, 0, floats, 0);
      }
    } catch (InternalError e) {
      throw new UnreadableWeightsException(
          "weight " + name + ": the file changed while it was open", e);
    } catch (IllegalStateException e) {
      checkOpen(); // closed meanwhile by another thread
      throw e;
    }
  }

  /** Decodes a part at a time, where blocks lie in order. */
  private void copyBlocks(MemorySegment floats) {
    long blocks = Math.ceilDiv(reach(name, shape, strides), type.elements());
    if (!isRowMajor()) {
      MemorySegment all =
          MemorySegment.ofArray(type.decode(data.asSlice(0, blocks * type.bytes())));
      new WeightTensor(name, WeightType.F32, shape, strides, all).copyTo(floats);
      return;
    }
    long at = 0;
    for (long block = 0; block < blocks; block += PART) {
      long count = Math.min(PART, blocks - block);
      MemorySegment part = data.asSlice(block * type.bytes(), count * type.bytes());
      MemorySegment values = MemorySegment.ofArray(type.decode(part));
      long bytes = Math.min(values.byteSize(), floats.byteSize() - at);
      MemorySegment.copy(values, 0, floats, at, bytes);
      at += bytes;
    }
  }

  /**
   * Copies the sub-tensor of {@code dimension...} that begins at {@code element}; answers where the
   * next one goes.
   */
  private long copyRows(int dimension, long element, MemorySegment floats, long at) {
    if (dimension == rank()) {
      floats.set(JAVA_FLOAT_UNALIGNED, at, type.read(data, element * type.bytes()));
      return at + 4;
    }
    long stride = strides.get(dimension);
    long extent = shape.get(dimension);
    if (dimension < rank() - 1) {
      for (long i = 0; i < extent; i++) {
        at = copyRows(dimension + 1, element + i * stride, floats, at);
      }
      return at;
    }
    for (long i = 0; i < extent; i++) {
      floats.set(
          JAVA_FLOAT_UNALIGNED, at + 4 * i, type.read(data, (element + i * stride) * type.bytes()));
    }
    return at + 4 * extent;
  }

  private void checkOpen() {
    if (!data.scope().isAlive()) {
      throw new ClosedWeightsException(
          "weight " + name + ": its source was closed; read weights before closing it");
    }
  }

  @Override
  public String toString() {
    return name + " " + type + shape + (isRowMajor() ? "" : " strides " + strides);
  }

  private static List<Long> exchangeLastTwo(List<Long> list) {
    var exchanged = new ArrayList<>(list);
    Collections.swap(exchanged, list.size() - 2, list.size() - 1);
    return exchanged;
  }

  private static List<Long> rowMajor(String name, List<Long> shape) {
    if (shape.contains(0L)) {
      return Collections.nCopies(shape.size(), 1L);
    }
    var strides = new Long[shape.size()];
    long stride = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride = multiply(name, stride, shape.get(i));
    }
    return List.of(strides);
  }

  private static long count(String name, List<Long> shape) {
    long count = 1;
    for (long extent : shape) {
      count = multiply(name, count, extent);
    }
    return count;
  }

  /** 1 + sum of (extent - 1) * stride, or 0 for a tensor without elements. */
  private static long reach(String name, List<Long> shape, List<Long> strides) {
    if (shape.size() != strides.size()) {
      throw new IllegalArgumentException(
          "weight " + name + ": shape " + shape + " but strides " + strides);
    }
    if (shape.stream().anyMatch(extent -> extent < 0)
        || strides.stream().anyMatch(stride -> stride < 0)) {
      throw new IllegalArgumentException(
          "weight %s: shape %s and strides %s must not be negative"
              .formatted(name, shape, strides));
    }
    if (shape.contains(0L)) {
      return 0;
    }
    long last = 0;
    for (int i = 0; i < shape.size(); i++) {
      last = add(name, last, multiply(name, shape.get(i) - 1, strides.get(i)));
    }
    return add(name, last, 1);
  }

  private static long multiply(String name, long a, long b) {
    if (Math.multiplyHigh(a, b) != (a * b) >> 63) {
      throw new IllegalArgumentException("weight " + name + ": its size overflows 64 bits");
    }
    return a * b;
  }

  private static long add(String name, long a, long b) {
    if (a + b < a) {
      throw new IllegalArgumentException("weight " + name + ": its size overflows 64 bits");
    }
    return a + b;
  }
}
