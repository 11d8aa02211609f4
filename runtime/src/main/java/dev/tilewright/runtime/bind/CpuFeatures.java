package dev.tilewright.runtime.bind;

import dev.tilewright.schema.CpuFeature;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The machine that the process runs on.
 *
 * @param platform operating system and architecture, such as {@code linux-x86_64}
 * @param features what the CPU has, by the names of {@link CpuFeature}
 */
public record CpuFeatures(String platform, Set<String> features) {
  private static final String CPUINFO = "/proc/cpuinfo";
  private static final String AUXV = "/proc/self/auxv";
  private static final int AT_HWCAP = 16;
  private static final int AT_HWCAP2 = 26;

  /** The first processor of many; an auxiliary vector is shorter. */
  private static final int MOST = 1 << 14;

  public CpuFeatures {
    features = Set.copyOf(features);
  }

  /** This machine, as a library's own probe finds it. */
  static CpuFeatures probed(LibraryImage library) {
    long bits = Libc.call(library.function(CpuFeature.PROBE), 0, 0, 0, 0, 0, 0);
    return new CpuFeatures(hostPlatform(), CpuFeature.labels(bits));
  }

  /** Whether the system tells all features without native code. */
  static boolean areTold() {
    return hostPlatform().startsWith("linux-");
  }

  private static String hostPlatform() {
    return platform(System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  /**
   * This machine, as the system tells it. Systems other than Linux tell only what every CPU of the
   * architecture has.
   */
  public static CpuFeatures host() {
    String platform = hostPlatform();
    Set<String> features = new HashSet<>(Set.of(platform.endsWith("-x86_64") ? "sse2" : "asimd"));
    if (platform.equals("linux-aarch64")) {
      features.addAll(capabilities(told(AUXV)));
    } else if (platform.startsWith("linux-")) {
      features.addAll(flags(new String(told(CPUINFO), StandardCharsets.ISO_8859_1)));
    }
    return new CpuFeatures(platform, features);
  }

  private static byte[] told(String file) {
    try (InputStream in = new FileInputStream(file)) {
      return in.readNBytes(MOST);
    } catch (IOException e) {
      System.getLogger(CpuFeatures.class.getName())
          .log(System.Logger.Level.WARNING, file + " cannot be read; assuming the plainest CPU", e);
      return new byte[0];
    }
  }

  /**
   * What Linux tells each process on AArch64 of all processors: pairs of a word's kind and its
   * value. An emulator's are those of the CPU that it plays, unlike {@code /proc/cpuinfo}.
   */
  static Set<String> capabilities(byte[] auxv) {
    long first = 0;
    long second = 0;
    ByteBuffer words = ByteBuffer.wrap(auxv).order(ByteOrder.LITTLE_ENDIAN);
    while (words.remaining() >= 2 * Long.BYTES) {
      long kind = words.getLong();
      long value = words.getLong();
      if (kind == AT_HWCAP) {
        first = value;
      } else if (kind == AT_HWCAP2) {
        second = value;
      }
    }
    return CpuFeature.labels(
        (first >> 1 & 1) << CpuFeature.ASIMD.bit()
            | (first >> 20 & 1) << CpuFeature.ASIMDDP.bit()
            | (first >> 22 & 1) << CpuFeature.SVE.bit()
            | (second >> 1 & 1) << CpuFeature.SVE2.bit()
            | (second >> 13 & 1) << CpuFeature.I8MM.bit()
            | (second >> 14 & 1) << CpuFeature.BF16.bit());
  }

  /** The platform by the names that Java gives to system and architecture. */
  static String platform(String os, String arch) {
    String lower = os.toLowerCase(Locale.ROOT);
    String system =
        lower.startsWith("windows") ? "windows" : lower.startsWith("mac") ? "macos" : lower;
    return system + "-" + (arch.equals("amd64") ? "x86_64" : arch);
  }

  /** The features of the first processor of a {@code cpuinfo} file. */
  static List<String> flags(String cpuinfo) {
    String lines = "\n" + cpuinfo;
    for (String name : List.of("\nflags", "\nFeatures")) {
      int start = lines.indexOf(name);
      if (start >= 0) {
        int end = lines.indexOf('\n', start + 1);
        String line = lines.substring(start, end < 0 ? lines.length() : end);
        return List.of(line.substring(line.indexOf(':') + 1).strip().split(" "));
      }
    }
    return List.of();
  }
}
