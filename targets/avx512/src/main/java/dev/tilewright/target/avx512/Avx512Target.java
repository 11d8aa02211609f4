package dev.tilewright.target.avx512;

import com.google.auto.service.AutoService;
import dev.tilewright.codegen.KernelModule;
import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.KernelModule.Machine;
import dev.tilewright.codegen.Pipeline;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.TilePass;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.codegen.tile.ExpandMath;
import dev.tilewright.codegen.tile.ExpandNarrow;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.UnrollLoops;
import java.util.List;

/**
 * x86-64 with 512-bit vectors: Skylake-X, Ice Lake, Zen 4 and later. Kernels keep sums in up to 32
 * vector registers of 16 floats and multiply and add in one instruction.
 */
@AutoService(Target.class)
public final class Avx512Target implements Target {
  /**
   * Caches and rates of the smaller machines of the kind (32 KiB and 1 MiB; one 512-bit
   * multiply-add and two loads a cycle, as Zen 4): what fits them fits all.
   */
  static final MachineModel MODEL =
      new MachineModel(16, 32, true, true, true, true, 64, 32 << 10, 1 << 20, 1, 2, 4);

  static final Machine MACHINE =
      new Machine(
          "x86_64-unknown-linux-gnu",
          "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128",
          "x86-64-v4",
          List.of());

  @Override
  public String name() {
    return "avx512";
  }

  @Override
  public String description() {
    return "x86-64 CPUs with AVX-512 (x86-64-v4): 16 floats a register, fused multiply-add";
  }

  @Override
  public List<String> platforms() {
    return List.of("linux-x86_64");
  }

  @Override
  public List<String> cpuFeatures() {
    return List.of(
        "avx2",
        "bmi1",
        "bmi2",
        "f16c",
        "fma",
        "abm",
        "movbe",
        "avx512f",
        "avx512bw",
        "avx512cd",
        "avx512dq",
        "avx512vl");
  }

  @Override
  public int rank() {
    return 50;
  }

  @Override
  public KernelModule compile(Program program, String platform, Language language, Trace trace) {
    if (!platforms().contains(platform)) {
      throw new IllegalArgumentException(
          "avx512 makes libraries for "
              + platforms()
              + ", not for "
              + platform
              + ": choose another target for it");
    }
    List<TilePass> passes =
        List.of(
            new TilePass("unroll loops", UnrollLoops::apply),
            new TilePass("expand narrow numbers", tiles -> ExpandNarrow.apply(tiles, MODEL)),
            new TilePass("expand functions", tiles -> ExpandMath.apply(tiles, MODEL)));
    return new Pipeline(MODEL, MACHINE, passes)
        .compile(program, language == null ? Language.LLVM : language, trace);
  }
}
