package dev.tilewright.target.neon;

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
 * AArch64 with the vectors that every such CPU has: 32 registers of 4 floats, fused multiply-add.
 */
@AutoService(Target.class)
public final class NeonTarget extends CpuTarget {
  /**
   * Caches of the smaller machines of the kind (64 KiB and 256 KiB, as Cortex-A76); two 128-bit
   * multiply-adds and two loads a cycle.
   */
  static final MachineModel PLAIN =
      new MachineModel(4, 32, true, true, 64, 64 << 10, 256 << 10, 2, 2, 4)
          .with(Set.of(Extension.COLUMN_FACTOR));

  /** With {@link NeonInstructions#DOT_U8I8}. */
  static final MachineModel MODEL =
      PLAIN
          .with(Set.of(Extension.COLUMN_FACTOR, Extension.DOT_U8I8))
          .with(DotKind.U8I8, new DotCost(4, 3, 2, 2, 6));

  /** For {@link java.util.ServiceLoader}. */
  public NeonTarget() {
    super(
        "neon",
        MODEL,
        Language.LLVM,
        onPlainest(
            Platform.AARCH64, List.of(), Map.of(Extension.DOT_U8I8, NeonInstructions.DOT_U8I8)));
  }

  @Override
  public String description() {
    return "AArch64 CPUs: Neon, 4 floats a register, fused multiply-add";
  }

  /**
   * What Linux calls the extension; systems that do not report features run on CPUs that have it.
   */
  @Override
  public List<String> cpuFeatures() {
    return List.of("asimd");
  }

  @Override
  public int rank() {
    return 30;
  }
}
