package dev.tilewright.runtime.bind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.Precision;
import dev.tilewright.runtime.MissingCompiledModelException;
import dev.tilewright.runtime.MissingPrecisionException;
import dev.tilewright.runtime.ModelDeclarationException;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.UnsupportedCpuException;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.LibrarySchema;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
            target,
            Precision.FLOAT32,
            platform,
            "tiny-" + target + ".so",
            List.of(features),
            rank,
            "00"),
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
    return LibraryChoice.choose(schemas, MACHINE, target, Optional.empty()).library().target();
  }

  private static ModelSchema precise(Precision precision) {
    return new ModelSchema(
        "a.b.Tiny",
        new LibrarySchema("portable", precision, "linux-x86_64", "tiny.so", List.of(), 0, "00"),
        List.of(),
        List.of());
  }

  @Test
  void choosesThePrecision() {
    List<ModelSchema> several = List.of(precise(Precision.INT8), precise(Precision.FLOAT32));
    assertThat(
            LibraryChoice.choose(several, MACHINE, Optional.empty(), Optional.empty())
                .library()
                .precision())
        .as("the first is the default")
        .isEqualTo(Precision.INT8);
    assertThat(
            LibraryChoice.choose(several, MACHINE, Optional.empty(), Optional.of(Precision.FLOAT32))
                .library()
                .precision())
        .isEqualTo(Precision.FLOAT32);
    assertThatThrownBy(
            () ->
                LibraryChoice.choose(
                    several, MACHINE, Optional.empty(), Optional.of(Precision.BFLOAT16_WEIGHTS)))
        .isInstanceOf(MissingPrecisionException.class)
        .hasMessageContainingAll(
            "a.b.Tiny was not compiled in bfloat16-weights, only in int8, float32",
            "@Model(precisions = {Precision.BFLOAT16_WEIGHTS, ..})",
            "-Atilewright.precisions=bfloat16-weights");
  }

  @Test
  void saysWhatEachLibraryLacks() {
    assertThatThrownBy(
            () ->
                LibraryChoice.choose(
                    schemas.subList(1, 4),
                    new CpuFeatures("linux-x86_64", Set.of("sse2")),
                    Optional.empty(),
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
  void readsFlagsAndPlatforms() throws IOException {
    assertThat(CpuFeatures.flags("processor\t: 0\nflags\t\t: fpu avx2 avx512f\nflags\t\t: other"))
        .containsExactlyInAnyOrder("fpu", "avx2", "avx512f");
    assertThat(CpuFeatures.flags("Features\t: fp asimd")).containsExactlyInAnyOrder("fp", "asimd");
    assertThat(CpuFeatures.flags("none")).isEmpty();
    assertThat(CpuFeatures.capabilities(auxv(16, 1 << 20 | 2, 6, 4096, 26, 3 << 13, 0, 0)))
        .containsExactlyInAnyOrder("asimd", "asimddp", "i8mm", "bf16");
    assertThat(CpuFeatures.capabilities(new byte[7])).isEmpty();
    assertThat(CpuFeatures.platform("Linux", "amd64")).isEqualTo("linux-x86_64");
    assertThat(CpuFeatures.platform("Mac OS X", "aarch64")).isEqualTo("macos-aarch64");
    assertThat(CpuFeatures.platform("Windows 11", "amd64")).isEqualTo("windows-x86_64");
    assertThat(CpuFeatures.host().platform()).isNotEmpty();
  }

  private static byte[] auxv(long... words) {
    ByteBuffer bytes =
        ByteBuffer.allocate(words.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long word : words) {
      bytes.putLong(word);
    }
    return bytes.array();
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
    Files.createDirectories(cache.folder().resolve("kept.library/by whoever has it open"));
    assertThat(cache.store("kept", content)).hasBinaryContent(content);
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
