package dev.tilewright.runtime.weights;

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
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int from, int length) {
    int n = Math.min(length, available());
    if (n == 0) {
      return length == 0 ? 0 : -1;
    }
    MemorySegment.copy(bytes, position, MemorySegment.ofArray(target), from, n);
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
