package dev.tilewright.target.neon;

import com.google.auto.service.AutoService;
import dev.tilewright.Precision;
import dev.tilewright.codegen.CpuTarget;
import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.Platform;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.tile.DotCost;
import dev.tilewright.codegen.tile.Extension;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Tile.DotKind;
import java.util.List;
import java.util.Set;

/**
 * AArch64 with multiply-adds of bf16 numbers (FEAT_BF16): Neoverse V1, N2 and V2, Apple M2 and
 * later.
 */
@AutoService(Target.class)
public final class NeonBf16Target extends CpuTarget {
  /** Two instructions for the two elements of a word. */
  static final DotCost BFMLAL = new DotCost(2, 0, 0, 1, 1);

  static final MachineModel MODEL =
      NeonTarget.PLAIN
          .with(
              Set.of(
                  Extension.COLUMN_FACTOR,
                  Extension.DOT_BF16,
                  Extension.TO_BF16,
                  Extension.SUBNORMAL_BF16))
          .with(DotKind.BF16, BFMLAL);

  /** For {@link java.util.ServiceLoader}. */
  public NeonBf16Target() {
    super(
        "neon-bf16",
        MODEL,
        Language.LLVM,
        onPlainest(Platform.AARCH64, List.of("+bf16"), NeonInstructions.BF16));
  }

  @Override
  public String description() {
    return "AArch64 CPUs with bf16 multiply-adds (bf16), for bf16";
  }

  @Override
  public List<String> cpuFeatures() {
    return List.of("asimd", "bf16");
  }

  @Override
  public int rank() {
    return 50;
  }

  @Override
  public boolean compiles(Precision precision) {
    return precision == Precision.BFLOAT16;
  }
}
