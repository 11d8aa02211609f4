package dev.tilewright.target.avx512;

import com.google.auto.service.AutoService;
import dev.tilewright.codegen.CpuTarget;
import dev.tilewright.codegen.KernelModule.Intrinsic;
import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.KernelModule.Machine;
import dev.tilewright.codegen.Platform;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.tile.Extension;
import dev.tilewright.codegen.tile.MachineModel;
import java.util.List;
import java.util.Map;

/**
 * x86-64 with 512-bit vectors: Skylake-X, Ice Lake, Zen 4 and later. Kernels keep sums in up to 32
 * vector registers of 16 floats and multiply and add in one instruction.
 */
@AutoService(Target.class)
public final class Avx512Target extends CpuTarget {
  static final Map<Extension, Intrinsic> INTRINSICS =
      Map.of(
          Extension.SCALE,
          new Intrinsic("llvm.x86.avx512.mask.scalef.ps.512", "__builtin_ia32_scalefps512_mask"),
          Extension.TABLE,
          new Intrinsic("llvm.x86.avx512.permvar.sf.512", "__builtin_ia32_permvarsf512"));

  /**
   * Caches and rates of the smaller machines of the kind (32 KiB and 1 MiB; one 512-bit
   * multiply-add and two loads a cycle, as Zen 4): what fits them fits all.
   */
  static final MachineModel MODEL =
      new MachineModel(16, 32, true, true, 64, 32 << 10, 1 << 20, 1, 2, 4)
          .with(INTRINSICS.keySet());

  static final String CPU = "x86-64-v4";

  static final List<String> FEATURES =
      List.of(
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

  static final Machine MACHINE = Platform.LINUX_X86_64.machine(CPU, List.of(), INTRINSICS);

  /** For {@link java.util.ServiceLoader}. */
  public Avx512Target() {
    super("avx512", MODEL, Language.LLVM, on(Platform.X86_64, CPU, List.of(), INTRINSICS));
  }

  @Override
  public String description() {
    return "x86-64 CPUs with AVX-512 (x86-64-v4): 16 floats a register, fused multiply-add";
  }

  @Override
  public List<String> cpuFeatures() {
    return FEATURES;
  }

  @Override
  public int rank() {
    return 50;
  }
}
