package dev.tilewright.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.tilewright.runtime.bind.CpuFeatures;
import dev.tilewright.toolchain.LibraryRequest;
import dev.tilewright.toolchain.Source;
import dev.tilewright.toolchain.TargetMachine;
import dev.tilewright.toolchain.Toolchain;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What fused multiply-adds alone reach: independent chains in registers, no memory. */
@SuppressWarnings("restricted")
final class Peak implements AutoCloseable {
  /** At least latency times throughput (4 cycles, 2 a cycle), and few enough for 16 registers. */
  private static final int CHAINS = 12;

  private static final long ROUNDS = 4_000_000;
  private static final int REPEATS = 7;

  private static final String SOURCE =
      """
      #include <stdint.h>
      typedef float vector __attribute__((vector_size(4 * LANES)));

      void peak(int64_t rounds, float *seed) {
        vector factor = (vector){} + seed[0], sum[CHAINS];
        for (int i = 0; i < CHAINS; i++) sum[i] = (vector){} + (float)i;
        for (int64_t r = 0; r < rounds; r++)
      #pragma clang loop unroll(full)
          for (int i = 0; i < CHAINS; i++)
            sum[i] = __builtin_elementwise_fma(sum[i], factor, factor);
        for (int i = 1; i < CHAINS; i++) sum[0] += sum[i];
        seed[1] = sum[0][0];
      }
      """;

  private final Arena arena = Arena.ofShared();
  private final int lanes;
  private final MethodHandle kernel;

  Peak() throws IOException {
    CpuFeatures host = CpuFeatures.host();
    Set<String> features = host.features();
    boolean wide = features.contains("avx512f");
    boolean fused = features.contains("fma");
    lanes = wide ? 16 : fused ? 8 : 4;
    TargetMachine machine =
        host.platform().endsWith("x86_64")
            ? TargetMachine.of(
                "x86_64-unknown-linux-gnu", wide ? "x86-64-v4" : fused ? "x86-64-v3" : "x86-64")
            : TargetMachine.of("aarch64-unknown-linux-gnu", "generic");
    List<String> options = new ArrayList<>(List.of("-DLANES=" + lanes, "-DCHAINS=" + CHAINS));
    if (wide) {
      options.add("-mprefer-vector-width=512");
    }
    byte[] library =
        Toolchain.open()
            .compile(
                LibraryRequest.of(
                    machine, List.of("peak"), new Source.C("peak.c", SOURCE, options)))
            .bytes();
    Path file = Files.createTempFile("tilewright-peak", ".so");
    try {
      Files.write(file, library);
      MemorySegment function = SymbolLookup.libraryLookup(file, arena).find("peak").orElseThrow();
      kernel =
          Linker.nativeLinker()
              .downcallHandle(function, FunctionDescriptor.ofVoid(JAVA_LONG, ADDRESS));
    } finally {
      Files.delete(file);
    }
  }

  String describe() {
    return lanes + " lanes";
  }

  /** Operations a second of so many threads together, the best of several tries. */
  double measure(int threads) throws Exception {
    double best = 0;
    try (ExecutorService team = Executors.newFixedThreadPool(threads)) {
      CyclicBarrier start = new CyclicBarrier(threads);
      for (int repeat = 0; repeat < REPEATS; repeat++) {
        List<Future<Double>> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
          running.add(team.submit(() -> rate(start)));
        }
        double sum = 0;
        for (Future<Double> each : running) {
          sum += each.get();
        }
        best = Math.max(best, sum);
      }
    }
    return best;
  }

  private double rate(CyclicBarrier start) throws Exception {
    try (Arena memory = Arena.ofConfined()) {
      MemorySegment seed = memory.allocateFrom(JAVA_FLOAT, 0.5f, 0);
      start.await();
      long begin = System.nanoTime();
      call(seed);
      double seconds = (System.nanoTime() - begin) / 1e9;
      if (!Float.isFinite(seed.getAtIndex(JAVA_FLOAT, 1))) {
        throw new IllegalStateException("the chains of multiply-adds diverge");
      }
      return 2.0 * lanes * CHAINS * ROUNDS / seconds;
    }
  }

  private void call(MemorySegment seed) {
    try {
      kernel.invokeExact(ROUNDS, seed);
    } catch (Throwable e) {
      throw new AssertionError("native functions throw nothing", e);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
