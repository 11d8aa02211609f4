package dev.tilewright.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import org.eclipse.jdt.internal.compiler.tool.EclipseCompiler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Eclipse compiler has no syntax trees to give: sources are parsed again. */
class EclipseTest {
  private static final String MODEL =
      """
      import dev.tilewright.*;
      @Model public interface M extends CompiledModel {
        @Block interface Inner {
          @Linear(out = 6) Tensor up(Tensor x);
          default Tensor forward(Tensor x) { return Operators.relu(up(x)); }
        }
        @Repeat(2) @Weights("inner.{i}") Inner inner(int i);
        @Entry default @Shape({"B", "6"}) Tensor f(@Shape({"B", "6"}) Tensor x) {
          for (int i = 0; i < 2; i++) x = inner(i).forward(x);
          return x;
        }
      }
      """;

  @TempDir Path folder;

  @Test
  void writesTheBindingClass() throws IOException {
    DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
    boolean fine = compile(MODEL, said);
    List<String> messages =
        said.getDiagnostics().stream().map(each -> each.getMessage(Locale.ROOT)).toList();
    assertThat(fine).as("%s", messages).isTrue();
    assertThat(folder.resolve("M_Native.java")).content().contains("return run(0, arguments)[0];");
    assertThat(folder.resolve("M_Source.class")).exists();
    assertThat(folder.resolve("META-INF/tilewright/linux-x86_64/M-fake.tw")).exists();
  }

  @Test
  void namesThePlaceInWordsWhereTheCompilerPointsToTheDeclaration() throws IOException {
    DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
    compile(MODEL.replace("return x;", "return x.plus(x.sum(0).slice(0, 0, 5));"), said);
    assertThat(said.getDiagnostics())
        .anySatisfy(
            diagnostic -> {
              assertThat(diagnostic.getMessage(Locale.ROOT))
                  .contains("[TW041]")
                  .contains("in M.java:10:13: x.plus");
              assertThat(diagnostic.getLineNumber()).isEqualTo(8);
            });
  }

  private boolean compile(String source, DiagnosticCollector<JavaFileObject> said)
      throws IOException {
    Path file = Files.writeString(folder.resolve("M.java"), source);
    JavaCompiler compiler = new EclipseCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(said, null, null)) {
      String path = System.getProperty("java.class.path");
      List<String> options =
          new ArrayList<>(
              List.of(
                  "-source",
                  "21",
                  "-target",
                  "21",
                  "-classpath",
                  path,
                  "-d",
                  folder.toString(),
                  "-s",
                  folder.toString()));
      assertThat(path).contains(File.pathSeparator);
      var task = compiler.getTask(null, files, said, options, null, files.getJavaFileObjects(file));
      task.setProcessors(
          List.of(
              new TilewrightProcessor(
                  () -> List.of(new FakeTarget("fake")), (_, _, _) -> new byte[] {1, 2, 3})));
      return task.call();
    }
  }
}
