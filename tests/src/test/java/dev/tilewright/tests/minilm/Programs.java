package dev.tilewright.tests.minilm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs of the system that run those of others. */
final class Programs {
  /** Wine makes its Windows there, 0.7 GB; the next run finds it. */
  private static final Path WINE = Path.of("target", "wine").toAbsolutePath();

  private Programs() {}

  /** The program, or the test is skipped. */
  static Path require(String program, String debian) {
    Optional<Path> found =
        Stream.concat(
                Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)),
                // Debian keeps the 64-bit loader of Wine beside its libraries.
                Stream.of("/usr/lib/wine"))
            .map(place -> Path.of(place).resolve(program))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(found.isPresent(), () -> "no " + program + ": install Debian's package " + debian);
    return found.get();
  }

  /** Wine with its Windows made, or the test is skipped. */
  static Path requireWine() throws IOException, InterruptedException {
    Path wine = require("wine64", "wine64");
    Files.createDirectories(WINE.getParent());
    // Tests that run side by side must not make it twice.
    try (FileChannel file =
            FileChannel.open(
                WINE.resolveSibling("wine.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock _ = file.lock()) {
      if (!Files.exists(WINE.resolve(".update-timestamp"))) {
        ProcessBuilder boot =
            new ProcessBuilder(wine.toString(), "wineboot", "--init")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        configureWine(boot.environment());
        assertThat(boot.start().waitFor()).as("wineboot").isZero();
      }
    }
    return wine;
  }

  /** What Wine is to take from its environment. */
  static void configureWine(Map<String, String> environment) {
    environment.put("WINEPREFIX", WINE.toString());
    environment.put("WINEDEBUG", "-all");
    // Else names of files have 7 bits.
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("WINEDLLOVERRIDES", "mscoree,mshtml=");
  }
}
