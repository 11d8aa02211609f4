package dev.tilewright.tests.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.codegen.Platform;
import dev.tilewright.toolchain.Tool;
import dev.tilewright.toolchain.Toolchain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The libraries of the example's model for all platforms: their sizes, and what their loaders will
 * find in them.
 */
class PlatformsTest {
  private static final Toolchain TOOLCHAIN = Toolchain.open();
  private static final long MOST_BYTES = 1_000_000;

  @TempDir private static Path folder;
  private static Path compiled;

  @BeforeAll
  static void compile() throws IOException {
    compiled =
        Rebuilt.compile(
            folder.resolve("compiled"),
            "-Atilewright.platforms=all",
            "-Atilewright.precisions=float32,bfloat16,int8");
  }

  /** What a jar has for a platform: libraries and their descriptions, compressed. */
  @Test
  void eachPlatformTakesLessThanAMegabyte() throws IOException {
    Map<Platform, Long> sizes = new TreeMap<>();
    for (Platform platform : Platform.values()) {
      sizes.put(platform, jarBytes(platform));
    }
    long plain = 0;
    for (Platform platform : Platform.values()) {
      long bytes = libraries(platform).stream().mapToLong(PlatformsTest::size).sum();
      plain += bytes;
      System.out.printf(
          Locale.ROOT,
          "MiniLM in fp32, bf16 and int8 for %s: %d bytes in a jar, %d libraries of %d bytes%n",
          platform,
          sizes.get(platform),
          libraries(platform).size(),
          bytes);
    }
    System.out.printf(
        Locale.ROOT,
        "MiniLM for all platforms: %d bytes in a jar, libraries of %d bytes%n",
        sizes.values().stream().mapToLong(Long::longValue).sum(),
        plain);
    assertThat(sizes.values()).allSatisfy(size -> assertThat(size).isBetween(1L, MOST_BYTES));
  }

  /** Each library offers its entries and its probe, needs what the table says, and is signed. */
  @ParameterizedTest
  @EnumSource
  void loadersFindAllTheyLookFor(Platform platform) throws IOException {
    assertThat(libraries(platform)).isNotEmpty();
    for (Path library : libraries(platform)) {
      byte[] bytes = Files.readAllBytes(library);
      assertThat(exports(platform, bytes))
          .as("exports of %s", library)
          .containsExactlyInAnyOrder("tw_cpu", "tw_embed");
      assertThat(needs(platform, bytes))
          .as("what %s needs", library)
          .isEqualTo(
              switch (platform) {
                case LINUX_X86_64, LINUX_AARCH64, WINDOWS_X86_64 -> List.of();
                case MACOS_X86_64 -> List.of("/usr/lib/libSystem.B.dylib");
                case MACOS_AARCH64 -> List.of("/usr/lib/libSystem.B.dylib", "_sysctlbyname");
                case WINDOWS_AARCH64 -> List.of("KERNEL32.dll", "IsProcessorFeaturePresent");
              });
      if (platform.system().equals("macos")) {
        String headers = inspect(Tool.LLVM_OBJDUMP, bytes, "--macho", "--private-headers");
        assertThat(headers).contains("LC_CODE_SIGNATURE", "minos 11.0", "DYLIB");
      }
    }
  }

  private static List<String> exports(Platform platform, byte[] library) {
    return switch (platform.system()) {
      case "linux" -> inspect(Tool.LLVM_NM, library, "-D", "-j", "--defined-only").lines().toList();
      case "macos" ->
          inspect(Tool.LLVM_NM, library, "-g", "-j", "--defined-only")
              .lines()
              .map(symbol -> symbol.substring(1))
              .toList();
      case String _ ->
          found("(?m)^  Name: (\\S+)", inspect(Tool.LLVM_READOBJ, library, "--coff-exports"));
    };
  }

  /** Libraries and functions of the system, in the order of the tools' listings. */
  private static List<String> needs(Platform platform, byte[] library) {
    return switch (platform.system()) {
      case "linux" ->
          Stream.concat(
                  found("NEEDED\\s+(.*)", inspect(Tool.LLVM_READOBJ, library, "--dynamic-table"))
                      .stream(),
                  inspect(Tool.LLVM_NM, library, "-D", "-j", "-u").lines())
              .toList();
      case "macos" ->
          Stream.concat(
                  found(
                      "cmd LC_LOAD_DYLIB\n.*\n +name (\\S+)",
                      inspect(Tool.LLVM_OBJDUMP, library, "--macho", "--private-headers"))
                      .stream(),
                  inspect(Tool.LLVM_NM, library, "-j", "-u").lines())
              .toList();
      case String _ ->
          found(
              "(?m)^  (?:Name|Symbol): (\\S+)",
              inspect(Tool.LLVM_READOBJ, library, "--coff-imports"));
    };
  }

  private static List<String> found(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult m) -> m.group(1))
        .toList();
  }

  private static String inspect(Tool tool, byte[] library, String... options) {
    return TOOLCHAIN.inspect(tool, library, options);
  }

  /** Builds in two folders, the second from nothing, give every platform the same bytes. */
  @Test
  void theSameBytesWhereverItIsBuilt() throws IOException {
    String[] options = {
      "-Atilewright.platforms=all",
      "-Atilewright.targets=avx2,neon",
      "-Atilewright.precisions=float32",
      "-Atilewright.c=C",
    };
    Path first = build(folder.resolve("first"), options);
    String[] alone = Arrays.copyOf(options, options.length + 1);
    alone[options.length] = "-Atilewright.cache=CACHE";
    Path second = build(Files.createDirectory(folder.resolve("elsewhere")).resolve("2nd"), alone);
    Map<String, byte[]> files = files(first);
    assertThat(files.keySet()).anyMatch(file -> file.endsWith("minilm.lib"));
    assertThat(files.keySet()).filteredOn(file -> file.contains("META-INF/native")).hasSize(6);
    assertThat(files(second).keySet()).isEqualTo(files.keySet());
    files(second).forEach((file, bytes) -> assertThat(bytes).as(file).isEqualTo(files.get(file)));
  }

  private static Path build(Path place, String... options) throws IOException {
    Files.createDirectory(place);
    Rebuilt.compile(
        place.resolve("out"),
        Arrays.stream(options)
            .map(option -> option.replace("=CACHE", "=" + place.resolve("cache")))
            .map(option -> option.replace("=C", "=" + place.resolve("out/c")))
            .toArray(String[]::new));
    return place.resolve("out");
  }

  private static Map<String, byte[]> files(Path top) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(top)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(top.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
      }
    }
    return files;
  }

  private static List<Path> libraries(Platform platform) throws IOException {
    return list(compiled.resolve("META-INF/native/" + platform));
  }

  private static List<Path> list(Path place) throws IOException {
    try (Stream<Path> files = Files.list(place)) {
      return files.sorted().toList();
    }
  }

  private static long jarBytes(Platform platform) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream jar = new ZipOutputStream(bytes)) {
      for (String kind : List.of("native", "tilewright")) {
        for (Path file : list(compiled.resolve("META-INF/" + kind + "/" + platform))) {
          jar.putNextEntry(new ZipEntry(compiled.relativize(file).toString()));
          jar.write(Files.readAllBytes(file));
        }
      }
    }
    return bytes.size();
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
