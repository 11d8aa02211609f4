package dev.tilewright.target.neon;

import com.google.auto.service.AutoService;
import dev.tilewright.Precision;
import dev.tilewright.codegen.CpuTarget;
import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.Platform;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.tile.Extension;
import dev.tilewright.codegen.tile.MachineModel;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * AArch64 with dot products of bytes of one kind (FEAT_DotProd): Cortex-A76, Neoverse N1, Apple M1
 * and later.
 */
@AutoService(Target.class)
public final class NeonDotprodTarget extends CpuTarget {
  static final MachineModel MODEL =
      NeonTarget.PLAIN.with(Set.of(Extension.COLUMN_FACTOR, Extension.DOT_I8I8));

  /** For {@link java.util.ServiceLoader}. */
  public NeonDotprodTarget() {
    super(
        "neon-dotprod",
        MODEL,
        Language.LLVM,
        onPlainest(
            Platform.AARCH64,
            List.of("+dotprod"),
            Map.of(Extension.DOT_I8I8, NeonInstructions.DOT_I8I8)));
  }

  @Override
  public String description() {
    return "AArch64 CPUs with 8-bit dot products (dotprod), for int8";
  }

  @Override
  public List<String> cpuFeatures() {
    return List.of("asimd", "asimddp");
  }

  @Override
  public int rank() {
    return 40;
  }

  @Override
  public boolean compiles(Precision precision) {
    return precision.isInteger();
  }
}
