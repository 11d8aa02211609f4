package dev.tilewright.toolchain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultCacheTest {
  private static final TargetMachine MACHINE =
      TargetMachine.of("x86_64-unknown-linux-gnu", "x86-64");

  @TempDir Path cache;
  private final TestTools.Recorder recorder = new TestTools.Recorder();

  private static LibraryRequest returning(int value) {
    String text = "define i32 @f() {\n  ret i32 " + value + "\n}\n";
    return LibraryRequest.of(MACHINE, List.of("f"), new Source.LlvmText("f", text));
  }

  @AfterEach
  void unlink() throws Exception {
    Files.deleteIfExists(cache.resolve("llvm"));
  }

  private Toolchain toolchain() throws Exception {
    TestTools.fresh().compile(returning(0));
    Path tools = cache.resolve("llvm");
    if (!Files.exists(tools)) {
      Files.createSymbolicLink(tools, TestTools.CACHE.resolve("llvm"));
    }
    return Toolchain.open(ToolchainOptions.defaults().withCache(cache).withListener(recorder));
  }

  @Test
  void theSameRequestRunsNoToolTheSecondTime() throws Exception {
    CompiledLibrary first = toolchain().compile(returning(1));
    assertThat(recorder.runs).contains(Tool.LLVM_AS, Tool.LLD);
    recorder.runs.clear();
    CompiledLibrary second = toolchain().compile(returning(1));
    assertThat(recorder.runs).isEmpty();
    assertThat(second.reused()).isTrue();
    assertThat(second.bytes()).isEqualTo(first.bytes());
  }

  @Test
  void everyPartOfARequestCounts() throws Exception {
    Toolchain toolchain = toolchain();
    LibraryRequest base = returning(1);
    List<LibraryRequest> others =
        List.of(
            returning(2),
            LibraryRequest.of(
                TargetMachine.of(MACHINE.triple(), "x86-64-v2"),
                base.exports(),
                base.sources().getFirst()),
            LibraryRequest.of(
                new TargetMachine(MACHINE.triple(), MACHINE.cpu(), List.of("+avx")),
                base.exports(),
                base.sources().getFirst()),
            new LibraryRequest(base.sources(), MACHINE, base.exports(), Optimization.of(1)));
    toolchain.compile(base);
    for (LibraryRequest other : others) {
      assertThat(toolchain.compile(other).reused()).isFalse();
      assertThat(toolchain.compile(other).reused()).isTrue();
    }
    assertThat(toolchain.assembly(base)).contains("f:");
  }

  @Test
  void aDamagedEntryIsNoticedAndBuiltAgain() throws Exception {
    byte[] library = toolchain().compile(returning(1)).bytes();
    List<Path> entries = entries();
    assertThat(entries).isNotEmpty();
    for (Path entry : entries) {
      byte[] bytes = Files.readAllBytes(entry);
      bytes[bytes.length / 2] ^= 1;
      Files.write(entry, bytes);
    }
    assertThat(toolchain().compile(returning(1)).bytes()).isEqualTo(library);
    assertThat(recorder.warnings).isNotEmpty().allMatch(text -> text.contains("is damaged"));
    recorder.warnings.clear();
    for (Path entry : entries()) {
      Files.write(entry, new byte[3]);
    }
    CompiledLibrary again = toolchain().compile(returning(1));
    assertThat(again.reused()).isFalse();
    assertThat(again.bytes()).isEqualTo(library);
    assertThat(recorder.warnings).isNotEmpty();
    assertThat(toolchain().compile(returning(1)).reused()).isTrue();
  }

  @Test
  void theLeastRecentlyUsedGoFirst() throws Exception {
    ResultCache results = new ResultCache(cache, 2600, recorder);
    byte[] kilobyte = new byte[1000];
    String first = new Digest().add("1").hex();
    String second = new Digest().add("2").hex();
    String third = new Digest().add("3").hex();
    results.put(first, new CompiledLibrary(kilobyte, "", false));
    results.put(second, new CompiledLibrary(kilobyte, "log", false));
    for (Path entry : entries()) {
      Files.setLastModifiedTime(entry, FileTime.from(Instant.now().minusSeconds(60)));
    }
    assertThat(results.get(first)).isPresent();
    results.put(third, new CompiledLibrary(kilobyte, "", false));
    assertThat(results.get(second)).isEmpty();
    assertThat(results.get(first)).isPresent();
    assertThat(results.get(third).orElseThrow().bytes()).isEqualTo(kilobyte);
  }

  @Test
  void aCacheOfNoBytesKeepsNothing() throws Exception {
    ResultCache results = new ResultCache(cache, 0, recorder);
    String key = new Digest().add("1").hex();
    results.put(key, new CompiledLibrary(new byte[1], "", false));
    assertThat(results.get(key)).isEmpty();
    assertThat(entries()).isEmpty();
  }

  @Test
  void aCacheThatCannotBeWrittenCostsTimeOnly() throws Exception {
    Files.createFile(cache.resolve("results"));
    CompiledLibrary library = toolchain().compile(returning(1));
    assertThat(library.size()).isPositive();
    assertThat(recorder.warnings).isNotEmpty().anyMatch(text -> text.contains("cannot be cached"));
  }

  private List<Path> entries() throws Exception {
    Path results = cache.resolve("results");
    if (!Files.isDirectory(results)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(results)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }
}
