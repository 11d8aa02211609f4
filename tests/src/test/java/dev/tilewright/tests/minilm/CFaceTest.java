package dev.tilewright.tests.minilm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tilewright.Precision;
import dev.tilewright.codegen.Platform;
import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.PackWeights;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import dev.tilewright.toolchain.Tool;
import dev.tilewright.toolchain.Toolchain;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A program in C that calls the example's model through its C face, on other processors and
 * systems: under QEMU, on musl, under Wine. Where one of them is absent, its test is skipped and
 * says so.
 */
class CFaceTest {
  private static final Toolchain TOOLCHAIN = Toolchain.open();
  private static final Path MUSL = Path.of("/lib/x86_64-linux-musl/libc.so");

  @TempDir private static Path folder;
  private static Path compiled;
  private static final List<int[]> ROWS = new ArrayList<>();

  @BeforeAll
  static void compile() throws IOException {
    compiled =
        Rebuilt.compile(
            folder.resolve("compiled"),
            "-Atilewright.platforms=linux-x86_64,linux-aarch64,windows-x86_64",
            "-Atilewright.targets=portable,avx2,neon",
            "-Atilewright.precisions=float32,int8",
            "-Atilewright.c=" + folder.resolve("c"));
    Corpus corpus = new Corpus();
    ROWS.addAll(List.of(corpus.passage(1, 4), corpus.passage(2, 9), corpus.passage(3, 6)));
  }

  /** Of a program that brings all it needs, the CPU decides which variant it takes, and says so. */
  @ParameterizedTest(name = "{1} on {0} takes {2}")
  @CsvSource({
    "LINUX_X86_64, Nehalem, portable, float32",
    "LINUX_X86_64, Haswell, avx2, float32",
    "LINUX_X86_64, Haswell, avx2, int8",
    "LINUX_AARCH64, cortex-a57, neon, float32",
    "LINUX_AARCH64, max, neon, int8",
  })
  void everyProcessorTakesItsOwn(Platform platform, String cpu, String target, String precision)
      throws Exception {
    String architecture = platform.id().substring(platform.id().indexOf('-') + 1);
    Path emulator = Programs.require("qemu-" + architecture, "qemu-user");
    Path program =
        program("static", platform, List.of("caller.c", "linux.c"), Map.of(), List.of("-static"));
    run(
        target,
        Precision.ofLabel(precision),
        List.of(emulator.toString(), "-cpu", cpu, program.toString()));
  }

  /** The library of the jar needs no C library, so that any loader can load it. */
  @Test
  void kernelsRunOnMusl() throws Exception {
    Path loader = requireMusl();
    kernels("linux-x86_64", "avx2", "kernels.so");
    Path program =
        program(
            "musl",
            Platform.LINUX_X86_64,
            List.of("caller.c", "posix.c"),
            Map.of("libc.so", Files.readAllBytes(MUSL)),
            List.of("-pie", "--dynamic-linker=" + loader, "libc.so"));
    String said = run("avx2", Precision.FLOAT32, List.of(program.toString()));
    assertThat(said).endsWith(BESIDE);
  }

  /** The DLL of the jar, called by a program that Wine runs. */
  @Test
  void kernelsRunOnWindows() throws Exception {
    Path wine = Programs.requireWine();
    kernels("windows-x86_64", "avx2", "kernels.dll");
    byte[] imports =
        TOOLCHAIN.run(
            Tool.LLD,
            Map.of("kernel32.def", KERNEL32.getBytes(StandardCharsets.UTF_8)),
            "kernel32.lib",
            List.of(
                "-flavor",
                "link",
                "/lib",
                "/machine:x64",
                "/def:kernel32.def",
                "/out:kernel32.lib"));
    Path program =
        program(
            "windows.exe",
            Platform.WINDOWS_X86_64,
            List.of("caller.c", "windows.c"),
            Map.of("kernel32.lib", imports),
            List.of("/entry:start", "/subsystem:console", "/nodefaultlib", "kernel32.lib"));
    String said = run("avx2", Precision.FLOAT32, List.of(wine.toString(), program.toString()));
    assertThat(said).endsWith(BESIDE);
  }

  /** The program of docs/c.md, on musl. */
  @Test
  void theDocumentedProgramRuns() throws Exception {
    Path loader = requireMusl();
    String page = Files.readString(Path.of("../docs/c.md"));
    int start = page.indexOf("```c\n") + 5;
    Files.writeString(
        folder.resolve("documented.c"), page.substring(start, page.indexOf("```", start)));
    Path program =
        program(
            "documented",
            Platform.LINUX_X86_64,
            List.of("documented.c", "start.c"),
            Map.of("libc.so", Files.readAllBytes(MUSL)),
            List.of("-pie", "--dynamic-linker=" + loader, "libc.so"));
    pack("avx2", Precision.FLOAT32);
    Process process =
        new ProcessBuilder(program.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).matches("avx2: -?0\\.\\d+\\n");
  }

  private static Path requireMusl() {
    Path loader = Path.of("/lib/ld-musl-x86_64.so.1");
    assumeTrue(
        Files.exists(loader) && Files.exists(MUSL), "no musl: install Debian's package musl");
    return loader;
  }

  private static final String BESIDE = " by the library beside it";

  private static final String KERNEL32 =
      """
      LIBRARY KERNEL32.dll
      EXPORTS
        CreateFileA
        ReadFile
        WriteFile
        CloseHandle
        GetStdHandle
        ExitProcess
        LoadLibraryA
        GetProcAddress
      """;

  /** Puts a library of the jar where the program looks for one. */
  private void kernels(String platform, String target, String file) throws IOException {
    try (Stream<Path> libraries = Files.list(compiled.resolve("META-INF/native/" + platform))) {
      Path library =
          libraries
              .filter(path -> path.getFileName().toString().matches(".*-" + target + "\\.[a-z]+"))
              .findFirst()
              .orElseThrow();
      Files.copy(library, folder.resolve(file));
    }
  }

  /** Compiles sources and links them with the static library. */
  private Path program(
      String name,
      Platform platform,
      List<String> sources,
      Map<String, byte[]> libraries,
      List<String> options)
      throws IOException {
    boolean windows = platform.system().equals("windows");
    String archive = windows ? "minilm.lib" : "libminilm.a";
    Map<String, byte[]> files = new TreeMap<>(libraries);
    files.put(archive, Files.readAllBytes(folder.resolve("c/" + platform.id() + "/" + archive)));
    List<String> arguments = new ArrayList<>(List.of("-flavor", windows ? "link" : "gnu"));
    for (String source : sources) {
      files.put(source + ".o", object(platform, source));
      arguments.add(source + ".o");
    }
    arguments.add(archive);
    arguments.addAll(options);
    arguments.addAll(windows ? List.of("/out:program") : List.of("-o", "program"));
    Path program = folder.resolve(name);
    Files.write(program, TOOLCHAIN.run(Tool.LLD, files, "program", arguments));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return program;
  }

  private byte[] object(Platform platform, String source) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    files.put(source, text(source));
    files.put("minilm.h", Files.readAllBytes(folder.resolve("c/minilm.h")));
    files.put("stdio.h", text("stdio.h"));
    files.put("stdlib.h", text("stdlib.h"));
    return TOOLCHAIN.run(
        Tool.CLANG,
        files,
        "object",
        List.of(
            "--no-default-config",
            "-target",
            platform.machine(platform.plainest(), List.of()).triple(),
            "-std=c17",
            "-O2",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-ffreestanding",
            "-nostdlibinc",
            "-I.",
            "-fno-builtin",
            "-fno-stack-protector",
            platform.system().equals("windows") ? "-fno-ident" : "-fPIC",
            "-c",
            source,
            "-o",
            "object"));
  }

  /** A resource of the tests, or a file written before. */
  private static byte[] text(String name) throws IOException {
    try (var text = CFaceTest.class.getResourceAsStream(name)) {
      return text == null ? Files.readAllBytes(folder.resolve(name)) : text.readAllBytes();
    }
  }

  /** Runs the program and compares what it answers with what Java does; answers what it said. */
  private String run(String target, Precision precision, List<String> command) throws Exception {
    pack(target, precision);
    Files.write(folder.resolve("input"), input(precision));
    Files.deleteIfExists(folder.resolve("output"));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    Programs.configureWine(builder.environment());
    Process process = builder.start();
    String said;
    try (var out = process.getInputStream()) {
      said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
    }
    assertThat(process.waitFor()).as("%s said: %s", command, said).isZero();
    assertThat(said).contains(target + "-" + precision);
    float[] vectors = new float[ROWS.size() * 384];
    ByteBuffer.wrap(Files.readAllBytes(folder.resolve("output")))
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(vectors);
    boolean here = !target.equals("neon");
    try (Weights weights = Weights.open(Corpus.onnx());
        MiniLm model =
            Tilewright.load(
                MiniLm.class,
                weights,
                LoadOptions.defaults()
                    .withTarget(here ? target : "portable")
                    .withPrecision(precision))) {
      float[][] expected = new Batch(ROWS, 0, 0).embedRagged(model);
      for (int i = 0; i < vectors.length; i++) {
        // The same kernels give the same bits; other targets round otherwise.
        double tolerance = here ? 0 : precision == Precision.FLOAT32 ? 1e-5 : 1e-2;
        assertThat((double) vectors[i])
            .as("component %d", i)
            .isCloseTo(expected[i / 384][i % 384], within(tolerance));
      }
    }
    return said;
  }

  private void pack(String target, Precision precision) throws Exception {
    Path file = folder.resolve(target + "-" + precision + ".weights");
    if (!Files.exists(file)) {
      try (Rebuilt rebuilt = new Rebuilt(compiled);
          Weights weights = Weights.open(Corpus.onnx())) {
        PackWeights.write(rebuilt.model(), weights, target, precision, file);
      }
    }
  }

  private byte[] input(Precision precision) {
    ByteBuffer input = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);
    input.putLong(
        List.of(Precision.FLOAT32, Precision.BFLOAT16, Precision.INT8).indexOf(precision));
    input.putLong(ROWS.size());
    ROWS.forEach(row -> input.putInt(row.length));
    for (int[] row : ROWS) {
      for (int id : row) {
        input.putInt(id);
      }
    }
    ROWS.forEach(row -> Arrays.stream(row).forEach(_ -> input.putInt(1)));
    return Arrays.copyOf(input.array(), input.position());
  }
}
