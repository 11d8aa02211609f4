package dev.tilewright.processor;

import com.sun.source.util.JavacTask;
import dev.tilewright.Model;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.processor.diagnose.Reporter;
import dev.tilewright.processor.model.ReadModel;
import dev.tilewright.processor.read.ModelReader;
import dev.tilewright.processor.read.Sources;
import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Reads models from source text, up to the program and no further: for tools and tests. Nothing is
 * written and no target is asked.
 *
 * <pre>{@code
 * Program program = ProgramReader.read("""
 *     import dev.tilewright.*;
 *     @Model public interface Doubler extends CompiledModel {
 *       @Entry default Tensor twice(@Shape("N") Tensor x) { return x.plus(x); }
 *     }
 *     """);
 * }</pre>
 */
public final class ProgramReader {
  private static final Pattern TYPE =
      Pattern.compile("\\b(?:interface|class|record|enum)\\s+(\\w+)");

  private ProgramReader() {}

  /**
   * The program of the only model in the sources, each one a file.
   *
   * @throws IllegalArgumentException if there is none or more than one, or javac or the processor
   *     refuses the sources; the message lists what they say
   */
  public static Program read(String... sources) {
    Map<String, Program> programs = readAll(classPath(), sources);
    if (programs.size() != 1) {
      throw new IllegalArgumentException(
          "expected one model in the sources, but there are " + programs.size());
    }
    return programs.values().iterator().next();
  }

  /**
   * The programs of all models in the sources, by the models' qualified names.
   *
   * @param classPath where blocks and the annotations are found
   * @throws IllegalArgumentException if javac or the processor refuses the sources; the message
   *     lists what they say
   */
  public static Map<String, Program> readAll(List<Path> classPath, String... sources) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new IllegalStateException("this Java holds no javac: run it with a JDK");
    }
    DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
    List<String> options =
        List.of(
            "-proc:only",
            "-implicit:none",
            "-classpath",
            classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    List<JavaFileObject> files = Arrays.stream(sources).map(ProgramReader::file).toList();
    JavacTask task = (JavacTask) compiler.getTask(null, null, said, options, null, files);
    Reading reading = new Reading();
    task.setProcessors(List.of(reading));
    boolean fine = task.call();
    if (!fine) {
      throw new IllegalArgumentException(
          said.getDiagnostics().stream()
              .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
              .map(ProgramReader::text)
              .collect(Collectors.joining("\n")));
    }
    return reading.programs;
  }

  private static String text(Diagnostic<? extends JavaFileObject> diagnostic) {
    String file = diagnostic.getSource() == null ? "" : diagnostic.getSource().getName() + ":";
    return file
        + diagnostic.getLineNumber()
        + ":"
        + diagnostic.getColumnNumber()
        + ": "
        + diagnostic.getMessage(Locale.ROOT);
  }

  private static List<Path> classPath() {
    List<Path> path = new ArrayList<>();
    for (String entry :
        System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator), -1)) {
      path.add(Path.of(entry));
    }
    String modules = System.getProperty("jdk.module.path");
    if (modules != null) {
      Arrays.stream(modules.split(Pattern.quote(File.pathSeparator), -1))
          .map(Path::of)
          .forEach(path::add);
    }
    return path;
  }

  /** A file named after the first public type, or else the first type. */
  private static JavaFileObject file(String source) {
    String name = "Source";
    for (Matcher type = TYPE.matcher(source); type.find(); ) {
      boolean isPublic = source.substring(0, type.start()).stripTrailing().endsWith("public");
      if (isPublic || name.equals("Source")) {
        name = type.group(1);
      }
      if (isPublic) {
        break;
      }
    }
    return new SimpleJavaFileObject(
        URI.create("memory:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return source;
      }
    };
  }

  private static final class Reading extends AbstractProcessor {
    private final Map<String, Program> programs = new LinkedHashMap<>();

    @Override
    public Set<String> getSupportedAnnotationTypes() {
      return Set.of(Model.class.getCanonicalName());
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
      return SourceVersion.latest();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
      var trees = Environments.trees(processingEnv);
      Sources sources = new Sources(processingEnv.getElementUtils(), trees);
      for (Element element : round.getElementsAnnotatedWith(Model.class)) {
        Reporter reporter = new Reporter();
        TypeElement model = (TypeElement) element;
        ReadModel read =
            new ModelReader(
                    processingEnv.getElementUtils(),
                    processingEnv.getTypeUtils(),
                    sources,
                    reporter)
                .read(model);
        if (read != null) {
          programs.put(model.getQualifiedName().toString(), read.program());
        }
        reporter.flush(processingEnv.getMessager(), trees);
      }
      return false;
    }
  }
}
