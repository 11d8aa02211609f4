package dev.tilewright.runtime.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.runtime.MissingCompiledModelException;
import dev.tilewright.runtime.ModelDeclarationException;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.UnsupportedCpuException;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.LibrarySchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What depends on the machine: features, the choice of a library, the cache folder. */
class MachineTest {
  private static final CpuFeatures MACHINE =
      new CpuFeatures("linux-x86_64", Set.of("sse2", "avx2", "fma", "avx512f", "avx512bw"));

  private static ModelSchema schema(String target, String platform, int rank, String... features) {
    return new ModelSchema(
        "a.b.Tiny",
        new LibrarySchema(
            target, platform, "tiny-" + target + ".so", List.of(features), rank, "00"),
        List.of(),
        List.of());
  }

  private final List<ModelSchema> schemas =
      List.of(
          schema("portable", "linux-x86_64", 0),
          schema("bf16", "linux-x86_64", 30, "avx512f", "avx512_bf16"),
          schema("avx512", "linux-x86_64", 20, "avx512f", "avx512bw"),
          schema("neon", "linux-aarch64", 40));

  @Test
  void choosesTheGreatestRankThatRuns() {
    assertThat(chosen(Optional.empty())).isEqualTo("avx512");
    assertThat(chosen(Optional.of("portable"))).isEqualTo("portable");
  }

  private String chosen(Optional<String> target) {
    return LibraryChoice.choose(schemas, MACHINE, target).library().target();
  }

  @Test
  void saysWhatEachLibraryLacks() {
    assertThatThrownBy(
            () ->
                LibraryChoice.choose(
                    schemas.subList(1, 4),
                    new CpuFeatures("linux-x86_64", Set.of("sse2")),
                    Optional.empty()))
        .isInstanceOf(UnsupportedCpuException.class)
        .hasMessageContainingAll(
            "a.b.Tiny",
            "linux-x86_64 with sse2",
            "bf16 for linux-x86_64: this CPU lacks avx512f, avx512_bf16",
            "avx512 for linux-x86_64: this CPU lacks avx512f, avx512bw",
            "neon for linux-aarch64: for another platform");
  }

  @Test
  void readsFlagsAndPlatforms() {
    Stream<String> intel =
        Stream.of("processor\t: 0", "flags\t\t: fpu avx2 avx512f", "flags\t\t: other");
    assertThat(CpuFeatures.flags(intel)).containsExactlyInAnyOrder("fpu", "avx2", "avx512f");
    assertThat(CpuFeatures.flags(Stream.of("Features\t: fp asimd")))
        .containsExactlyInAnyOrder("fp", "asimd");
    assertThat(CpuFeatures.flags(Stream.of("none"))).isEmpty();
    assertThat(CpuFeatures.platform("Linux", "amd64")).isEqualTo("linux-x86_64");
    assertThat(CpuFeatures.platform("Mac OS X", "aarch64")).isEqualTo("macos-aarch64");
    assertThat(CpuFeatures.platform("Windows 11", "amd64")).isEqualTo("windows-x86_64");
    assertThat(CpuFeatures.host().platform()).isNotEmpty();
  }

  @Model
  public interface NeverCompiled extends CompiledModel {}

  @Test
  void namesAForgottenProcessorAndTheFlag() {
    assertThatThrownBy(() -> Tilewright.load(NeverCompiled.class, HandmadeLibrary.weights()))
        .isInstanceOf(MissingCompiledModelException.class)
        .hasMessageContainingAll(
            "dev.tilewright.runtime.bind.MachineTest_NeverCompiled_Native",
            "annotationProcessorPaths",
            "-proc:full");
    assertThatThrownBy(() -> Tilewright.load(CompiledModel.class, HandmadeLibrary.weights()))
        .isInstanceOf(ModelDeclarationException.class);
  }

  @Test
  void keepsLibrariesByDigestAndRemovesStaleOnes(@TempDir Path folder) throws IOException {
    LibraryCache cache = new LibraryCache(folder.resolve("cache"));
    byte[] content = {1, 2, 3};
    Path file = cache.store("digest", content);
    assertThat(file).hasBinaryContent(content).hasFileName("digest.library");
    Files.write(file, new byte[] {9});
    assertThat(cache.store("digest", content)).hasBinaryContent(content);
    Path stale = cache.store("stale", content);
    Path foreign = Files.write(cache.folder().resolve("notes.txt"), content);
    FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofDays(31)));
    Files.setLastModifiedTime(stale, longAgo);
    Files.setLastModifiedTime(foreign, longAgo);
    cache.store("digest", content);
    assertThat(cache.folder()).isDirectoryNotContaining("glob:**.partial");
    assertThat(stale).doesNotExist();
    assertThat(foreign).exists();
  }

  @Test
  void findsTheUsersCacheFolder() {
    Path home = Path.of(System.getProperty("user.home"));
    assertThat(LibraryCache.folder("Linux", "/own", Map.of())).isEqualTo(Path.of("/own"));
    assertThat(LibraryCache.folder("Linux", null, Map.of()))
        .isEqualTo(home.resolve(".cache/tilewright"));
    assertThat(LibraryCache.folder("Linux", null, Map.of("XDG_CACHE_HOME", "/x")))
        .isEqualTo(Path.of("/x/tilewright"));
    assertThat(LibraryCache.folder("Windows 11", null, Map.of("LOCALAPPDATA", "/l")))
        .isEqualTo(Path.of("/l/tilewright"));
    assertThat(LibraryCache.folder("Mac OS X", null, Map.of()))
        .isEqualTo(home.resolve("Library/Caches/tilewright"));
  }
}
