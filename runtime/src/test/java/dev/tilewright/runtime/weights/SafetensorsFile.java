package dev.tilewright.runtime.weights;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tilewright.runtime.Weights;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Builds safetensors files, sound or not. */
final class SafetensorsFile {
  private SafetensorsFile() {}

  /** The given header, and data of bytes 0, 1, 2, ... */
  static byte[] bytes(String header, int dataLength) {
    return bytes(header.getBytes(UTF_8).length, header.getBytes(UTF_8), dataLength);
  }

  static byte[] bytes(long announced, byte[] header, int dataLength) {
    var file = ByteBuffer.allocate(8 + header.length + dataLength).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(announced).put(header);
    for (int i = 0; i < dataLength; i++) {
      file.put((byte) i);
    }
    return file.array();
  }

  static Weights open(byte[] file) {
    return Weights.open(new ByteArrayInputStream(file));
  }

  static Weights open(String header, int dataLength) {
    return open(bytes(header, dataLength));
  }
}
