package dev.tilewright.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ToolInstallationTest {
  private static final LibraryRequest REQUEST =
      LibraryRequest.of(
          TargetMachine.of("x86_64-unknown-linux-gnu", "x86-64"),
          List.of("f"),
          new Source.LlvmText("f", "define void @f() {\n  ret void\n}\n"));

  /**
   * Run in other JVMs: compiles on the cache that is named and prints how many groups it extracted.
   */
  static final class Compile {
    private Compile() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) {
      TestTools.Recorder recorder = new TestTools.Recorder();
      Toolchain.open(
              ToolchainOptions.defaults().withCache(Path.of(arguments[0])).withListener(recorder))
          .compile(REQUEST);
      System.out.println("extractions " + recorder.extractions.size());
    }
  }

  private static ProcessBuilder jvm(Path cache) {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Compile.class.getName(),
            cache.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT);
  }

  @Test
  void processesAndThreadsThatStartTogetherExtractOnce(@TempDir Path cache) throws Exception {
    List<Process> others = List.of(jvm(cache).start(), jvm(cache).start());
    TestTools.Recorder recorder = new TestTools.Recorder();
    Callable<byte[]> compile =
        () ->
            Toolchain.open(ToolchainOptions.defaults().withCache(cache).withListener(recorder))
                .compile(REQUEST)
                .bytes();
    List<byte[]> libraries = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      for (Future<byte[]> future : threads.invokeAll(List.of(compile, compile, compile))) {
        libraries.add(future.get());
      }
    }
    int extractions = recorder.extractions.size();
    for (Process other : others) {
      String said = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(other.waitFor()).isZero();
      extractions += Integer.parseInt(said.strip().substring("extractions ".length()));
    }
    assertThat(extractions).as("extractions in all").isEqualTo(1);
    assertThat(libraries)
        .hasSize(3)
        .allSatisfy(bytes -> assertThat(bytes).isEqualTo(libraries.getFirst()));
    assertThat(files(cache)).noneMatch(file -> file.endsWith(".part"));
    assertThat(files(cache.resolve("work"))).as("temporary files").isEmpty();
  }

  @Test
  void aKilledExtractionIsDoneAgain(@TempDir Path cache) throws Exception {
    Process victim = jvm(cache).start();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (files(cache).noneMatch(file -> file.contains("libLLVM") && file.endsWith(".part"))) {
      assertThat(System.nanoTime()).as("the extraction never started").isLessThan(deadline);
      assertThat(victim.isAlive()).isTrue();
      Thread.sleep(5);
    }
    victim.destroyForcibly().waitFor();
    assertThat(files(cache)).noneMatch(file -> file.endsWith(".complete"));
    TestTools.Recorder recorder = new TestTools.Recorder();
    Toolchain.open(ToolchainOptions.defaults().withCache(cache).withListener(recorder))
        .compile(REQUEST);
    assertThat(recorder.extractions).containsExactly("LLVM assembler and linker");
    assertThat(files(cache)).noneMatch(file -> file.endsWith(".part"));
  }

  @Test
  void aToolThatWasDamagedAfterwardsIsExtractedAgain() throws Exception {
    byte[] library = TestTools.fresh().compile(REQUEST).bytes();
    String before = TestTools.fresh().inspect(Tool.LLVM_NM, library, "-D");
    Path program = TestTools.program(Tool.LLVM_NM);
    assertThat(program).isExecutable();
    Files.write(program, new byte[10]);
    TestTools.Recorder recorder = new TestTools.Recorder();
    assertThat(TestTools.fresh(recorder).inspect(Tool.LLVM_NM, library, "-D")).isEqualTo(before);
    assertThat(recorder.extractions).containsExactly("LLVM inspection tools");
  }

  @Test
  void aMarkerThatWasCutOffIsNotBelieved(@TempDir Path folder) throws Exception {
    Path marker = folder.resolve("link.complete");
    assertThat(Manifest.holds(marker)).isFalse();
    Files.write(folder.resolve("a"), new byte[3]);
    Manifest.write(marker, new TreeMap<>(Map.of("a", 3L)));
    assertThat(Manifest.holds(marker)).isTrue();
    Files.writeString(marker, "3 a\n");
    assertThat(Manifest.holds(marker)).isFalse();
    Files.writeString(marker, "");
    assertThat(Manifest.holds(marker)).isFalse();
    Manifest.write(marker, new TreeMap<>(Map.of("a", 3L, "missing", 1L)));
    assertThat(Manifest.holds(marker)).isFalse();
  }

  @Test
  void llvmTextDoesNotWaitForTheCCompiler() {
    ToolArchive archive = archive();
    long link = bytes(archive, ToolGroup.LINK);
    assertThat(archive.filesOf(ToolGroup.LINK).keySet()).noneMatch(file -> file.contains("clang"));
    assertThat(archive.filesOf(ToolGroup.COMPILE_C).keySet())
        .contains("lib/clang/20/include/stdint.h", "lib/clang/20/include/immintrin.h");
    assertThat(link).isLessThan(bytes(archive, ToolGroup.COMPILE_C) + link);
  }

  @Test
  void aMissingJarIsExplainedWithItsCoordinates() {
    HostPlatform host = HostPlatform.of("Plan 9", "mips");
    assertThatThrownBy(() -> ToolJar.find(getClass().getClassLoader(), host))
        .isInstanceOf(ToolchainMissingException.class)
        .hasMessageContaining("<classifier>plan9-mips</classifier>")
        .hasMessageContaining("org.bytedeco:llvm:20.1.7-1.5.12:plan9-mips");
  }

  @Test
  void theJarIsTheOneThatTheMessagesName() {
    HostPlatform host = HostPlatform.current();
    String[] coordinates = ToolJar.coordinates(host).split(":", -1);
    assertThat(archive().jar().getFileName())
        .hasToString("llvm-" + coordinates[2] + "-" + coordinates[3] + ".jar");
  }

  @Test
  void aJarWithoutTheToolsIsNamed(@TempDir Path folder) throws Exception {
    HostPlatform host = HostPlatform.current();
    Path jar = folder.resolve("llvm.jar");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      zip.putNextEntry(
          new ZipEntry("org/bytedeco/llvm/" + host.classifier() + "/" + host.fileName(Tool.LLD)));
      zip.write(1);
    }
    assertThatThrownBy(() -> ToolArchive.read(jar, host).filesOf(ToolGroup.LINK))
        .isInstanceOf(ToolchainException.class)
        .hasMessageContaining("Expected llvm-as")
        .hasMessageContaining(jar.toString());
  }

  @Test
  void aDamagedJarIsNamed(@TempDir Path folder) throws Exception {
    Path jar = folder.resolve("llvm.jar");
    try (OutputStream out = Files.newOutputStream(jar)) {
      out.write(new byte[100]);
    }
    assertThatThrownBy(() -> ToolArchive.read(jar, HostPlatform.current()))
        .isInstanceOf(ToolchainException.class)
        .hasMessageContaining(jar.toString())
        .hasMessageContaining("delete it");
  }

  @Test
  void aCacheThatCannotBeWrittenIsExplained(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> Toolchain.open(file.resolve("cache")).compile(REQUEST))
        .isInstanceOf(ToolchainException.class)
        .hasMessageContaining("-Dtilewright.cache=DIR");
  }

  private static ToolArchive archive() {
    HostPlatform host = HostPlatform.current();
    return ToolArchive.read(ToolJar.find(ToolInstallationTest.class.getClassLoader(), host), host);
  }

  private static long bytes(ToolArchive archive, ToolGroup group) {
    return archive.filesOf(group).values().stream().mapToLong(ToolArchive.Content::size).sum();
  }

  private static Stream<String> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Stream.empty();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).map(Path::toString).toList().stream();
    }
  }
}
