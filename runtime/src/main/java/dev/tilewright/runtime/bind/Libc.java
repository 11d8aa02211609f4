package dev.tilewright.runtime.bind;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * The few functions of the C library that Java has no equal for. Those of Linux are absent
 * elsewhere, which is said by {@link MemorySegment#NULL} in their place.
 */
@SuppressWarnings("restricted")
public final class Libc {
  private static final Linker LINKER = Linker.nativeLinker();

  /**
   * Every function is called as one of six 64-bit integers that returns one: a function with fewer
   * or narrower parameters, or without a result, ignores the rest under the calling conventions of
   * x86-64 and AArch64. Each further shape would cost some milliseconds at the first start.
   */
  private static final MethodHandle CALL =
      LINKER.downcallHandle(
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));

  private static final long MFD_CLOEXEC = 1;
  private static final long PROT_READ_WRITE = 3;
  private static final long MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final long MADV_DONTNEED = 4;
  private static final long MADV_HUGEPAGE = 14;
  private static final long MADV_NOHUGEPAGE = 15;

  /** Stands for the calling thread among the system's numbers of threads. */
  public static final int THIS_THREAD = 0;

  /** The size of a large page. */
  public static final long LARGE_PAGE = 2L << 20;

  private static final boolean LINUX = System.getProperty("os.name").equals("Linux");
  static final boolean WINDOWS = System.getProperty("os.name").startsWith("Windows");
  private static final MemorySegment MEMFD_CREATE = linux("memfd_create");
  private static final MemorySegment WRITE = linux("write");
  private static final MemorySegment CLOSE = linux("close");
  private static final MemorySegment MMAP = linux("mmap");
  private static final MemorySegment MUNMAP = linux("munmap");
  private static final MemorySegment MADVISE = linux("madvise");
  private static final MemorySegment GET_AFFINITY = linux("sched_getaffinity");
  private static final MemorySegment SET_AFFINITY = linux("sched_setaffinity");
  private static final MemorySegment GET_CPU = linux("sched_getcpu");
  private static final MemorySegment GET_THREAD = linux("gettid");

  private static final MemorySegment YIELD =
      WINDOWS
          ? SymbolLookup.libraryLookup("kernel32", Arena.global())
              .find("SwitchToThread")
              .orElse(MemorySegment.NULL)
          : find("sched_yield");

  private Libc() {}

  /** Looks all functions up, if nobody has before, which any call would do; returns soon if so. */
  static void link() {}

  /**
   * Calls a native function of at most six parameters, each a 64-bit integer or narrower.
   *
   * @return what it returns; of a narrower result only the lower bits mean something
   */
  public static long call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
    try {
      return (long) CALL.invokeExact(function, a, b, c, d, e, f);
    } catch (Throwable t) {
      throw new AssertionError("native functions throw nothing", t);
    }
  }

  /** The address of {@code int sched_yield(void)} or what Windows has in its place; 0 if none. */
  public static long schedYield() {
    return YIELD.address();
  }

  /** Whether threads can be bound to processors. */
  public static boolean hasAffinity() {
    return has(GET_AFFINITY) && has(SET_AFFINITY) && has(GET_CPU);
  }

  /** The number of the processor that the calling thread runs on; makes no system call. */
  public static int processor() {
    return (int) call(GET_CPU, 0, 0, 0, 0, 0, 0);
  }

  /** The system's number of the calling thread, or {@link #THIS_THREAD} if it tells none. */
  public static int thread() {
    return has(GET_THREAD) ? (int) call(GET_THREAD, 0, 0, 0, 0, 0, 0) : THIS_THREAD;
  }

  /** Reads the processors that a thread may run on, a bit each; false if refused. */
  public static boolean readAffinity(int thread, MemorySegment mask) {
    return (int) call(GET_AFFINITY, thread, mask.byteSize(), mask.address(), 0, 0, 0) >= 0;
  }

  /** Sets the processors that a thread may run on; false if refused. */
  public static boolean writeAffinity(int thread, MemorySegment mask) {
    return (int) call(SET_AFFINITY, thread, mask.byteSize(), mask.address(), 0, 0, 0) == 0;
  }

  /** Whether the system can have files in memory. */
  static boolean hasMemoryFiles() {
    return has(MEMFD_CREATE) && has(WRITE);
  }

  /**
   * A file in memory that holds the bytes; its path is {@code /proc/self/fd/} and the number.
   *
   * @throws IOException if the system refuses one
   */
  static int memoryFile(String name, byte[] content) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      long text = bytes((name + "\0").getBytes(StandardCharsets.UTF_8), arena).address();
      int file = (int) call(MEMFD_CREATE, text, MFD_CLOEXEC, 0, 0, 0, 0);
      if (file < 0) {
        throw new IOException("memfd_create was refused");
      }
      MemorySegment bytes = bytes(content, arena);
      for (long done = 0; done < content.length; ) {
        long written = call(WRITE, file, bytes.address() + done, content.length - done, 0, 0, 0);
        if (written <= 0) {
          closeFile(file);
          throw new IOException(
              "writing " + content.length + " bytes to a file in memory was refused");
        }
        done += written;
      }
      return file;
    }
  }

  private static MemorySegment bytes(byte[] content, Arena arena) {
    return arena.allocate(content.length).copyFrom(MemorySegment.ofArray(content));
  }

  static void closeFile(int file) {
    call(CLOSE, file, 0, 0, 0, 0, 0);
  }

  /** Zeroed memory on pages of 2 MB where the system grants them, aligned to at least 64 bytes. */
  static MemorySegment allocate(long bytes, Arena arena) {
    return allocate(bytes, true, arena);
  }

  /**
   * Zeroed memory that takes up no page before it is touched, where the system can do that, aligned
   * to at least 64 bytes.
   *
   * @param large whether to ask for pages of 2 MB
   */
  public static MemorySegment allocate(long bytes, boolean large, Arena arena) {
    long size = Math.addExact(bytes, 2 * LARGE_PAGE);
    if (!has(MMAP) || !has(MUNMAP) || !has(MADVISE)) {
      return arena.allocate(bytes, 64);
    }
    long start = call(MMAP, 0, size, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
    if (start == -1) {
      throw new OutOfMemoryError("the system has no " + size + " bytes");
    }
    MemorySegment block =
        MemorySegment.ofAddress(start).reinterpret(size, arena, _ -> unmap(start, size));
    long aligned = -start & (LARGE_PAGE - 1);
    // Advice only: where it is refused, pages are small.
    long advice = large ? MADV_HUGEPAGE : MADV_NOHUGEPAGE;
    call(MADVISE, start + aligned, size - aligned, advice, 0, 0, 0);
    return block.asSlice(aligned, bytes);
  }

  private static void unmap(long start, long size) {
    call(MUNMAP, start, size, 0, 0, 0, 0);
  }

  /**
   * Puts memory on pages of 2 MB where the system grants them; it is zero afterwards.
   *
   * @param memory zeroed, a multiple of {@link #LARGE_PAGE} in address and size
   */
  public static void useLargePages(MemorySegment memory) {
    if (has(MADVISE)) {
      // Zeroing has touched the pages; the system gives large ones only where there are none yet.
      call(MADVISE, memory.address(), memory.byteSize(), MADV_DONTNEED, 0, 0, 0);
      call(MADVISE, memory.address(), memory.byteSize(), MADV_HUGEPAGE, 0, 0, 0);
    }
  }

  private static MemorySegment linux(String name) {
    return LINUX ? find(name) : MemorySegment.NULL;
  }

  private static MemorySegment find(String name) {
    return LINKER.defaultLookup().find(name).orElse(MemorySegment.NULL);
  }

  private static boolean has(MemorySegment function) {
    return !function.equals(MemorySegment.NULL);
  }
}
