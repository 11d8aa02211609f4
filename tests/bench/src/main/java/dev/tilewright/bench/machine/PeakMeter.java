package dev.tilewright.bench.machine;

import dev.tilewright.runtime.bind.Libc;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Measures the machine's peaks, on several threads at once. */
public final class PeakMeter implements AutoCloseable {
  private static final long ROUNDS = 3_000_000;
  private static final int REPEATS = 5;

  /** Of each thread; more than any cache holds. */
  private static final long READ_BYTES = 256L << 20;

  private final PeakKernels kernels;

  /** Of the widest vectors that the CPU has. */
  public PeakMeter() throws IOException {
    this(Integer.MAX_VALUE);
  }

  /**
   * Of narrower ones.
   *
   * @param bits how wide vectors may be
   */
  public PeakMeter(int bits) throws IOException {
    kernels = new PeakKernels(bits);
  }

  /** The peaks of so many threads together, each the best of several tries. */
  public Peaks measure(int threads) throws Exception {
    Map<Arithmetic, Double> operations = new EnumMap<>(Arithmetic.class);
    for (Arithmetic kind : kernels.kinds()) {
      MethodHandle chain = kernels.chain(kind);
      operations.put(
          kind, best(threads, start -> chain(start, chain, kernels.operations(kind) * ROUNDS)));
    }
    return new Peaks(threads, operations, readBytes(threads));
  }

  /** Bytes a second that so many threads together read from memory, the best of several tries. */
  public double readBytes(int threads) throws Exception {
    MethodHandle reader = kernels.reader();
    return best(threads, start -> read(start, reader));
  }

  /** What one thread does: waits for the others, works, and returns its work a second. */
  private interface Work {
    double rate(CyclicBarrier start) throws Exception;
  }

  private static double best(int threads, Work work) throws Exception {
    double best = 0;
    try (ExecutorService team = Executors.newFixedThreadPool(threads)) {
      CyclicBarrier start = new CyclicBarrier(threads);
      for (int repeat = 0; repeat < REPEATS; repeat++) {
        List<Callable<Double>> tasks = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
          tasks.add(() -> work.rate(start));
        }
        double sum = 0;
        for (Future<Double> each : team.invokeAll(tasks)) {
          sum += each.get();
        }
        best = Math.max(best, sum);
      }
    }
    return best;
  }

  private static double chain(CyclicBarrier start, MethodHandle chain, double operations)
      throws Exception {
    try (Arena memory = Arena.ofConfined()) {
      // Every byte 0x3f: three quarters as floats, 63 as bytes.
      MemorySegment seed = memory.allocate(64, 64).fill((byte) 0x3f);
      start.await();
      return operations / seconds(chain, ROUNDS, seed);
    }
  }

  private double read(CyclicBarrier start, MethodHandle reader) throws Exception {
    try (Arena memory = Arena.ofConfined()) {
      // On large pages, as weights are.
      MemorySegment bytes = Libc.allocate(READ_BYTES, true, memory).fill((byte) 1);
      start.await();
      return READ_BYTES / seconds(reader, READ_BYTES / kernels.vectorBytes(), bytes);
    }
  }

  private static double seconds(MethodHandle kernel, long count, MemorySegment memory) {
    long begin = System.nanoTime();
    try {
      kernel.invokeExact(count, memory);
    } catch (Throwable e) {
      throw new AssertionError("native functions throw nothing", e);
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  @Override
  public void close() {
    kernels.close();
  }
}
