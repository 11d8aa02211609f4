package dev.tilewright.runtime.weights;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tilewright.runtime.Weights;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Builds GGUF files, sound or not. */
final class GgufFile {
  static final int UINT32 = 4;
  static final int STRING = 8;
  static final int ARRAY = 9;
  static final int F32 = 0;
  static final int Q8_0 = 8;

  private final ByteArrayOutputStream pairs = new ByteArrayOutputStream();
  private final ByteArrayOutputStream tensors = new ByteArrayOutputStream();
  private int version = 3;
  private long pairCount;
  private long tensorCount;

  GgufFile version(int other) {
    version = other;
    return this;
  }

  /** Announces more than there is. */
  GgufFile announce(long morePairs, long moreTensors) {
    pairCount += morePairs;
    tensorCount += moreTensors;
    return this;
  }

  GgufFile pair(String key, int type, byte[] value) {
    pairCount++;
    put(pairs, text(key), int32(type), value);
    return this;
  }

  GgufFile pair(String key, long number) {
    return pair(key, UINT32, int32((int) number));
  }

  GgufFile pair(String key, String value) {
    return pair(key, STRING, text(value));
  }

  /**
   * @param extents the innermost first
   */
  GgufFile tensor(String name, int type, long offset, long... extents) {
    tensorCount++;
    put(tensors, text(name), int32(extents.length));
    for (long extent : extents) {
      put(tensors, int64(extent));
    }
    put(tensors, int32(type), int64(offset));
    return this;
  }

  /** The file, with data of bytes 0, 1, 2, ... from a multiple of 32 on. */
  byte[] bytes(int dataLength) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    put(file, "GGUF".getBytes(UTF_8), int32(version), int64(tensorCount), int64(pairCount));
    put(file, pairs.toByteArray(), tensors.toByteArray());
    while (file.size() % 32 != 0) {
      file.write(0);
    }
    for (int i = 0; i < dataLength; i++) {
      file.write(i);
    }
    return file.toByteArray();
  }

  Weights open(int dataLength) {
    return Weights.open(new ByteArrayInputStream(bytes(dataLength)));
  }

  static byte[] text(String text) {
    return join(int64(text.getBytes(UTF_8).length), text.getBytes(UTF_8));
  }

  /** An array's type of elements, their number and they. */
  static byte[] array(int type, long count, byte[]... elements) {
    return join(int32(type), int64(count), join(elements));
  }

  static byte[] int32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  static byte[] int64(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    put(all, parts);
    return all.toByteArray();
  }

  private static void put(ByteArrayOutputStream out, byte[]... parts) {
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
  }
}
