package dev.tilewright.processor;

import static com.google.testing.compile.CompilationSubject.assertThat;
import static com.google.testing.compile.Compiler.javac;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import dev.tilewright.Model;
import dev.tilewright.Precision;
import dev.tilewright.codegen.KernelModule;
import dev.tilewright.codegen.Platform;
import dev.tilewright.codegen.Target;
import dev.tilewright.processor.compile.Linker;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.SchemaText;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.tools.JavaFileObject;
import javax.tools.StandardLocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From programs to libraries and the class that binds them. */
class TargetTest {
  static final String DOUBLER =
      """
      import dev.tilewright.*;
      @Model public interface Doubler extends CompiledModel {
        record Both(Tensor sum, @Shape("B") Tensor product) {}
        @Linear(out = 4) Tensor up(Tensor x);
        @Entry default @Shape({"B", "4"}) Tensor twice(@Shape({"B", "S"}) Tensor x) {
          return up(x.plus(x).sum(1).unsqueeze(1));
        }
        @Entry default Both both(@Shape("B") Tensor x, @Shape("B") Tensor results) {
          return new Both(x.plus(results), x.times(results));
        }
      }
      """;

  private static final Linker LINKER = (_, _, _) -> new byte[] {1, 2, 3};

  @Test
  void writesLibrariesAndTheirDescriptions() throws IOException {
    Compilation compilation = compile(List.of(new FakeTarget("fake")), LINKER, DOUBLER);
    assertThat(compilation).succeeded();
    assertThat(content(compilation, "META-INF/native/linux-x86_64/Doubler-fake.so"))
        .containsExactly(1, 2, 3);
    ModelSchema schema =
        SchemaText.parse(
            new String(
                content(compilation, "META-INF/tilewright/linux-x86_64/Doubler-fake.tw"),
                StandardCharsets.UTF_8));
    assertThat(schema.model()).isEqualTo("Doubler");
    assertThat(schema.library().sha256())
        .isEqualTo("039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81");
    assertThat(schema.entries()).extracting("name").containsExactly("twice", "both");
  }

  @Test
  void writesLibrariesForEachPlatformAndNotesTheirSizes() throws IOException {
    Compilation compilation =
        compile(
            List.of(new FakeTarget("b"), new FakeTarget("a")),
            LINKER,
            DOUBLER,
            "-Atilewright.platforms=all");
    assertThat(compilation).succeeded();
    assertThat(content(compilation, "META-INF/native/macos-aarch64/Doubler-a.dylib")).hasSize(3);
    assertThat(content(compilation, "META-INF/native/windows-aarch64/Doubler-b.dll")).hasSize(3);
    assertThat(source(compilation, "Doubler_Native"))
        .contains("META-INF/tilewright/windows-x86_64/Doubler-a.tw");
    assertThat(compilation.notes())
        .extracting(note -> note.getMessage(Locale.ROOT))
        .singleElement()
        .asString()
        .contains("Doubler:", "linux-aarch64 0.0 kB: a 0.0, b 0.0", "windows-x86_64 0.0 kB");
  }

  @Test
  void writesHeaderAndStaticLibrary(@TempDir Path folder) throws IOException {
    Linker archiver =
        new Linker() {
          @Override
          public byte[] link(String name, Platform platform, KernelModule kernels) {
            return new byte[] {1};
          }

          @Override
          public byte[] archive(
              String name, Platform platform, List<KernelModule> kernels, String glue) {
            assertThat(glue).contains("{\"fake\", \"float32\"").doesNotContain("@");
            return new byte[] {2};
          }
        };
    List<Target> targets = List.of(new FakeTarget("fake"));
    String options = "-Atilewright.platforms=linux-aarch64,windows-x86_64";
    assertThat(compile(targets, archiver, DOUBLER, "-Atilewright.c=" + folder, options))
        .succeeded();
    assertThat(folder.resolve("linux-aarch64/libdoubler.a")).hasBinaryContent(new byte[] {2});
    assertThat(folder.resolve("windows-x86_64/doubler.lib")).hasBinaryContent(new byte[] {2});
    assertThat(folder.resolve("doubler.h"))
        .content()
        .contains("x: f32[B, S]", "result1: f32[B]")
        .contains("int64_t doubler_twice_peak_bytes(const doubler_variant *variant, int64_t B")
        .doesNotContain("@");
    assertThat(compile(targets, LINKER, DOUBLER, "-Atilewright.c=" + folder, options))
        .hadErrorContaining("[TW096]");
  }

  @Test
  void writesTheBindingClass() throws IOException {
    Compilation compilation =
        compile(List.of(new FakeTarget("b"), new FakeTarget("a")), LINKER, DOUBLER);
    assertThat(compilation).succeededWithoutWarnings();
    assertThat(source(compilation, "Doubler_Native"))
        .contains("public final class Doubler_Native extends NativeModel implements Doubler")
        .contains(
            "List.of(\"META-INF/tilewright/linux-x86_64/Doubler-a.tw\","
                + " \"META-INF/tilewright/linux-x86_64/Doubler-b.tw\")")
        .contains("return run(0, arguments)[0];")
        .contains("arguments[1] = results;")
        .contains(
            "return run(1, arguments, results_ -> new Doubler.Both(results_[0], results_[1]));")
        .contains("up is a part of Doubler: call one of its entries")
        .contains("public static long twicePeakBytes(long B, long S)")
        .contains("Dim.parse(\"64*B*S + 128\").evaluate(extents)");
    assertThat(source(compilation, "Doubler_Native"))
        .isEqualTo(
            source(
                compile(List.of(new FakeTarget("a"), new FakeTarget("b")), LINKER, DOUBLER),
                "Doubler_Native"));
  }

  /** The default precision first; FLOAT32 is not named in files. */
  @Test
  void writesALibraryForEachPrecision() throws IOException {
    String declared =
        DOUBLER.replace("@Model", "@Model(precisions = {Precision.INT8, Precision.FLOAT32})");
    Compilation compilation = compile(List.of(new FakeTarget("fake")), LINKER, declared);
    assertThat(compilation).succeeded();
    assertThat(source(compilation, "Doubler_Native"))
        .contains(
            "List.of(\"META-INF/tilewright/linux-x86_64/Doubler-fake-int8.tw\","
                + " \"META-INF/tilewright/linux-x86_64/Doubler-fake.tw\")");
    ModelSchema schema =
        SchemaText.parse(
            new String(
                content(compilation, "META-INF/tilewright/linux-x86_64/Doubler-fake-int8.tw"),
                StandardCharsets.UTF_8));
    assertThat(schema.library().precision()).isEqualTo(Precision.INT8);
    assertThat(schema.library().resource())
        .isEqualTo("META-INF/native/linux-x86_64/Doubler-fake-int8.so");
  }

  @Test
  void theOptionTakesTheDeclaredPrecisionsPlace() throws IOException {
    Compilation compilation =
        javac()
            .withProcessors(new TilewrightProcessor(() -> List.of(new FakeTarget("fake")), LINKER))
            .withOptions("-Atilewright.precisions=bfloat16-weights")
            .compile(JavaFileObjects.forSourceString("Doubler", DOUBLER));
    assertThat(compilation).succeeded();
    assertThat(source(compilation, "Doubler_Native"))
        .contains("List.of(\"META-INF/tilewright/linux-x86_64/Doubler-fake-bfloat16-weights.tw\")");
  }

  @Test
  void bindsNestedModels() {
    String nested =
        """
        package some.where;
        import dev.tilewright.*;
        public final class Outer {
          @Model public interface Inner extends CompiledModel {
            @Entry default Tensor twice(@Shape("N") Tensor x) { return x.plus(x); }
          }
        }
        """;
    Compilation compilation =
        javac()
            .withProcessors(new TilewrightProcessor(() -> List.of(new FakeTarget("fake")), LINKER))
            .compile(JavaFileObjects.forSourceString("some.where.Outer", nested));
    assertThat(compilation).succeeded();
    assertThat(compilation).generatedSourceFile("some.where.Outer_Inner_Native");
  }

  @Test
  @Covers(Diagnostic.UNSUPPORTED_BY_TARGET)
  void pointsToWhatATargetRefuses() {
    String model =
        """
        import dev.tilewright.*;
        @Model public interface Gelu extends CompiledModel {
          @Entry default Tensor f(@Shape("N") Tensor x) {
            return Operators.gelu(x);
          }
        }
        """;
    Compilation compilation =
        javac()
            .withProcessors(new TilewrightProcessor(() -> List.of(new FakeTarget("fake")), LINKER))
            .compile(JavaFileObjects.forSourceString("Gelu", model));
    assertThat(compilation)
        .hadErrorContaining("[TW095] there is no error function")
        .inFile(JavaFileObjects.forSourceString("Gelu", model))
        .onLine(4)
        .atColumn(21);
  }

  @Test
  @Covers({Diagnostic.TOOLS, Diagnostic.INTERNAL, Diagnostic.NO_TARGET})
  void turnsFailuresIntoDiagnostics() {
    Linker broken =
        (_, _, _) -> {
          throw new Linker.LinkException("lld: undefined symbol", null);
        };
    Linker defective =
        (_, _, _) -> {
          throw new IllegalStateException("boom");
        };
    assertThat(compile(List.of(new FakeTarget("fake")), broken, DOUBLER))
        .hadErrorContaining("[TW096] the kernels for fake could not be built: lld: undefined")
        .inFile(JavaFileObjects.forSourceString("Doubler", DOUBLER))
        .onLine(2);
    assertThat(compile(List.of(new FakeTarget("fake")), defective, DOUBLER))
        .hadErrorContaining("[TW098] the processor failed: java.lang.IllegalStateException: boom")
        .inFile(JavaFileObjects.forSourceString("Doubler", DOUBLER))
        .onLine(2);
    assertThat(compile(List.of(), LINKER, DOUBLER)).hadErrorContaining("[TW094] no target");
  }

  @Test
  @Covers(Diagnostic.NO_RUNTIME)
  void saysIfTheRuntimeIsMissing() {
    File annotations =
        new File(Model.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    Compilation compilation =
        javac()
            .withProcessors(new TilewrightProcessor(() -> List.of(new FakeTarget("fake")), LINKER))
            .withClasspath(List.of(annotations))
            .compile(JavaFileObjects.forSourceString("Doubler", DOUBLER));
    assertThat(compilation)
        .hadErrorContaining("[TW099] tilewright-runtime is not on the class path")
        .inFile(JavaFileObjects.forSourceString("Doubler", DOUBLER))
        .onLine(2);
  }

  @Test
  void writesATrace(@TempDir Path folder) throws IOException {
    compile(List.of(new FakeTarget("fake")), LINKER, DOUBLER, "-Atilewright.trace=" + folder);
    Path trace = folder.resolve("Doubler-fake");
    assertThat(Files.readString(trace.resolve("index.html"))).contains("up(x.plus(x)");
    assertThat(trace.resolve("01-lower-graph.txt")).content().contains("Doubler");
  }

  @Test
  @Covers(Diagnostic.FILE)
  void saysIfAFileCannotBeWritten(@TempDir Path folder) throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(
            compile(List.of(new FakeTarget("fake")), LINKER, DOUBLER, "-Atilewright.trace=" + file))
        .hadErrorContaining("[TW097] the trace could not be written");
  }

  private static Compilation compile(
      List<Target> targets, Linker linker, String source, String... options) {
    return javac()
        .withProcessors(new TilewrightProcessor(() -> targets, linker))
        .withOptions((Object[]) options)
        .compile(JavaFileObjects.forSourceString("Doubler", source));
  }

  private static byte[] content(Compilation compilation, String resource) throws IOException {
    JavaFileObject file =
        compilation.generatedFile(StandardLocation.CLASS_OUTPUT, resource).orElseThrow();
    try (var in = file.openInputStream()) {
      return in.readAllBytes();
    }
  }

  private static String source(Compilation compilation, String name) throws IOException {
    return compilation.generatedSourceFile(name).orElseThrow().getCharContent(false).toString();
  }
}
