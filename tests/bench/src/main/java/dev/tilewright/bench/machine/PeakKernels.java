package dev.tilewright.bench.machine;

import static java.lang.foreign.ValueLayout.ADDRESS;
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
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Loops that do nothing but what they measure: chains of multiply-adds in registers, and reads. */
@SuppressWarnings("restricted")
final class PeakKernels implements AutoCloseable {
  /** At least latency times throughput of each kind, and few enough for 16 registers. */
  static final int CHAINS = 12;

  private static final String READ = "read";

  private static final String SOURCE =
      """
      #include <stdint.h>
      typedef float floats __attribute__((vector_size(4 * LANES)));
      typedef int32_t ints __attribute__((vector_size(4 * LANES)));
      typedef int64_t words __attribute__((vector_size(4 * LANES)));

      #define CHAIN_LOOP(TYPE, STEP)                                  \\
        TYPE sum[CHAINS];                                             \\
        for (int i = 0; i < CHAINS; i++) sum[i] = (TYPE){i};            \\
        for (int64_t r = 0; r < rounds; r++)                          \\
          _Pragma("clang loop unroll(full)")                          \\
          for (int i = 0; i < CHAINS; i++) sum[i] = STEP;             \\
        for (int i = 1; i < CHAINS; i++) sum[0] += sum[i];            \\
        *(TYPE *)memory = sum[0];

      void fp32(int64_t rounds, void *memory) {
        floats factor = *(floats *)memory;
        CHAIN_LOOP(floats, __builtin_elementwise_fma(sum[i], factor, factor))
      }

      #ifdef __AVX512BF16__
      typedef __bf16 halves __attribute__((vector_size(64)));
      void bf16(int64_t rounds, void *memory) {
        halves factor = *(halves *)memory;
        CHAIN_LOOP(floats, __builtin_ia32_dpbf16ps_512(sum[i], factor, factor))
      }
      #endif

      #ifdef __AVX512VNNI__
      void int8(int64_t rounds, void *memory) {
        ints factor = *(ints *)memory;
        CHAIN_LOOP(ints, __builtin_ia32_vpdpbusd512(sum[i], factor, factor))
      }
      #endif

      void read(int64_t vectors, void *memory) {
        words sum[8] = {};
        for (int64_t v = 0; v < vectors; v += 8)
      #pragma clang loop unroll(full)
          for (int i = 0; i < 8; i++) sum[i] += ((words *)memory)[v + i];
        for (int i = 1; i < 8; i++) sum[0] += sum[i];
        *(words *)memory = sum[0];
      }
      """;

  private final Arena arena = Arena.ofShared();
  private final List<Arithmetic> kinds;
  private final int lanes;
  private final SymbolLookup symbols;

  /**
   * @param bits how wide vectors may be
   */
  PeakKernels(int bits) throws IOException {
    CpuFeatures host = CpuFeatures.host();
    Set<String> features = new HashSet<>(host.features());
    if (bits < 512) {
      features.removeIf(feature -> feature.startsWith("avx512"));
    }
    kinds = Arrays.stream(Arithmetic.values()).filter(kind -> kind.runsOn(features)).toList();
    boolean wide = features.contains("avx512f");
    boolean fused = features.contains("fma");
    lanes = wide ? 16 : fused ? 8 : 4;
    List<String> extensions = new ArrayList<>();
    if (kinds.contains(Arithmetic.BF16)) {
      extensions.add("+avx512bf16");
    }
    if (kinds.contains(Arithmetic.INT8)) {
      extensions.add("+avx512vnni");
    }
    TargetMachine machine =
        host.platform().endsWith("x86_64")
            ? new TargetMachine(
                "x86_64-unknown-linux-gnu",
                wide ? "x86-64-v4" : fused ? "x86-64-v3" : "x86-64",
                extensions)
            : TargetMachine.of("aarch64-unknown-linux-gnu", "generic");
    symbols = load(machine, wide);
  }

  private SymbolLookup load(TargetMachine machine, boolean wide) throws IOException {
    List<String> options = new ArrayList<>(List.of("-DLANES=" + lanes, "-DCHAINS=" + CHAINS));
    if (wide) {
      options.add("-mprefer-vector-width=512");
    }
    List<String> exports =
        Stream.concat(kinds.stream().map(Arithmetic::label), Stream.of(READ)).toList();
    byte[] library =
        Toolchain.open()
            .compile(LibraryRequest.of(machine, exports, new Source.C("peak.c", SOURCE, options)))
            .bytes();
    Path file = Files.createTempFile("tilewright-peak", ".so");
    try {
      Files.write(file, library);
      return SymbolLookup.libraryLookup(file, arena);
    } finally {
      Files.delete(file);
    }
  }

  List<Arithmetic> kinds() {
    return kinds;
  }

  /** Operations of one round. */
  double operations(Arithmetic kind) {
    return (double) kind.operations() * lanes * CHAINS;
  }

  int vectorBytes() {
    return 4 * lanes;
  }

  /** A loop of that kind: rounds, and 64 bytes to begin from and to leave the result in. */
  MethodHandle chain(Arithmetic kind) {
    return bind(kind.label());
  }

  /** Reads memory: vectors (a multiple of 8) and where they are. */
  MethodHandle reader() {
    return bind(READ);
  }

  private MethodHandle bind(String name) {
    MemorySegment function = symbols.find(name).orElseThrow();
    return Linker.nativeLinker()
        .downcallHandle(function, FunctionDescriptor.ofVoid(JAVA_LONG, ADDRESS));
  }

  @Override
  public void close() {
    arena.close();
  }
}
