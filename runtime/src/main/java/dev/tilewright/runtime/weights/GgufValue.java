package dev.tilewright.runtime.weights;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.tilewright.runtime.ClosedWeightsException;
import java.lang.foreign.MemorySegment;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * The types of GGUF's metadata, by their numbers in the file. In Java, integers are {@link Long},
 * fractions {@link Double}, and arrays lists that are read from the file as they are asked.
 */
enum GgufValue {
  UINT8(1),
  INT8(1),
  UINT16(2),
  INT16(2),
  UINT32(4),
  INT32(4),
  FLOAT32(4),
  BOOL(1),
  STRING(0),
  ARRAY(0),
  UINT64(8),
  INT64(8),
  FLOAT64(8);

  /** How deep arrays may hold arrays; files in use have none that do. */
  private static final int MOST_LEVELS = 4;

  /** What a Java array holds. */
  private static final int MOST_BYTES = Integer.MAX_VALUE - 8;

  private static final int STRING_HEAD = 8;
  private static final int ARRAY_HEAD = 12;

  /** Of a number; 0 if values of the type differ in length. */
  private final int bytes;

  GgufValue(int bytes) {
    this.bytes = bytes;
  }

  /** Reads a type and a value of it. */
  static Object read(GgufCursor in, String key) {
    return type(in, key).value(in, key, 0);
  }

  private static GgufValue type(GgufCursor in, String key) {
    long place = in.at();
    int number = in.int32("the type of " + key);
    if (number < 0 || number >= values().length) {
      throw in.source()
          .corrupt(
              place, "%s has the unknown type %s".formatted(key, Integer.toUnsignedString(number)));
    }
    return values()[number];
  }

  private Object value(GgufCursor in, String key, int level) {
    return switch (this) {
      case STRING -> in.string(key, MOST_BYTES);
      case ARRAY -> array(in, key, level + 1);
      default -> number(in.source().bytes(), in.skip(bytes, key));
    };
  }

  private static List<Object> array(GgufCursor in, String key, int level) {
    GgufValue type = type(in, key);
    if (level > MOST_LEVELS) {
      throw in.source().corrupt(in.at(), key + " nests arrays " + level + " deep");
    }
    switch (type) {
      case STRING -> {
        int count = elements(in, key, STRING_HEAD);
        long[] places = new long[count];
        for (int i = 0; i < count; i++) {
          places[i] = in.at();
          in.skip(in.count("bytes of " + key, 1), key);
        }
        return new Elements(count, in) {
          @Override
          Object read(MemorySegment file, int index) {
            long length = file.get(LittleEndian.I64, places[index]);
            return in.string(places[index] + STRING_HEAD, length);
          }
        };
      }
      case ARRAY -> {
        int count = elements(in, key, ARRAY_HEAD);
        List<Object> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
          all.add(array(in, key, level + 1));
        }
        return List.copyOf(all);
      }
      default -> {
        int count = elements(in, key, type.bytes);
        long first = in.skip((long) count * type.bytes, key);
        return new Elements(count, in) {
          @Override
          Object read(MemorySegment file, int index) {
            return type.number(file, first + (long) index * type.bytes);
          }
        };
      }
    }
  }

  private static int elements(GgufCursor in, String key, int bytesEach) {
    long place = in.at();
    long count = in.count("elements of " + key, bytesEach);
    if (count > MOST_BYTES) {
      throw in.source().corrupt(place, key + " has " + count + " elements, more than a list holds");
    }
    return (int) count;
  }

  private Object number(MemorySegment file, long place) {
    return switch (this) {
      case UINT8 -> (long) Byte.toUnsignedInt(file.get(JAVA_BYTE, place));
      case INT8 -> (long) file.get(JAVA_BYTE, place);
      case UINT16 -> (long) Short.toUnsignedInt(file.get(LittleEndian.I16, place));
      case INT16 -> (long) file.get(LittleEndian.I16, place);
      case UINT32 -> Integer.toUnsignedLong(file.get(LittleEndian.I32, place));
      case INT32 -> (long) file.get(LittleEndian.I32, place);
      case UINT64, INT64 -> file.get(LittleEndian.I64, place);
      case FLOAT32 -> (double) file.get(LittleEndian.F32, place);
      case FLOAT64 -> file.get(LittleEndian.F64, place);
      case BOOL -> file.get(JAVA_BYTE, place) != 0;
      case STRING, ARRAY -> throw new IllegalStateException(this + " is no number");
    };
  }

  /** An array in the file. */
  private abstract static class Elements extends AbstractList<Object> implements RandomAccess {
    private final int size;
    private final GgufCursor in;

    Elements(int size, GgufCursor in) {
      this.size = size;
      this.in = in;
    }

    abstract Object read(MemorySegment file, int index);

    @Override
    public Object get(int index) {
      Objects.checkIndex(index, size);
      try {
        return read(in.source().bytes(), index);
      } catch (IllegalStateException e) {
        throw new ClosedWeightsException(
            in.source().origin() + " was closed; read its metadata before closing it");
      }
    }

    @Override
    public int size() {
      return size;
    }
  }
}
