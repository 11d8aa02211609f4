package dev.tilewright.codegen;

import dev.tilewright.schema.CpuFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The function of each library that tells which {@link CpuFeature}s there are. */
public final class CpuProbe {
  private CpuProbe() {}

  /** Its C text, to be compiled for the plainest processor of a platform. */
  public static String source() {
    try (InputStream text = CpuProbe.class.getResourceAsStream("cpu.c")) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8)
          .replace(
              "enum { FEATURES };",
              Arrays.stream(CpuFeature.values())
                  .map(feature -> "BIT_" + feature.name() + " = " + feature.bit())
                  .collect(Collectors.joining(", ", "enum { ", " };")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The functions it calls, by the system's library that has them. */
  public static Map<String, List<String>> imports(Platform platform) {
    return switch (platform) {
      // The loader refuses libraries that depend on nothing, so all are bound to it.
      case MACOS_X86_64, MACOS_AARCH64 ->
          Map.of("/usr/lib/libSystem.B.dylib", List.of("sysctlbyname"));
      case WINDOWS_AARCH64 -> Map.of("KERNEL32.dll", List.of("IsProcessorFeaturePresent"));
      case LINUX_X86_64, LINUX_AARCH64, WINDOWS_X86_64 -> Map.of();
    };
  }
}
