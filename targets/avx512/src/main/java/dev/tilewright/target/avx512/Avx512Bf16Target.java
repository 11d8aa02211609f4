package dev.tilewright.target.avx512;

import com.google.auto.service.AutoService;
import dev.tilewright.Precision;
import dev.tilewright.codegen.CpuTarget;
import dev.tilewright.codegen.KernelModule.Intrinsic;
import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.KernelModule.Machine;
import dev.tilewright.codegen.Platform;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.tile.Extension;
import dev.tilewright.codegen.tile.MachineModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * AVX-512 with dot products of bf16 and 8-bit elements (AVX512_BF16 and AVX512_VNNI): Cooper Lake,
 * Sapphire Rapids, Zen 4 and later. One instruction multiplies and sums two bf16 or four 8-bit
 * elements a lane, as fast as a multiply-add does one float.
 */
@AutoService(Target.class)
public final class Avx512Bf16Target extends CpuTarget {
  private static final Map<Extension, Intrinsic> INTRINSICS =
      new HashMap<>(Avx512Target.INTRINSICS);

  static {
    INTRINSICS.put(
        Extension.TO_BF16,
        new Intrinsic("llvm.x86.avx512bf16.cvtneps2bf16.512", "__builtin_convertvector"));
    INTRINSICS.put(
        Extension.DOT_BF16,
        new Intrinsic("llvm.x86.avx512bf16.dpbf16ps.512", "__builtin_ia32_dpbf16ps_512"));
    INTRINSICS.put(
        Extension.DOT_U8I8,
        new Intrinsic("llvm.x86.avx512.vpdpbusd.512", "__builtin_ia32_vpdpbusd512"));
  }

  static final MachineModel MODEL = Avx512Target.MODEL.with(INTRINSICS.keySet());

  private static final List<String> ADDED = List.of("+avx512bf16", "+avx512vnni");

  static final Machine MACHINE = Platform.LINUX_X86_64.machine(Avx512Target.CPU, ADDED, INTRINSICS);

  /** For {@link java.util.ServiceLoader}. */
  public Avx512Bf16Target() {
    super(
        "avx512-bf16",
        MODEL,
        Language.LLVM,
        on(Platform.X86_64, Avx512Target.CPU, ADDED, INTRINSICS));
  }

  @Override
  public String description() {
    return "x86-64 CPUs with AVX-512 and its bf16 and 8-bit dot products, for reduced precision";
  }

  @Override
  public List<String> cpuFeatures() {
    return Stream.concat(Avx512Target.FEATURES.stream(), Stream.of("avx512_bf16", "avx512_vnni"))
        .toList();
  }

  @Override
  public int rank() {
    return 60;
  }

  /** Those whose products it has instructions for; the others are the plain target's. */
  @Override
  public boolean compiles(Precision precision) {
    return precision == Precision.BFLOAT16 || precision.isInteger();
  }
}
