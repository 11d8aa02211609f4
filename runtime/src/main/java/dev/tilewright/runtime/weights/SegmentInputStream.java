package dev.tilewright.runtime.weights;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;

/** A segment as a stream; skipping touches no memory. */
final class SegmentInputStream extends InputStream {
  private final MemorySegment bytes;
  private long position;

  SegmentInputStream(MemorySegment bytes) {
    this.bytes = bytes;
  }

  @Override
  public int read() {
    return position == bytes.byteSize() ? -1 : Byte.toUnsignedInt(bytes.get(JAVA_BYTE, position++));
  }

  @Override
  public int read(byte[] target, int from, int length) {
    int n = Math.min(length, available());
    if (n == 0) {
      return length == 0 ? 0 : -1;
    }
    MemorySegment.copy(bytes, JAVA_BYTE, position, target, from, n);
    position += n;
    return n;
  }

  @Override
  public long skip(long n) {
    long skipped = Math.clamp(n, 0, bytes.byteSize() - position);
    position += skipped;
    return skipped;
  }

  @Override
  public int available() {
    return (int) Math.min(Integer.MAX_VALUE, bytes.byteSize() - position);
  }
}
