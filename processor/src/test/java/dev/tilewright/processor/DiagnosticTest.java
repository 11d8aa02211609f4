package dev.tilewright.processor;

import static com.google.testing.compile.Compiler.javac;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import dev.tilewright.processor.diagnose.Diagnostic;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every fault is reported where it is, and nothing else is. */
class DiagnosticTest {
  private static final Pattern ID = Pattern.compile("\\[(TW\\d+)\\]");

  /** Tests of diagnostics that no source alone can provoke. */
  private static final List<Class<?>> OTHERS =
      List.of(OptionTest.class, CompanionTest.class, TargetTest.class, TuneTest.class);

  static Stream<DiagnosticCase> cases() {
    return DiagnosticCase.all().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void reportsEachFaultAtItsPlace(DiagnosticCase test) {
    Compilation compilation =
        javac()
            .withProcessors(new TilewrightProcessor())
            .withOptions("-proc:only", "-Atilewright.targets=none")
            .compile(JavaFileObjects.forSourceString(test.name(), test.source()));

    List<String> said = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (var diagnostic : compilation.diagnostics()) {
      String message = diagnostic.getMessage(Locale.ROOT);
      Matcher id = ID.matcher(message);
      if (id.find()) {
        said.add(
            place(diagnostic.getLineNumber(), diagnostic.getColumnNumber(), name(id.group(1))));
        assertThat(fileName(diagnostic.getSource())).isEqualTo(test.name() + ".java");
      }
    }
    for (DiagnosticCase.Expected one : test.expected()) {
      expected.add(place(one.line(), one.column(), one.diagnostic()));
    }
    assertThat(said).as(() -> messages(compilation)).containsExactlyInAnyOrderElementsOf(expected);
    for (DiagnosticCase.Expected one : test.expected()) {
      assertThat(compilation.diagnostics())
          .as("the message at %s of %s", one.line(), test.name())
          .anySatisfy(
              diagnostic -> {
                assertThat(diagnostic.getLineNumber()).isEqualTo(one.line());
                assertThat(diagnostic.getMessage(Locale.ROOT)).contains(one.words());
              });
    }
  }

  @Test
  void everyDiagnosticHasACase() throws ReflectiveOperationException {
    Set<Diagnostic> covered = EnumSet.noneOf(Diagnostic.class);
    DiagnosticCase.all()
        .forEach(
            test ->
                test.expected().forEach(one -> covered.add(Diagnostic.valueOf(one.diagnostic()))));
    for (Class<?> other : OTHERS) {
      for (Method method : other.getDeclaredMethods()) {
        Covers covers = method.getAnnotation(Covers.class);
        if (covers != null && method.isAnnotationPresent(Test.class)) {
          covered.addAll(Arrays.asList(covers.value()));
        }
      }
    }
    assertThat(covered).containsExactlyInAnyOrder(Diagnostic.values());
  }

  @Test
  void idsAreDifferent() {
    assertThat(Arrays.stream(Diagnostic.values()).map(Diagnostic::id)).doesNotHaveDuplicates();
  }

  private static String place(long line, long column, String diagnostic) {
    return line + ":" + column + " " + diagnostic;
  }

  private static String name(String id) {
    return Arrays.stream(Diagnostic.values())
        .filter(diagnostic -> diagnostic.id().equals(id))
        .findFirst()
        .orElseThrow()
        .name();
  }

  private static String fileName(JavaFileObject file) {
    return file.getName().substring(file.getName().lastIndexOf('/') + 1);
  }

  private static String messages(Compilation compilation) {
    StringBuilder text = new StringBuilder();
    compilation
        .diagnostics()
        .forEach(diagnostic -> text.append(diagnostic.getMessage(Locale.ROOT)).append('\n'));
    return text.toString();
  }
}
