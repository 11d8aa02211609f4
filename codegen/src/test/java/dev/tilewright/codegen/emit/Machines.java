package dev.tilewright.codegen.emit;

import dev.tilewright.codegen.KernelModule.Intrinsic;
import dev.tilewright.codegen.KernelModule.Machine;
import dev.tilewright.codegen.tile.Extension;
import dev.tilewright.codegen.tile.MachineModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The machines that tests write for: a wide one with everything and a narrow one with nothing. */
@SuppressWarnings("ImmutableEnumChecker") // records of strings and lists that copy
enum Machines {
  WIDE(
      new MachineModel(16, 32, true, true, 64, 32 << 10, 1 << 20, 1, 2, 4),
      "x86-64-v4",
      "avx512bw"),
  /** As WIDE, with all extensions. */
  DOTS(WIDE, "avx512_bf16", "avx512bf16", "avx512vnni"),
  NARROW(new MachineModel(4, 16, false, false, 64, 32 << 10, 1 << 18, 1, 2, 4), "x86-64", "sse2");

  private final MachineModel model;
  private final Machine machine;
  private final String flag;

  Machines(MachineModel model, String cpu, String flag) {
    this.model = model;
    this.machine =
        new Machine(
            "x86_64-unknown-linux-gnu",
            "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128",
            cpu,
            List.of());
    this.flag = flag;
  }

  Machines(Machines base, String flag, String... features) {
    this.model = base.model.with(Intrinsics.X86.keySet());
    this.machine =
        new Machine(
            base.machine.triple(),
            base.machine.dataLayout(),
            base.machine.cpu(),
            Arrays.stream(features).map(feature -> "+" + feature).toList(),
            Intrinsics.X86);
    this.flag = flag;
  }

  MachineModel model() {
    return model;
  }

  Machine machine() {
    return machine;
  }

  /** Whether the CPU that runs the tests can run kernels for this machine. */
  boolean runsHere() {
    try {
      Path cpu = Path.of("/proc/cpuinfo");
      return Files.exists(cpu) && List.of(Files.readString(cpu).split("\\s+")).contains(flag);
    } catch (IOException e) {
      return false;
    }
  }

  /** What a constant of the enum may use. */
  private static final class Intrinsics {
    static final Map<Extension, Intrinsic> X86 =
        Map.of(
            Extension.TO_BF16,
            new Intrinsic("llvm.x86.avx512bf16.cvtneps2bf16.512", "__builtin_convertvector"),
            Extension.DOT_BF16,
            new Intrinsic("llvm.x86.avx512bf16.dpbf16ps.512", "__builtin_ia32_dpbf16ps_512"),
            Extension.DOT_U8I8,
            new Intrinsic("llvm.x86.avx512.vpdpbusd.512", "__builtin_ia32_vpdpbusd512"),
            Extension.SCALE,
            new Intrinsic("llvm.x86.avx512.mask.scalef.ps.512", "__builtin_ia32_scalefps512_mask"),
            Extension.TABLE,
            new Intrinsic("llvm.x86.avx512.permvar.sf.512", "__builtin_ia32_permvarsf512"));
  }
}
