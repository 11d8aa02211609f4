package dev.tilewright.target.neon;

import com.google.auto.service.AutoService;
import dev.tilewright.Precision;
import dev.tilewright.codegen.CpuTarget;
import dev.tilewright.codegen.KernelModule.Intrinsic;
import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.Platform;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.tile.Extension;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Tile.DotKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * AArch64 with dot products of unsigned and signed bytes (FEAT_I8MM) and of bf16 (FEAT_BF16), which
 * Armv8.6 has both of: Neoverse V1, N2 and V2, Apple M2 and later.
 */
@AutoService(Target.class)
public final class NeonI8mmTarget extends CpuTarget {
  private static final Map<Extension, Intrinsic> INTRINSICS = new HashMap<>(NeonInstructions.BF16);

  static {
    INTRINSICS.put(Extension.DOT_U8I8, NeonInstructions.DOT_U8I8_USDOT);
  }

  static final MachineModel MODEL =
      NeonTarget.PLAIN
          .with(
              Set.of(
                  Extension.COLUMN_FACTOR,
                  Extension.DOT_U8I8,
                  Extension.DOT_BF16,
                  Extension.TO_BF16,
                  Extension.SUBNORMAL_BF16))
          .with(DotKind.BF16, NeonBf16Target.BFMLAL);

  /** For {@link java.util.ServiceLoader}. */
  public NeonI8mmTarget() {
    super(
        "neon-i8mm",
        MODEL,
        Language.LLVM,
        onPlainest(Platform.AARCH64, List.of("+dotprod", "+i8mm", "+bf16"), INTRINSICS));
  }

  @Override
  public String description() {
    return "AArch64 CPUs with 8-bit dot products of mixed signs and bf16 (i8mm, bf16), for int8";
  }

  @Override
  public List<String> cpuFeatures() {
    return List.of("asimd", "asimddp", "i8mm", "bf16");
  }

  @Override
  public int rank() {
    return 50;
  }

  @Override
  public boolean compiles(Precision precision) {
    return precision.isInteger();
  }
}
