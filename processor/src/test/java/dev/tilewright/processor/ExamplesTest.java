package dev.tilewright.processor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TaskEvent;
import com.sun.source.util.TaskListener;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.runtime.eager.EagerEvaluator;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every operator and annotation has an example, which compiles and gives what it says. */
class ExamplesTest {
  @TempDir static Path classes;

  private static Javadoc javadoc;
  private static List<String> refused;

  /** What the example of each number calls and creates. */
  private static final Map<String, Set<String>> USED = new HashMap<>();

  @BeforeAll
  static void compile() throws IOException {
    javadoc = Javadoc.read();
    List<Example> examples = javadoc.examples();
    Map<String, String> sources = new LinkedHashMap<>();
    for (int i = 0; i < examples.size(); i++) {
      if (examples.get(i).isDeclaration()) {
        sources.put(
            ExampleSources.modelName(examples.get(i), i), ExampleSources.model(examples.get(i), i));
      }
    }
    sources.put("Operations", ExampleSources.operators(examples));
    sources.put(ExampleSources.STATEMENTS, ExampleSources.statements(examples));
    refused = compile(sources);
  }

  @Test
  void everyOperatorAndAnnotationHasOne() {
    Set<String> missing = new TreeSet<>(javadoc.expected());
    javadoc.examples().forEach(example -> missing.remove(example.toString()));
    assertThat(missing)
        .as(
            """
            these have no example. Add one to the Javadoc of each, for an operator

                 * {@snippet :
                 * Tensor y = x.sum(1);   // x = [[1, 2], [3, 4]] gives [3, 7]
                 * }

            and for an annotation a model, or members of one, with an @Entry whose result has its @Shape.
            """)
        .isEmpty();
  }

  @Test
  void allCompile() {
    assertThat(refused).isEmpty();
  }

  @Test
  void eachUsesWhatItExplains() {
    assumeThat(refused).isEmpty();
    List<Example> examples = javadoc.examples();
    for (int i = 0; i < examples.size(); i++) {
      Example example = examples.get(i);
      String simple = example.owner().replaceAll(".*\\.", "");
      if (example.isDeclaration()) {
        assertThat(example.text()).as("the example of %s", example).contains(simple);
      } else if (javadoc.expected().contains(example.toString())) {
        assertThat(USED.get(ExampleSources.method(i)))
            .as("what the example of %s calls", example)
            .contains(example.toString());
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> statementsGiveWhatTheySay() throws Exception {
    assumeThat(refused).isEmpty();
    URLClassLoader loader =
        new URLClassLoader(
            new URL[] {classes.toUri().toURL()}, ExamplesTest.class.getClassLoader());
    Map<String, Method> methods = new HashMap<>();
    for (Method method : loader.loadClass(ExampleSources.STATEMENTS).getMethods()) {
      methods.put(method.getName(), method);
    }
    List<Example> examples = javadoc.examples();
    return Stream.iterate(0, i -> i < examples.size(), i -> i + 1)
        .filter(i -> !examples.get(i).isDeclaration() && !examples.get(i).claims().isEmpty())
        .map(
            i ->
                DynamicTest.dynamicTest(
                    examples.get(i).toString(),
                    () -> run(examples.get(i), methods.get(ExampleSources.method(i)))));
  }

  private static void run(Example example, Method method) throws ReflectiveOperationException {
    List<Object> results = new ArrayList<>();
    List<Object> arguments = new ArrayList<>(Arrays.asList(results, EagerEvaluator.INSTANCE));
    for (Example.Input input : ExampleSources.distinct(example).values()) {
      arguments.add(input.values().tensor(ExampleSources.dtype(input)));
    }
    method.invoke(null, arguments.toArray());
    List<Example.Claim> claims = example.claims();
    assertThat(results).hasSameSizeAs(claims);
    for (int i = 0; i < results.size(); i++) {
      if (results.get(i) instanceof Tensor tensor) {
        Values.parse(claims.get(i).value()).check(example.toString(), tensor);
      } else {
        assertThat(results.get(i)).as(example.toString()).hasToString(claims.get(i).value());
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> declarationsAreTheSameModelInJavaAndAsAProgram(@TempDir Path folder) {
    List<Example> examples = javadoc.examples();
    return Stream.iterate(0, i -> i < examples.size(), i -> i + 1)
        .filter(i -> examples.get(i).isDeclaration())
        .map(
            i ->
                DynamicTest.dynamicTest(
                    examples.get(i).toString(),
                    () ->
                        new Agreement(Files.createDirectory(folder.resolve("m" + i)))
                            .check(
                                ExampleSources.modelName(examples.get(i), i),
                                Map.of("B", 2L, "S", 3L, "N", 4L),
                                ExampleSources.model(examples.get(i), i))));
  }

  @Test
  void theGuideBeginsWithAModel() throws IOException {
    String guide = Files.readString(Path.of("../docs/declaring-models.md"));
    String code = guide.substring(guide.indexOf("```java") + 7);
    String[] files = code.substring(0, code.indexOf("```")).split("(?=@Block|@Model)", -1);
    Program program = ProgramReader.read(files[0] + files[1], files[0] + files[2]);
    assertThat(program.entries()).extracting("name").containsExactly("encode");
  }

  /** What javac and the processor say against the sources, each with the line that it is about. */
  private static List<String> compile(Map<String, String> sources) {
    List<JavaFileObject> files = new ArrayList<>();
    sources.forEach((name, text) -> files.add(new SourceText(name, text)));
    DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
    List<String> options =
        List.of(
            "-d",
            classes.toString(),
            "-Atilewright.targets=none",
            "-classpath",
            System.getProperty("java.class.path"));
    JavacTask task =
        (JavacTask)
            ToolProvider.getSystemJavaCompiler().getTask(null, null, said, options, null, files);
    task.setProcessors(List.of(new TilewrightProcessor()));
    task.setTaskListener(new Uses(Trees.instance(task)));
    task.call();
    return said.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() == javax.tools.Diagnostic.Kind.ERROR)
        .map(
            diagnostic ->
                diagnostic.getMessage(null)
                    + (diagnostic.getSource() instanceof SourceText source
                        ? "\n  at: " + source.line(diagnostic.getLineNumber())
                        : ""))
        .toList();
  }

  private static final class SourceText extends SimpleJavaFileObject {
    private final String text;

    SourceText(String name, String text) {
      super(URI.create("memory:///" + name + ".java"), Kind.SOURCE);
      this.text = text;
    }

    String line(long number) {
      return text.split("\n", -1)[(int) number - 1].strip();
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /** Notes what each method of the statements' class calls. */
  private record Uses(Trees trees) implements TaskListener {
    @Override
    public void finished(TaskEvent event) {
      if (event.getKind() == TaskEvent.Kind.ANALYZE
          && event.getTypeElement().getSimpleName().contentEquals(ExampleSources.STATEMENTS)) {
        new TreePathScanner<Void, Set<String>>() {
          @Override
          public Void visitMethod(MethodTree tree, Set<String> none) {
            Set<String> used = new LinkedHashSet<>();
            USED.put(tree.getName().toString(), used);
            return super.visitMethod(tree, used);
          }

          @Override
          public Void visitMethodInvocation(MethodInvocationTree tree, Set<String> used) {
            Element method = trees.getElement(getCurrentPath());
            used.add(method.getEnclosingElement() + "." + Javadoc.name(method));
            return super.visitMethodInvocation(tree, used);
          }

          @Override
          public Void visitNewClass(NewClassTree tree, Set<String> used) {
            used.add(trees.getElement(getCurrentPath()).getEnclosingElement().toString());
            return super.visitNewClass(tree, used);
          }
        }.scan(event.getCompilationUnit(), null);
      }
    }
  }
}
