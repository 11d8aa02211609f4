package dev.tilewright.target.avx2;

import com.google.auto.service.AutoService;
import dev.tilewright.codegen.CpuTarget;
import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.Platform;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.tile.DotCost;
import dev.tilewright.codegen.tile.Extension;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Tile.DotKind;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
  static final MachineModel PLAIN =
      new MachineModel(8, 16, true, true, 64, 32 << 10, 256 << 10, 2, 2, 4);

  /**
   * With {@link Avx2Instructions#DOT_U8I8}: two products beside two sums, on ports of their own. Of
   * {@link Avx2Instructions#DOT_U7I8} neither operand is taken from memory, so elements are
   * broadcast first.
   */
  static final MachineModel MODEL =
      PLAIN
          .with(
              Set.of(
                  Extension.DOT_U8I8,
                  Extension.DOT_U7I8,
                  Extension.DOT_BF16,
                  Extension.SUBNORMAL_BF16))
          .with(DotKind.U8I8, new DotCost(2, 3, 2, 2, 4))
          .with(DotKind.U7I8, new DotCost(2, 0, 1, 1, 3))
          .with(DotKind.BF16, new DotCost(2, 2, 2, 2, 2));

  static final String CPU = "x86-64-v3";

  static final List<String> FEATURES =
      List.of("avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe");

  /** For {@link java.util.ServiceLoader}. */
  public Avx2Target() {
    super(
        "avx2",
        MODEL,
        Language.LLVM,
        on(
            Platform.X86_64,
            CPU,
            List.of(),
            Map.of(
                Extension.DOT_U8I8,
                Avx2Instructions.DOT_U8I8,
                Extension.DOT_U7I8,
                Avx2Instructions.DOT_U7I8,
                Extension.DOT_BF16,
                Avx2Instructions.DOT_BF16,
                Extension.DOT_BF16_BY_WORD,
                Avx2Instructions.DOT_BF16_BY_WORD)));
  }

  @Override
  public String description() {
    return "x86-64 CPUs with AVX2 (x86-64-v3): 8 floats a register, fused multiply-add";
  }

  @Override
  public List<String> cpuFeatures() {
    return FEATURES;
  }

  @Override
  public int rank() {
    return 30;
  }
}
