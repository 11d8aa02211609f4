package dev.tilewright.tests.pim;

import static com.google.testing.compile.CompilationSubject.assertThat;
import static com.google.testing.compile.Compiler.javac;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import dev.tilewright.processor.TilewrightProcessor;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;

/** What memory cannot run is refused by javac, at its place. */
class PimDiagnosticsTest {
  private static Compilation compile(JavaFileObject source) {
    return javac()
        .withProcessors(new TilewrightProcessor())
        .withOptions("-Atilewright.targets=pim", "-Atilewright.precisions=bfloat16")
        .compile(source);
  }

  /** A model that remembers, and attends over what it was told. */
  private static JavaFileObject model(String state, String parameter) {
    return JavaFileObjects.forSourceLines(
        "a.Remembers",
        "package a;",
        "import dev.tilewright.*;",
        "@Model public interface Remembers extends CompiledModel {",
        "  @Linear(out = 4096) @Weights(\"q\") Tensor q(Tensor x);",
        "  " + state + " Tensor keys(Tensor x);",
        "  " + state + " Tensor values(Tensor x);",
        "  @Entry default @Shape({\"1\", \"S\", \"4096\"}) Tensor attend(",
        "      @Shape({\"1\", \"S\", \"4096\"}) " + parameter + " Tensor x) {",
        "    var k = keys(x);",
        "    var v = values(x);",
        "    var how = AttentionOptions.heads(32).causal(true);",
        "    return Operators.attention(q(x), k, v, how);",
        "  }",
        "}");
  }

  @Test
  void whatFitsCompiles() {
    assertThat(compile(model("@State(capacity = 4096)", ""))).succeeded();
  }

  @Test
  void aContextThatFitsNoDevice() {
    JavaFileObject source = model("@State(capacity = 4000000)", "");
    Compilation compilation = compile(source);
    assertThat(compilation)
        .hadErrorContaining(
            "'keys.keys' needs 7813 rows of every bank, but 726 of the 16384 rows of device"
                + " aim-gddr6 are left; use more channels or a shorter context")
        .inFile(source)
        .onLine(9)
        .atColumn(13);
  }

  @Test
  void aWindow() {
    JavaFileObject source = model("@State(capacity = 4096, window = 512)", "");
    assertThat(compile(source))
        .hadErrorContaining("forgets none; declare it without a window")
        .inFile(source)
        .onLine(9)
        .atColumn(13);
  }

  @Test
  void raggedBatchesAlone() {
    JavaFileObject source =
        JavaFileObjects.forSourceLines(
            "a.Batches",
            "package a;",
            "import dev.tilewright.*;",
            "@Model public interface Batches extends CompiledModel {",
            "  @Linear(out = 16) @Weights(\"q\") Tensor q(Tensor x);",
            "  @Entry default @Shape({\"B\", \"S\", \"16\"}) Tensor run(",
            "      @Shape({\"B\", \"S\", \"16\"}) @Ragged Tensor x) {",
            "    return q(x);",
            "  }",
            "}");
    assertThat(compile(source))
        .hadErrorContaining("every entry takes ragged batches; declare one without @Ragged")
        .inFile(source)
        .onLine(7)
        .atColumn(12);
  }
}
