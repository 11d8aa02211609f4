package dev.tilewright.target.avx2;

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
import java.util.stream.Stream;

/**
 * AVX2 with dot products of bytes in 256-bit vectors (AVX-VNNI): Alder Lake, Zen 5 and later. One
 * instruction multiplies and sums four bytes a lane.
 */
@AutoService(Target.class)
public final class Avx2VnniTarget extends CpuTarget {
  static final MachineModel MODEL = Avx2Target.PLAIN.with(Set.of(Extension.DOT_U8I8));

  /** For {@link java.util.ServiceLoader}. */
  public Avx2VnniTarget() {
    super(
        "avx2-vnni",
        MODEL,
        Language.LLVM,
        on(
            Platform.X86_64,
            Avx2Target.CPU,
            List.of("+avxvnni"),
            Map.of(Extension.DOT_U8I8, Avx2Instructions.VPDPBUSD)));
  }

  @Override
  public String description() {
    return "x86-64 CPUs with AVX2 and its 8-bit dot products (AVX-VNNI), for int8";
  }

  @Override
  public List<String> cpuFeatures() {
    return Stream.concat(Avx2Target.FEATURES.stream(), Stream.of("avx_vnni")).toList();
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
