package dev.tilewright.target.portable;

import com.google.auto.service.AutoService;
import dev.tilewright.codegen.KernelModule;
import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.KernelModule.Machine;
import dev.tilewright.codegen.Pipeline;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.TilePass;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.codegen.tile.ExpandMath;
import dev.tilewright.codegen.tile.ExpandNarrow;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.UnrollLoops;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Any CPU of a platform: what all of them have (SSE2, Neon) and C's arithmetic, multiply and add
 * rounded one after the other. The results do not depend on the CPU.
 */
@AutoService(Target.class)
public final class PortableTarget implements Target {
  /** Four lanes and 16 registers; small caches. */
  static final MachineModel MODEL =
      new MachineModel(4, 16, false, false, false, false, 64, 32 << 10, 256 << 10, 1, 2, 4);

  private static final String X86 =
      "-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128";
  private static final String ARM = "-p270:32:32-p271:32:32-p272:64:64";

  private static final Map<String, Machine> MACHINES =
      new TreeMap<>(
          Map.of(
              "linux-x86_64",
              new Machine("x86_64-unknown-linux-gnu", "e-m:e" + X86, "x86-64", List.of()),
              "linux-aarch64",
              new Machine(
                  "aarch64-unknown-linux-gnu",
                  "e-m:e" + ARM + "-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32",
                  "generic",
                  List.of()),
              "macos-x86_64",
              new Machine("x86_64-apple-macosx", "e-m:o" + X86, "x86-64", List.of()),
              "macos-aarch64",
              new Machine(
                  "arm64-apple-macosx",
                  "e-m:o" + ARM + "-i64:64-i128:128-n32:64-S128-Fn32",
                  "apple-m1",
                  List.of()),
              "windows-x86_64",
              new Machine("x86_64-pc-windows-msvc", "e-m:w" + X86, "x86-64", List.of())));

  @Override
  public String name() {
    return "portable";
  }

  @Override
  public String description() {
    return "C semantics, any CPU";
  }

  @Override
  public List<String> platforms() {
    return List.copyOf(MACHINES.keySet());
  }

  @Override
  public List<String> cpuFeatures() {
    return List.of();
  }

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public KernelModule compile(Program program, String platform, Language language, Trace trace) {
    Machine machine = MACHINES.get(platform);
    if (machine == null) {
      throw new IllegalArgumentException(
          "portable makes libraries for "
              + platforms()
              + ", not for "
              + platform
              + ": choose one of them");
    }
    List<TilePass> passes =
        List.of(
            new TilePass("unroll loops", UnrollLoops::apply),
            new TilePass("expand narrow numbers", tiles -> ExpandNarrow.apply(tiles, MODEL)),
            new TilePass("expand functions", tiles -> ExpandMath.apply(tiles, MODEL)));
    return new Pipeline(MODEL, machine, passes)
        .compile(program, language == null ? Language.C : language, trace);
  }
}
