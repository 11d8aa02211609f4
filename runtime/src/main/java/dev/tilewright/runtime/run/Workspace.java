package dev.tilewright.runtime.run;

import dev.tilewright.runtime.TooLargeException;
import dev.tilewright.runtime.bind.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The memory that calls run in: kept from call to call, and grown when one needs more. */
final class Workspace implements AutoCloseable {
  private static final long PAGE = 4096;

  /** From here on memory lies on large pages, at the price of up to one of them. */
  private static final long LARGE = Libc.LARGE_PAGE / 2;

  private Arena arena;
  private MemorySegment memory = MemorySegment.NULL;

  /**
   * Memory of at least so many bytes, aligned to 64, with what the last call left in it.
   *
   * @throws TooLargeException if there is not so much
   */
  MemorySegment reserve(long bytes, NativeEntry entry, long[] symbols) {
    return memory.byteSize() < bytes ? reserve(bytes, entry.callText(symbols)) : memory;
  }

  /**
   * Memory of at least so many bytes.
   *
   * @param call what needs it, for messages
   * @throws TooLargeException if there is not so much
   */
  MemorySegment reserve(long bytes, String call) {
    if (memory.byteSize() < bytes) {
      // Half as much again, so that inputs that grow a little each time do not allocate each time.
      long grown = Math.max(bytes, memory.byteSize() + memory.byteSize() / 2);
      close();
      try {
        allocate(grown);
      } catch (OutOfMemoryError e) {
        allocateExactly(bytes, call);
      }
    }
    return memory;
  }

  long bytes() {
    return memory.byteSize();
  }

  private void allocateExactly(long bytes, String call) {
    try {
      allocate(bytes);
    } catch (OutOfMemoryError e) {
      throw new TooLargeException(
          call
              + " needs "
              + bytes
              + " bytes of native memory, which the JVM refuses: "
              + e.getMessage()
              + "; pass smaller batches or shorter inputs, or raise -XX:MaxDirectMemorySize",
          e);
    }
  }

  /** For people: how large it is, and on what pages. */
  String describe() {
    return Pages.describe(memory);
  }

  @SuppressWarnings("MustBeClosedChecker") // close() does
  private void allocate(long bytes) {
    Arena next = Arena.ofShared();
    try {
      if (bytes < LARGE || bytes > Long.MAX_VALUE - Libc.LARGE_PAGE) {
        memory = next.allocate(bytes, PAGE);
      } else {
        long size = (bytes + Libc.LARGE_PAGE - 1) & -Libc.LARGE_PAGE;
        memory = next.allocate(size, Libc.LARGE_PAGE);
        Libc.useLargePages(memory);
      }
      arena = next;
    } catch (Throwable e) {
      next.close();
      throw e;
    }
  }

  @Override
  public void close() {
    memory = MemorySegment.NULL;
    if (arena != null) {
      arena.close();
      arena = null;
    }
  }
}
