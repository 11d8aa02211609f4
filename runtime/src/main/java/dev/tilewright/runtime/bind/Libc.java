package dev.tilewright.runtime.bind;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The few functions of the C library that Java has no equal for. Those of Linux are absent
 * elsewhere.
 */
@SuppressWarnings("restricted")
public final class Libc {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final int MFD_CLOEXEC = 1;
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MADV_HUGEPAGE = 14;
  private static final boolean LINUX = System.getProperty("os.name").equals("Linux");

  private static final Optional<MethodHandle> MEMFD_CREATE =
      linux("memfd_create", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final Optional<MethodHandle> WRITE =
      linux("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final Optional<MethodHandle> CLOSE =
      linux("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final Optional<MethodHandle> MMAP =
      linux(
          "mmap",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final Optional<MethodHandle> MUNMAP =
      linux("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final Optional<MethodHandle> MADVISE =
      linux("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

  private Libc() {}

  /** The address of {@code int sched_yield(void)}, or 0. */
  public static long schedYield() {
    return LINKER.defaultLookup().find("sched_yield").map(MemorySegment::address).orElse(0L);
  }

  /**
   * A file in memory that holds the bytes; its path is {@code /proc/self/fd/} and the number.
   *
   * @throws IOException if the system has no such files, or refuses one
   */
  static int memoryFile(String name, byte[] content) throws IOException {
    if (MEMFD_CREATE.isEmpty() || WRITE.isEmpty()) {
      throw new IOException("this system has no memfd_create");
    }
    try (Arena arena = Arena.ofConfined()) {
      int file = (int) MEMFD_CREATE.get().invokeExact(arena.allocateFrom(name), MFD_CLOEXEC);
      if (file < 0) {
        throw new IOException("memfd_create was refused");
      }
      MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, content);
      for (long done = 0; done < bytes.byteSize(); ) {
        long written =
            (long) WRITE.get().invokeExact(file, bytes.asSlice(done), bytes.byteSize() - done);
        if (written <= 0) {
          closeFile(file);
          throw new IOException(
              "writing " + bytes.byteSize() + " bytes to a file in memory was refused");
        }
        done += written;
      }
      return file;
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static void closeFile(int file) {
    try {
      int _ = (int) CLOSE.orElseThrow().invokeExact(file);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** Zeroed memory on pages of 2 MB where the system grants them, aligned to at least 64 bytes. */
  static MemorySegment allocate(long bytes, Arena arena) {
    long page = 2L << 20;
    long size = Math.addExact(bytes, 2 * page);
    if (MMAP.isEmpty() || MUNMAP.isEmpty() || MADVISE.isEmpty()) {
      return arena.allocate(bytes, 64);
    }
    try {
      long start =
          (long) MMAP.get().invokeExact(0L, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0L);
      if (start == -1) {
        throw new OutOfMemoryError("the system has no " + size + " bytes");
      }
      MemorySegment block =
          MemorySegment.ofAddress(start).reinterpret(size, arena, _ -> unmap(start, size));
      long aligned = -start & (page - 1);
      // Advice only: where it is refused, pages are small.
      int _ = (int) MADVISE.get().invokeExact(start + aligned, size - aligned, MADV_HUGEPAGE);
      return block.asSlice(aligned, bytes);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static void unmap(long start, long size) {
    try {
      int _ = (int) MUNMAP.orElseThrow().invokeExact(start, size);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static Optional<MethodHandle> linux(String name, FunctionDescriptor type) {
    return LINUX
        ? LINKER.defaultLookup().find(name).map(address -> LINKER.downcallHandle(address, type))
        : Optional.empty();
  }
}
