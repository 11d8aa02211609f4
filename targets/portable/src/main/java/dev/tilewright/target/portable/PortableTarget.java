package dev.tilewright.target.portable;

import com.google.auto.service.AutoService;
import dev.tilewright.codegen.CpuTarget;
import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.Platform;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.tile.MachineModel;
import java.util.EnumSet;
import java.util.List;

/**
 * Any CPU of a platform: what all of them have (SSE2, Neon) and C's arithmetic, multiply and add
 * rounded one after the other. The results do not depend on the CPU.
 */
@AutoService(Target.class)
public final class PortableTarget extends CpuTarget {
  /** Four lanes and 16 registers; small caches. */
  static final MachineModel MODEL =
      new MachineModel(4, 16, false, false, 64, 32 << 10, 256 << 10, 1, 2, 4);

  /** For {@link java.util.ServiceLoader}. */
  public PortableTarget() {
    super("portable", MODEL, Language.C, onPlainest(EnumSet.allOf(Platform.class)));
  }

  @Override
  public String description() {
    return "C semantics, any CPU";
  }

  @Override
  public List<String> cpuFeatures() {
    return List.of();
  }

  @Override
  public int rank() {
    return 0;
  }
}
