package dev.tilewright.target.avx2;

import com.google.auto.service.AutoService;
import dev.tilewright.codegen.CpuTarget;
import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.Platform;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.tile.MachineModel;
import java.util.List;
import java.util.Map;

/**
 * x86-64 with 256-bit vectors: Haswell, Zen and later. Kernels keep sums in up to 16 vector
 * registers of 8 floats and multiply and add in one instruction.
 */
@AutoService(Target.class)
public final class Avx2Target extends CpuTarget {
  /**
   * Caches of the smaller machines of the kind (32 KiB and 256 KiB, as Haswell); two 256-bit
   * multiply-adds and two loads a cycle.
   */
  static final MachineModel MODEL =
      new MachineModel(8, 16, true, true, 64, 32 << 10, 256 << 10, 2, 2, 4);

  private static final String CPU = "x86-64-v3";

  /** For {@link java.util.ServiceLoader}. */
  public Avx2Target() {
    super("avx2", MODEL, Language.LLVM, on(Platform.X86_64, CPU, List.of(), Map.of()));
  }

  @Override
  public String description() {
    return "x86-64 CPUs with AVX2 (x86-64-v3): 8 floats a register, fused multiply-add";
  }

  @Override
  public List<String> cpuFeatures() {
    return List.of("avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe");
  }

  @Override
  public int rank() {
    return 30;
  }
}
