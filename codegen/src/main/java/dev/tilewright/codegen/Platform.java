package dev.tilewright.codegen;

import dev.tilewright.codegen.KernelModule.Intrinsic;
import dev.tilewright.codegen.KernelModule.Machine;
import dev.tilewright.codegen.tile.Extension;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** An operating system on an architecture, as LLVM knows it. */
public enum Platform {
  LINUX_X86_64("linux-x86_64", "x86_64-unknown-linux-gnu", "e-m:e" + Layouts.X86),
  LINUX_AARCH64(
      "linux-aarch64",
      "aarch64-unknown-linux-gnu",
      "e-m:e" + Layouts.ARM + "-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32"),
  MACOS_X86_64("macos-x86_64", "x86_64-apple-macosx11.0.0", "e-m:o" + Layouts.X86),
  MACOS_AARCH64(
      "macos-aarch64",
      "arm64-apple-macosx11.0.0",
      "e-m:o" + Layouts.ARM + "-i64:64-i128:128-n32:64-S128-Fn32"),
  WINDOWS_X86_64("windows-x86_64", "x86_64-pc-windows-msvc", "e-m:w" + Layouts.X86),
  WINDOWS_AARCH64(
      "windows-aarch64",
      "aarch64-pc-windows-msvc",
      "e-m:w" + Layouts.ARM + "-p:64:64-i32:32-i64:64-i128:128-n32:64-S128-Fn32");

  /** All those of x86-64. */
  public static final Set<Platform> X86_64 = on("x86_64");

  /** All those of 64-bit Arm. */
  public static final Set<Platform> AARCH64 = on("aarch64");

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

  private static Set<Platform> on(String architecture) {
    return Arrays.stream(values())
        .filter(platform -> platform.id.endsWith("-" + architecture))
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Platform.class)));
  }

  /** The system's part of the name, such as {@code linux}. */
  public String system() {
    return id.substring(0, id.indexOf('-'));
  }

  /**
   * What LLVM calls the plainest processor of the platform, which every machine of it can stand in
   * for.
   */
  public String plainest() {
    return AARCH64.contains(this) ? this == MACOS_AARCH64 ? "apple-m1" : "generic" : "x86-64";
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

  /** The platform that Java's names for the system and its architecture stand for, if any. */
  public static Optional<Platform> of(String osName, String osArch) {
    String lower = osName.toLowerCase(Locale.ROOT);
    String system =
        lower.startsWith("windows") ? "windows" : lower.startsWith("mac") ? "macos" : lower;
    String architecture =
        switch (osArch) {
          case "amd64" -> "x86_64";
          case "arm64" -> "aarch64";
          default -> osArch;
        };
    return of(system + "-" + architecture);
  }

  /** The platform of this process, if it is one of these. */
  public static Optional<Platform> host() {
    return of(System.getProperty("os.name"), System.getProperty("os.arch"));
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
