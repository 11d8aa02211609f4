package dev.tilewright.runtime.weights;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;

/** Reads a GGUF file from its beginning on, and no byte beyond its end. */
final class GgufCursor {
  private final Source source;
  private final MemorySegment bytes;
  private long at;

  GgufCursor(Source source) {
    this.source = source;
    bytes = source.bytes();
  }

  Source source() {
    return source;
  }

  /** The next byte's place in the file. */
  long at() {
    return at;
  }

  /** Bytes that are left. */
  long left() {
    return bytes.byteSize() - at;
  }

  int int32(String what) {
    return bytes.get(LittleEndian.I32, skip(4, what));
  }

  long int64(String what) {
    return bytes.get(LittleEndian.I64, skip(8, what));
  }

  /**
   * A number of things that follow and take at least so many bytes each, so that it cannot promise
   * more than the file holds.
   */
  long count(String what, long bytesEach) {
    long place = at;
    long count = int64("the number of " + what);
    if (count < 0 || count > left() / bytesEach) {
      throw source.corrupt(
          place,
          "%s %s announced, but only %s bytes follow"
              .formatted(Long.toUnsignedString(count), what, left()));
    }
    return count;
  }

  /** UTF-8 behind its length. */
  String string(String what, int most) {
    long place = at;
    long length = count("bytes of " + what, 1);
    if (length > most) {
      throw source.corrupt(place, what + " of " + length + " bytes is longer than " + most);
    }
    return string(skip(length, what), length);
  }

  /** The text at a place that was read before. */
  String string(long place, long length) {
    return new String(bytes.asSlice(place, length).toArray(JAVA_BYTE), UTF_8);
  }

  /** Passes over bytes; answers where they begin. */
  long skip(long count, String what) {
    if (count > left()) {
      throw source.corrupt(
          at, "the file ends within " + what + ", which takes " + count + " bytes");
    }
    long place = at;
    at += count;
    return place;
  }
}
