package dev.tilewright.tests.pim;

import static com.google.testing.compile.CompilationSubject.assertThat;
import static com.google.testing.compile.Compiler.javac;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import dev.tilewright.processor.TilewrightProcessor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;

/** {@code @On} on layers, methods and variables. */
class OnTest {
  /** A block of two products; its members begin on line 10. */
  private static JavaFileObject model(String... members) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "package a;",
                "import static dev.tilewright.On.Unit.*;",
                "import dev.tilewright.*;",
                "@Model public interface Net extends CompiledModel {",
                "  @Weights(\"part\") Part part();",
                "  @Entry default Tensor run(@Shape({\"S\", \"64\"}) Tensor x) {",
                "    return part().forward(x);",
                "  }",
                "  @Block interface Part {"));
    lines.addAll(List.of(members));
    lines.add("  }");
    lines.add("}");
    return JavaFileObjects.forSourceLines("a.Net", lines);
  }

  private static Compilation compile(JavaFileObject source) {
    return javac()
        .withProcessors(new TilewrightProcessor())
        .withOptions("-Atilewright.targets=pim", "-Atilewright.precisions=bfloat16")
        .compile(source);
  }

  private static String plan(String... members) {
    Compilation compilation = compile(model(members));
    assertThat(compilation).succeeded();
    JavaFileObject plan =
        compilation.generatedFiles().stream()
            .filter(file -> file.getName().endsWith(".plan"))
            .findFirst()
            .orElseThrow();
    try (InputStream in = plan.openInputStream()) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static final String UP = "    @Linear(out = 64, bias = false) Tensor up(Tensor x);";
  private static final String DOWN = "    @Linear(out = 64, bias = false) Tensor down(Tensor x);";

  @Test
  void withoutItCostsDecide() {
    String plan =
        plan(
            UP,
            DOWN,
            "    default Tensor forward(Tensor x) {",
            "      return down(Operators.relu(up(x)));",
            "    }");
    assertThat(plan)
        .startsWith("tilewright-plan 2\ncosts of pim-gpt, 1 token at the end of 1\n")
        .containsPattern(
            "place Part_forward r\\d_linear_up memory\\+controller \\d\\.\\d{3}us"
                + " memory\\+host \\d\\.\\d{3}us host \\d\\.\\d{3}us")
        .containsPattern("place Part_forward r\\d_linear_down memory\\+controller ");
  }

  @Test
  void aLayer() {
    assertThat(
            plan(
                UP,
                "    @On(HOST) @Linear(out = 64, bias = false) Tensor down(Tensor x);",
                "    default Tensor forward(Tensor x) {",
                "      return down(Operators.relu(up(x)));",
                "    }"))
        .containsPattern("place Part_forward r\\d_linear_down host ")
        .contains("on host  // down");
  }

  @Test
  void aMethodAndWithinItAVariable() {
    assertThat(
            plan(
                UP,
                DOWN,
                "    @On(HOST) default Tensor forward(Tensor x) {",
                "      @On(value = dev.tilewright.On.Unit.MEMORY) Tensor u = up(x);",
                "      return down(Operators.relu(u));",
                "    }"))
        .containsPattern("place Part_forward r\\d_linear_up memory\\+host")
        .containsPattern("place Part_forward r\\d_linear_down host ");
  }

  /** What a method calls is demanded with it; without the demand it is another function. */
  @Test
  void aVariableOfACall() {
    assertThat(
            plan(
                "    @Weights(\"inner\") Inner inner();",
                "    @Block interface Inner {",
                "      @Linear(out = 64, bias = false) Tensor up(Tensor x);",
                "      default Tensor twice(Tensor x) { return up(Operators.relu(up(x))); }",
                "    }",
                "    default Tensor forward(Tensor x) {",
                "      @On(HOST) Tensor u = inner().twice(x);",
                "      return inner().twice(u);",
                "    }"))
        .containsPattern(
            "(?s)place Inner_twice r1_linear_up host .*place Inner_twice r2_linear_up host ")
        .containsPattern(
            "(?s)place Inner_twice_2 r1_linear_up memory.*place Inner_twice_2 r2_linear_up memory");
  }

  @Test
  void whatMemoryCannotDo() {
    JavaFileObject source =
        model(
            UP,
            "    default Tensor forward(Tensor x) {",
            "      @On(MEMORY) Tensor y = Operators.softmax(up(x), 1);",
            "      return y;",
            "    }");
    assertThat(compile(source))
        .hadErrorContaining("memory computes products and attention alone, and this is neither")
        .inFile(source)
        .onLine(12)
        .atColumn(39);
  }

  @Test
  void whatTheControllerCannotDo() {
    JavaFileObject source =
        model(
            "    @On(CONTROLLER)" + UP,
            "    default Tensor forward(Tensor x) {",
            "      return up(x);",
            "    }");
    assertThat(compile(source))
        .hadErrorContaining("the controller adds and multiplies vectors, but has no products")
        .inFile(source)
        .onLine(12)
        .atColumn(14);
  }

  @Test
  void demandsThatContradictEachOther() {
    JavaFileObject source =
        model(
            "    @On(HOST)" + UP,
            "    default Tensor forward(Tensor x) {",
            "      Tensor u = up(x);",
            "      @On(CONTROLLER) Tensor y = Operators.relu(u);",
            "      return y;",
            "    }");
    assertThat(compile(source))
        .hadErrorContaining("@On(HOST) at Net.java:12:18, which are computed together")
        .inFile(source)
        .onLine(13)
        .atColumn(43);
  }

  /** Processors compute everything: the same declaration compiles for them. */
  @Test
  void processorsTakeNoNotice() {
    JavaFileObject source =
        model(
            "    @On(MEMORY)" + UP,
            "    default Tensor forward(Tensor x) {",
            "      return up(x);",
            "    }");
    assertThat(
            javac()
                .withProcessors(new TilewrightProcessor())
                .withOptions("-Atilewright.targets=portable")
                .compile(source))
        .succeeded();
  }
}
