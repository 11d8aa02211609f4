package dev.tilewright.runtime.weights;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.tilewright.runtime.UnsupportedWeightsException;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.WeightType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;

/**
 * The safetensors format: 8 bytes with the length n of the header (little endian), n bytes of JSON,
 * then the data. The header maps each name to {@code dtype}, {@code shape} and {@code data_offsets}
 * (begin and end in the data); together the tensors cover the data without gap or overlap.
 */
final class Safetensors {
  /** The limit of the format's reference implementation. */
  static final long MAX_HEADER = 100_000_000;

  private static final String METADATA = "__metadata__";

  /** Bits of one element of each element type of the format that has no {@link WeightType}. */
  private static final Map<String, Integer> FOREIGN_BITS =
      Map.of(
          "F4", 4, "F6_E2M3", 6, "F6_E3M2", 6, "F8_E5M2", 8, "F8_E4M3", 8, "F8_E8M0", 8, "U64", 64,
          "C64", 64);

  private final Source source;
  private final List<Entry> entries = new ArrayList<>();
  private long dataBegin;

  private Safetensors(Source source) {
    this.source = source;
  }

  private record Entry(String name, String type, List<Long> shape, long begin, long end) {}

  /**
   * Whether the bytes begin like this format: with a header length below 2^32, or with the header's
   * brace after it.
   */
  static boolean recognises(MemorySegment bytes) {
    byte[] head = Source.head(bytes, 9);
    if (head.length < 8) {
      return false;
    }
    boolean isShort = (head[4] | head[5] | head[6] | head[7]) == 0;
    return isShort || (head.length > 8 && head[8] == '{' && head[0] != '{');
  }

  /** The tensors of a file by name, in the order of the header. */
  static SequencedMap<String, Supplier<WeightTensor>> read(Source source) {
    var file = new Safetensors(source);
    file.readHeader();
    file.checkCoverage();
    var tensors = new LinkedHashMap<String, Supplier<WeightTensor>>();
    file.entries.forEach(entry -> tensors.put(entry.name, file.tensor(entry)));
    return tensors;
  }

  private void readHeader() {
    long length = source.bytes().get(LittleEndian.I64, 0);
    if (length < 0 || length > MAX_HEADER) {
      throw source.corrupt(
          0,
          "a header length of at most %s expected, %s found"
              .formatted(MAX_HEADER, Long.toUnsignedString(length)));
    }
    dataBegin = 8 + length;
    if (dataBegin > source.bytes().byteSize()) {
      throw source.corrupt(
          0,
          "a header of %s bytes announced, but the file has %s bytes"
              .formatted(length, source.bytes().byteSize()));
    }
    if (length == 0 || source.bytes().get(JAVA_BYTE, 8) != '{') {
      throw source.corrupt(8, "the header must begin with {");
    }
    Json.read(source, 8, dataBegin, json -> json.members(name -> readEntry(json, name)));
  }

  private void readEntry(Json json, String name) throws IOException {
    if (name.equals(METADATA)) {
      json.members(key -> json.string());
      return;
    }
    var values =
        new Object() {
          String type;
          List<Long> shape;
          List<Long> offsets;
        };
    json.members(
        key -> {
          switch (key) {
            case "dtype" -> values.type = json.string();
            case "shape" -> values.shape = json.naturals();
            case "data_offsets" -> values.offsets = json.naturals();
            default -> throw json.corrupt("tensor " + name + " has an unknown property " + key);
          }
        });
    if (values.type == null
        || values.shape == null
        || values.offsets == null
        || values.offsets.size() != 2) {
      throw json.corrupt("tensor " + name + " needs dtype, shape and data_offsets [begin, end]");
    }
    var entry =
        new Entry(name, values.type, values.shape, values.offsets.get(0), values.offsets.get(1));
    checkSize(json, entry);
    entries.add(entry);
  }

  private void checkSize(Json json, Entry entry) {
    var bits = type(entry).map(type -> 8 * type.bytes()).orElse(FOREIGN_BITS.get(entry.type));
    if (bits == null) {
      throw json.corrupt("tensor " + entry.name + " has an unknown dtype " + entry.type);
    }
    long dataLength = source.bytes().byteSize() - dataBegin;
    if (entry.begin > entry.end || entry.end > dataLength) {
      throw json.corrupt(
          "tensor %s has data_offsets [%s, %s], outside the %s bytes of data"
              .formatted(entry.name, entry.begin, entry.end, dataLength));
    }
    long size = Sizes.bytes(entry.shape, bits);
    if (size != entry.end - entry.begin) {
      throw json.corrupt(
          "tensor %s %s%s needs %s bytes, but its data_offsets [%s, %s] hold %s"
              .formatted(
                  entry.name,
                  entry.type,
                  entry.shape,
                  (size < 0 ? "an impossible number of" : size),
                  entry.begin,
                  entry.end,
                  (entry.end - entry.begin)));
    }
  }

  private void checkCoverage() {
    long covered = 0;
    var ordered = new ArrayList<>(entries);
    ordered.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    for (var entry : ordered) {
      if (entry.begin != covered) {
        throw source.corrupt(
            dataBegin + Math.min(covered, entry.begin),
            "tensor %s begins at %s of the data, the ones before it end at %s: tensors must lie side by side"
                .formatted(entry.name, entry.begin, covered));
      }
      covered = entry.end;
    }
    long dataLength = source.bytes().byteSize() - dataBegin;
    if (covered != dataLength) {
      throw source.corrupt(
          dataBegin + covered,
          "the tensors end here, but the file has " + (dataLength - covered) + " bytes more");
    }
  }

  private Supplier<WeightTensor> tensor(Entry entry) {
    var data = source.bytes().asSlice(dataBegin + entry.begin, entry.end - entry.begin);
    return type(entry)
        .<Supplier<WeightTensor>>map(
            type -> () -> WeightTensor.of(entry.name, type, entry.shape, data))
        .orElse(
            () -> {
              throw new UnsupportedWeightsException(
                  "tensor %s of %s is %s, which is not supported; convert it to F32, F16 or BF16"
                      .formatted(entry.name, source.origin(), entry.type));
            });
  }

  private static Optional<WeightType> type(Entry entry) {
    return Arrays.stream(WeightType.values())
        .filter(type -> !type.isBlocked() && type.name().equals(entry.type))
        .findFirst();
  }
}
