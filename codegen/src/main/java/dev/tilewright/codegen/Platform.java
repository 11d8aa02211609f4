package dev.tilewright.codegen;

import dev.tilewright.codegen.KernelModule.Intrinsic;
import dev.tilewright.codegen.KernelModule.Machine;
import dev.tilewright.codegen.tile.Extension;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An operating system on an architecture, as LLVM knows it. */
public enum Platform {
  LINUX_X86_64("linux-x86_64", "x86_64-unknown-linux-gnu", "e-m:e" + Layouts.X86),
  LINUX_AARCH64(
      "linux-aarch64",
      "aarch64-unknown-linux-gnu",
      "e-m:e" + Layouts.ARM + "-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32"),
  MACOS_X86_64("macos-x86_64", "x86_64-apple-macosx", "e-m:o" + Layouts.X86),
  MACOS_AARCH64(
      "macos-aarch64",
      "arm64-apple-macosx",
      "e-m:o" + Layouts.ARM + "-i64:64-i128:128-n32:64-S128-Fn32"),
  WINDOWS_X86_64("windows-x86_64", "x86_64-pc-windows-msvc", "e-m:w" + Layouts.X86);

  /** What the systems of an architecture share of LLVM's data layouts. */
  private static final class Layouts {
    static final String X86 =
        "-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128";
    static final String ARM = "-p270:32:32-p271:32:32-p272:64:64";
  }

  private final String id;
  private final String triple;
  private final String dataLayout;

  Platform(String id, String triple, String dataLayout) {
    this.id = id;
    this.triple = triple;
    this.dataLayout = dataLayout;
  }

  /** The name users give, such as {@code linux-x86_64}. */
  public String id() {
    return id;
  }

  /** A processor of this platform, in LLVM's words. */
  public Machine machine(String cpu, List<String> features) {
    return machine(cpu, features, Map.of());
  }

  /**
   * A processor of this platform with extensions.
   *
   * @param intrinsics what they are called
   */
  public Machine machine(String cpu, List<String> features, Map<Extension, Intrinsic> intrinsics) {
    return new Machine(triple, dataLayout, cpu, features, intrinsics);
  }

  /** The platform of that name, if there is one. */
  public static Optional<Platform> of(String id) {
    return Arrays.stream(values()).filter(platform -> platform.id.equals(id)).findFirst();
  }

  @Override
  public String toString() {
    return id;
  }
}
