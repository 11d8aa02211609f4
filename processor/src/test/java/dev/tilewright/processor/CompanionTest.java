package dev.tilewright.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.codegen.graph.Program;
import dev.tilewright.processor.diagnose.Diagnostic;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks that were compiled before, in another compilation. */
class CompanionTest {
  private static final String BLOCK =
      """
      package lib;

      import dev.tilewright.*;
      import static lib.Helper.twice;

      @Block
      public interface Ffn<A extends Activation> {
        // A comment with "quotes", a \\ and an \u00fc.
        float[] SCALES = {0.5f, Helper.SCALE};
        A activation();
        @Linear(out = 8) Tensor up(Tensor x);
        default Tensor forward(Tensor x) {
          return twice(activation().apply(up(x))).times(SCALES[1]);
        }
        default Tensor faulty(Tensor x, Tensor y) {
          return x.plus(y);
        }
      }
      """;
  private static final String ACTIVATION =
      """
      package lib;
      import dev.tilewright.*;
      @Block public interface Activation { default Tensor apply(Tensor x) { return x.abs(); } }
      """;
  private static final String HELPER =
      """
      package lib;
      import dev.tilewright.*;
      public final class Helper {
        static final float SCALE = (float) Math.sqrt(2);
        public static Tensor twice(Tensor x) { return x.plus(x); }
      }
      """;
  private static final String MODEL =
      """
      import dev.tilewright.*;
      @Model public interface User extends CompiledModel {
        lib.Ffn<lib.Activation> ffn();
        @Entry default Tensor f(@Shape({"B", "4"}) Tensor x) { return ffn().forward(x); }
      }
      """;

  @TempDir Path library;

  @Test
  void readsBodiesFromTheClassPath() throws IOException {
    compile(library, true, BLOCK, ACTIVATION, HELPER);
    Program program = read(MODEL);
    assertThat(program.functions())
        .extracting("name")
        .containsExactly("Activation_apply", "Ffn_forward", "f");
    assertThat(program.function("Ffn_forward").weights()).containsOnlyKeys("up.weight", "up.bias");
  }

  @Test
  void pointsToTheCallAndNamesThePlaceInTheBlock() throws IOException {
    compile(library, true, BLOCK, ACTIVATION, HELPER);
    String faulty = MODEL.replace("forward(x)", "faulty(x, x.sum(0).slice(0, 0, 3))");
    List<String> said = refused(faulty);
    assertThat(said).hasSize(1);
    assertThat(said.getFirst()).startsWith("4:70 [TW041]").contains("in Ffn.java:16:13: x.plus");
  }

  @Test
  @Covers(Diagnostic.MISSING_SOURCE)
  void saysIfTheBlocksWereCompiledWithoutTheProcessor() throws IOException {
    compile(library, false, BLOCK, ACTIVATION, HELPER);
    List<String> said = refused(MODEL);
    assertThat(said).hasSize(1);
    assertThat(said.getFirst())
        .startsWith("4:70 [TW090]")
        .contains("the jar of Ffn was built without the processor");
  }

  @Test
  @Covers(Diagnostic.SOURCE_DAMAGED)
  void saysIfACompanionIsDamaged() throws IOException {
    compile(library, false, BLOCK, ACTIVATION, HELPER);
    String damaged =
        """
        package lib;
        public final class Ffn_Source {
          public static final String FILE = "Ffn.java";
          public static final String SHA256 = "0000";
          public static final String SOURCE_0 = "package lib; public interface Ffn {}";
        }
        """;
    compile(library, false, damaged);
    List<String> said = refused(MODEL);
    assertThat(said).hasSize(1);
    assertThat(said.getFirst()).startsWith("4:70 [TW091] the source kept in Ffn_Source");
  }

  @Test
  void blocksOfLayersAloneNeedNoSource() throws IOException {
    String layers =
        """
        package lib;
        import dev.tilewright.*;
        @Block public interface Layers { @Linear(out = 8) Tensor up(Tensor x); }
        """;
    compile(library, false, layers);
    compile(
        library,
        true,
        MODEL.replace("lib.Ffn<lib.Activation>", "lib.Layers").replace("forward", "up"));
    assertThat(library.resolve("User_Native.class")).exists();
  }

  @Test
  void keepsLongSources() throws IOException {
    String padding = "  // \u20ac padding\n".repeat(4000);
    compile(
        library,
        true,
        BLOCK.replace("  A activation", padding + "  A activation"),
        ACTIVATION,
        HELPER);
    assertThat(read(MODEL).functions()).hasSize(3);
  }

  private Program read(String model) {
    return ProgramReader.readAll(path(), model).values().iterator().next();
  }

  /** What the processor says, with line and column. */
  private List<String> refused(String model) {
    DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
    run(said, path(), List.of("-proc:only", "-Atilewright.targets=none"), true, model);
    return said.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() == javax.tools.Diagnostic.Kind.ERROR)
        .map(
            diagnostic ->
                diagnostic.getLineNumber()
                    + ":"
                    + diagnostic.getColumnNumber()
                    + " "
                    + diagnostic.getMessage(Locale.ROOT))
        .toList();
  }

  private List<Path> path() {
    List<Path> path = new ArrayList<>(List.of(library));
    Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(Path::of)
        .forEach(path::add);
    return path;
  }

  private void compile(Path into, boolean processed, String... sources) {
    DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
    List<String> options =
        List.of(
            "-d",
            into.toString(),
            "-Atilewright.targets=none",
            processed ? "-proc:full" : "-proc:none");
    assertThat(run(said, path(), options, processed, sources))
        .as("%s", said.getDiagnostics())
        .isTrue();
  }

  private static boolean run(
      DiagnosticCollector<JavaFileObject> said,
      List<Path> path,
      List<String> options,
      boolean processed,
      String... sources) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> all = new ArrayList<>(options);
    all.addAll(
        List.of(
            "-classpath",
            String.join(File.pathSeparator, path.stream().map(Path::toString).toList())));
    List<JavaFileObject> files = new ArrayList<>();
    for (String source : sources) {
      String name =
          source.replaceAll("(?s).*?public (?:final )?(?:class|interface) (\\w+).*", "$1");
      files.add(
          new SimpleJavaFileObject(
              URI.create("memory:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
              return source;
            }
          });
    }
    var task = compiler.getTask(null, null, said, all, null, files);
    if (processed) {
      task.setProcessors(List.of(new TilewrightProcessor()));
    }
    return task.call();
  }
}
