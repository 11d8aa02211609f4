package dev.tilewright.runtime.weights;

import dev.tilewright.runtime.UnsupportedWeightsException;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.WeightType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The GGUF format, versions 2 and 3: {@code "GGUF", version, number of tensors, number of pairs},
 * pairs of a key and a typed value, for each tensor its name, extents from the innermost on, type
 * and offset, and after them, aligned, the data. All numbers are little endian.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the specification</a>
 */
final class Gguf {
  private static final int MAGIC = 0x46554747; // "GGUF"
  private static final String ALIGNMENT = "general.alignment";
  private static final long DEFAULT_ALIGNMENT = 32;
  private static final int MOST_DIMENSIONS = 8;

  /** Bytes of a key or a tensor's name. */
  private static final int MOST_NAME = 65535;

  /** A key, a type and a value of at least one byte. */
  private static final int LEAST_PAIR = 8 + 4 + 1;

  /** A name, the number of extents, a type and an offset. */
  private static final int LEAST_TENSOR = 8 + 4 + 4 + 8;

  private final Source source;
  private final GgufCursor in;
  private final Map<String, Object> metadata = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /**
   * @param shape the outermost extent first
   * @param place of the description in the file
   */
  private record Tensor(
      String name, GgufType type, List<Long> shape, long offset, long size, long place) {}

  private Gguf(Source source) {
    this.source = source;
    in = new GgufCursor(source);
  }

  static boolean recognises(MemorySegment bytes) {
    return bytes.byteSize() >= 8 && bytes.get(LittleEndian.I32, 0) == MAGIC;
  }

  static WeightTable read(Source source) {
    return new Gguf(source).read();
  }

  private WeightTable read() {
    in.int32("the magic number");
    readVersion();
    long tensorCount = in.count("tensors", LEAST_TENSOR);
    long pairs = in.count("key-value pairs", LEAST_PAIR);
    for (long i = 0; i < pairs; i++) {
      long place = in.at();
      String key = in.string("a key", MOST_NAME);
      if (metadata.putIfAbsent(key, GgufValue.read(in, key)) != null) {
        throw source.corrupt(place, "the key " + key + " came before");
      }
    }
    for (long i = 0; i < tensorCount; i++) {
      Tensor tensor = readTensor();
      if (tensors.putIfAbsent(tensor.name, tensor) != null) {
        throw source.corrupt(tensor.place, "the tensor " + tensor.name + " came before");
      }
    }
    long alignment = alignment();
    long data = Math.ceilDiv(in.at(), alignment) * alignment;
    checkPlaces(data, alignment);
    Map<String, Supplier<WeightTensor>> suppliers = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> suppliers.put(name, supplier(tensor, data)));
    return new WeightTable(
        source.origin(),
        Optional.of(source.arena()),
        source.files(),
        suppliers.keySet(),
        suppliers,
        metadata);
  }

  private void readVersion() {
    int version = in.int32("the version");
    if (version == Integer.reverseBytes(2) || version == Integer.reverseBytes(3)) {
      throw new UnsupportedWeightsException(
          source.origin() + " is a big-endian GGUF file: convert it to little endian");
    }
    if (version != 2 && version != 3) {
      throw new UnsupportedWeightsException(
          "%s is GGUF of version %s; 2 and 3 are supported: convert it anew"
              .formatted(source.origin(), Integer.toUnsignedString(version)));
    }
  }

  private Tensor readTensor() {
    long place = in.at();
    String name = in.string("a tensor's name", MOST_NAME);
    int rank = in.int32("the number of dimensions of " + name);
    if (rank < 0 || rank > MOST_DIMENSIONS) {
      throw source.corrupt(
          place, "tensor %s has %s dimensions".formatted(name, Integer.toUnsignedString(rank)));
    }
    List<Long> shape = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      shape.addFirst(in.int64("the extents of " + name));
    }
    int number = in.int32("the type of " + name);
    GgufType type =
        GgufType.of(number)
            .orElseThrow(
                () ->
                    new UnsupportedWeightsException(
                        "tensor %s of %s has the unknown type %s"
                            .formatted(name, source.origin(), Integer.toUnsignedString(number))));
    long offset = in.int64("the offset of " + name);
    return new Tensor(name, type, shape, offset, size(name, type, shape, place), place);
  }

  private long size(String name, GgufType type, List<Long> shape, long place) {
    long last = shape.isEmpty() ? 1 : shape.getLast();
    if (last % type.elements() != 0) {
      throw source.corrupt(
          place,
          "tensor %s%s has rows of %s elements, which are no whole blocks of %s (%s)"
              .formatted(name, shape, last, type.elements(), type));
    }
    List<Long> blocks = new ArrayList<>(shape);
    if (!shape.isEmpty()) {
      blocks.set(shape.size() - 1, last / type.elements());
    }
    long size = Sizes.bytes(blocks, 8 * type.bytes());
    if (size < 0) {
      throw source.corrupt(place, "tensor %s%s is of an impossible size".formatted(name, shape));
    }
    return size;
  }

  private long alignment() {
    Object value = metadata.getOrDefault(ALIGNMENT, DEFAULT_ALIGNMENT);
    if (!(value instanceof Long alignment) || alignment <= 0 || Long.bitCount(alignment) != 1) {
      throw source.corrupt(in.at(), ALIGNMENT + " must be a power of two, " + value + " found");
    }
    return alignment;
  }

  /** Every tensor lies inside of the file, where it may begin, and on no other's bytes. */
  private void checkPlaces(long data, long alignment) {
    long room = source.bytes().byteSize() - data;
    long free = 0;
    List<Tensor> ordered = new ArrayList<>(tensors.values());
    ordered.sort(Comparator.comparingLong(Tensor::offset).thenComparingLong(Tensor::size));
    for (Tensor tensor : ordered) {
      if (tensor.offset < 0 || tensor.offset > room || tensor.size > room - tensor.offset) {
        throw source.corrupt(
            tensor.place,
            "tensor %s needs %s bytes from %s of the data on, which has %s: the file is cut short, or the offset wrong"
                .formatted(
                    tensor.name,
                    tensor.size,
                    Long.toUnsignedString(tensor.offset),
                    Math.max(0, room)));
      }
      if (tensor.offset % alignment != 0) {
        throw source.corrupt(
            tensor.place,
            "tensor %s begins at %s of the data, no multiple of the alignment %s"
                .formatted(tensor.name, tensor.offset, alignment));
      }
      if (tensor.offset < free) {
        throw source.corrupt(
            tensor.place,
            "tensor %s begins at %s of the data, within another one that ends at %s"
                .formatted(tensor.name, tensor.offset, free));
      }
      free = tensor.offset + tensor.size;
    }
  }

  private Supplier<WeightTensor> supplier(Tensor tensor, long data) {
    // A tensor without elements may begin behind the last byte, where alignment put it.
    MemorySegment bytes =
        tensor.size == 0
            ? MemorySegment.NULL
            : source.bytes().asSlice(data + tensor.offset, tensor.size);
    if (tensor.type.stored().isPresent()) {
      WeightType type = tensor.type.stored().get();
      return () -> WeightTensor.of(tensor.name, type, tensor.shape, bytes);
    }
    return () -> {
      throw new UnsupportedWeightsException(
          "tensor %s of %s is %s, which is not supported; quantise it to Q4_K, Q8_0 or the like"
              .formatted(tensor.name, source.origin(), tensor.type));
    };
  }
}
