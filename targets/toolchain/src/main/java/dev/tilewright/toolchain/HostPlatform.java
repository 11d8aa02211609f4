package dev.tilewright.toolchain;

import java.util.Locale;

/**
 * The machine that runs the tools.
 *
 * @param classifier the Maven classifier of the artifact's jar for it, such as {@code linux-x86_64}
 * @param programSuffix the suffix of a program's file name
 */
record HostPlatform(String classifier, String programSuffix) {
  static HostPlatform current() {
    return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
  }

  static HostPlatform of(String osName, String osArch) {
    String os = osName.toLowerCase(Locale.ROOT);
    String arch =
        switch (osArch.toLowerCase(Locale.ROOT)) {
          case "amd64", "x86_64", "x64" -> "x86_64";
          case "aarch64", "arm64" -> "arm64";
          default -> osArch;
        };
    if (os.startsWith("windows")) {
      return new HostPlatform("windows-" + arch, ".exe");
    }
    if (os.startsWith("mac") || os.startsWith("darwin")) {
      return new HostPlatform("macosx-" + arch, "");
    }
    return new HostPlatform(os.replaceAll("[^a-z0-9]", "") + "-" + arch, "");
  }

  String fileName(Tool tool) {
    return tool.program() + programSuffix;
  }
}
