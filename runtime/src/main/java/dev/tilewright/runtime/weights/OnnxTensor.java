package dev.tilewright.runtime.weights;

import com.google.protobuf.CodedInputStream;
import dev.tilewright.runtime.CorruptWeightsException;
import dev.tilewright.runtime.UnsupportedWeightsException;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.WeightType;
import dev.tilewright.runtime.weights.OnnxGraph.Constant;
import dev.tilewright.runtime.weights.ProtoReader.Range;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads one TensorProto: its data is raw, or typed numbers, or in another file. */
final class OnnxTensor {
  /** TensorProto.DataLocation.EXTERNAL. */
  private static final int EXTERNAL = 1;

  private final Source source;
  private final ProtoReader in;
  private final long at;
  private final List<Long> shape = new ArrayList<>();
  private final Map<Integer, List<Range>> numbers = new HashMap<>();
  private final Map<String, String> externalData = new HashMap<>();
  private String name = "";
  private int dataType;
  private Range raw;
  private boolean external;

  private OnnxTensor(Source source, ProtoReader in) {
    this.source = source;
    this.in = in;
    this.at = in.position();
  }

  /** Reads the TensorProto that comes next, and checks that it has the data its shape asks for. */
  static Constant read(Source source, ProtoReader in) throws IOException {
    var tensor = new OnnxTensor(source, in);
    in.message(tensor::field);
    return tensor.constant();
  }

  private void field(int number) throws IOException {
    switch (number) {
      case 1 -> shape.addAll(in.integers());
      case 2 -> dataType = (int) in.integer();
      case 4, 5, 7, 10, 11 ->
          numbers.computeIfAbsent(number, n -> new ArrayList<>()).add(in.bytes());
      case 8 -> name = in.string();
      case 9 -> raw = in.bytes();
      case 13 -> externalEntry();
      case 14 -> external = in.integer() == EXTERNAL;
      default -> in.skip();
    }
  }

  /** StringStringEntryProto. */
  private void externalEntry() throws IOException {
    var entry = new String[] {"", ""};
    in.message(
        field -> {
          if (field == 1 || field == 2) {
            entry[field - 1] = in.string();
          } else {
            in.skip();
          }
        });
    externalData.put(entry[0], entry[1]);
  }

  private Constant constant() throws IOException {
    var stored = storage();
    if (stored.isEmpty()) {
      return new Constant(
          name,
          List.copyOf(shape),
          () -> {
            throw new UnsupportedWeightsException(
                "tensor %s of %s has ONNX data type %s, which is not supported; convert it to FLOAT"
                    .formatted(name, source.origin(), dataType));
          });
    }
    var type = stored.get().type;
    long size = Sizes.bytes(shape, 8 * type.bytes());
    if (size < 0) {
      throw corrupt("its shape " + shape + " is negative or too large");
    }
    var data = external ? externalData() : raw != null ? slice(raw) : numbers(stored.get(), size);
    if (data.byteSize() != size) {
      throw corrupt(
          "%s%s needs %s bytes, but it has %s".formatted(type, shape, size, data.byteSize()));
    }
    var tensor = WeightTensor.of(name, type, shape, data);
    return new Constant(name, tensor.shape(), () -> tensor);
  }

  /** An element type, and the field that holds its elements if they are not raw. */
  private record Storage(WeightType type, int field) {}

  /** TensorProto.DataType. */
  private Optional<Storage> storage() {
    return Optional.ofNullable(
        switch (dataType) {
          case 1 -> new Storage(WeightType.F32, 4);
          case 2 -> new Storage(WeightType.U8, 5);
          case 3 -> new Storage(WeightType.I8, 5);
          case 4 -> new Storage(WeightType.U16, 5);
          case 5 -> new Storage(WeightType.I16, 5);
          case 6 -> new Storage(WeightType.I32, 5);
          case 7 -> new Storage(WeightType.I64, 7);
          case 9 -> new Storage(WeightType.BOOL, 5);
          case 10 -> new Storage(WeightType.F16, 5);
          case 11 -> new Storage(WeightType.F64, 10);
          case 12 -> new Storage(WeightType.U32, 11);
          case 16 -> new Storage(WeightType.BF16, 5);
          default -> null;
        });
  }

  private MemorySegment slice(Range range) {
    return source.bytes().asSlice(range.begin(), range.length());
  }

  /** Floats and doubles are stored as they are; integers as varints that have to be decoded. */
  private MemorySegment numbers(Storage stored, long size) throws IOException {
    var ranges = numbers.getOrDefault(stored.field, List.of());
    boolean fixed = stored.type == WeightType.F32 || stored.type == WeightType.F64;
    if (fixed && ranges.size() == 1) {
      return slice(ranges.getFirst());
    }
    long encoded = ranges.stream().mapToLong(Range::length).sum();
    // A varint has at least one byte, so fewer bytes than elements are too few: allocate nothing.
    if (fixed ? encoded != size : encoded < size / stored.type.bytes()) {
      throw corrupt(
          "%s%s needs %s bytes, but it has too few or too many elements"
              .formatted(stored.type, shape, size));
    }
    var data = source.arena().allocate(size, 8);
    long end = 0;
    for (var range : ranges) {
      end = fixed ? copy(range, data, end) : decode(range, stored.type, data, end);
    }
    return data.asSlice(0, end);
  }

  private long copy(Range range, MemorySegment data, long end) {
    MemorySegment.copy(source.bytes(), range.begin(), data, end, range.length());
    return end + range.length();
  }

  private long decode(Range range, WeightType type, MemorySegment data, long end)
      throws IOException {
    var varints = CodedInputStream.newInstance(new SegmentInputStream(slice(range)));
    while (!varints.isAtEnd()) {
      if (end == data.byteSize()) {
        throw corrupt("%s%s has fewer elements than its data".formatted(type, shape));
      }
      long value = varints.readRawVarint64();
      for (int i = 0; i < type.bytes(); i++) {
        data.set(ValueLayout.JAVA_BYTE, end++, (byte) (value >> (8 * i)));
      }
    }
    return end;
  }

  private MemorySegment externalData() {
    var location = externalData.get("location");
    if (location == null) {
      throw corrupt("its data is in another file, but no location says which");
    }
    var file = source.beside(location);
    long offset = externalNumber("offset", 0);
    long length = externalNumber("length", file.bytes().byteSize() - offset);
    if (offset < 0 || length < 0 || length > file.bytes().byteSize() - offset) {
      throw corrupt(
          "bytes %s to %s + %s of %s asked for, but it has %s"
              .formatted(offset, offset, length, location, file.bytes().byteSize()));
    }
    return file.bytes().asSlice(offset, length);
  }

  private long externalNumber(String key, long otherwise) {
    try {
      return externalData.containsKey(key) ? Long.parseLong(externalData.get(key)) : otherwise;
    } catch (NumberFormatException e) {
      throw corrupt(
          "the " + key + " of its external data is " + externalData.get(key) + ", not a number");
    }
  }

  private CorruptWeightsException corrupt(String problem) {
    return source.corrupt(at, "tensor " + name + ": " + problem);
  }
}
