package dev.tilewright.processor;

import com.google.auto.service.AutoService;
import com.sun.source.util.Trees;
import dev.tilewright.Block;
import dev.tilewright.Model;
import dev.tilewright.codegen.Target;
import dev.tilewright.processor.compile.CompiledTarget;
import dev.tilewright.processor.compile.Linker;
import dev.tilewright.processor.compile.ModelCompiler;
import dev.tilewright.processor.compile.ToolchainLinker;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.diagnose.Place;
import dev.tilewright.processor.diagnose.Reporter;
import dev.tilewright.processor.model.ReadModel;
import dev.tilewright.processor.read.Companions;
import dev.tilewright.processor.read.ModelReader;
import dev.tilewright.processor.read.Sources;
import dev.tilewright.processor.tune.ForkedMeasurer;
import dev.tilewright.processor.tune.Measurer;
import dev.tilewright.processor.tune.RuntimePath;
import dev.tilewright.processor.validate.MemberRules;
import dev.tilewright.processor.write.OutputWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.annotation.AnnotationTypeMismatchException;
import java.lang.annotation.IncompleteAnnotationException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.ProcessingEnvironment;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;
import javax.tools.Diagnostic.Kind;

/**
 * Compiles models while javac compiles the interfaces that declare them: reads the bodies, hands
 * the program to every target, links the libraries, and writes the class that binds them. For each
 * block it writes a companion that keeps the block's source.
 *
 * <p>Whatever happens, javac goes on: every fault is a diagnostic.
 */
@AutoService(Processor.class)
public final class TilewrightProcessor extends AbstractProcessor {
  private static final int STACK_LINES = 20;

  private final Supplier<List<Target>> targets;
  private final Supplier<Linker> linker;
  private final Measurer measurer;
  private final Set<String> waiting = new LinkedHashSet<>();
  private final Map<String, Reporter> unsaid = new LinkedHashMap<>();
  private Trees trees;
  private Elements elements;
  private OutputWriter output;
  private ModelCompiler compiler;

  /** Found by javac: with all targets on the processor path, linked by the LLVM tools. */
  public TilewrightProcessor() {
    this(
        () ->
            ServiceLoader.load(Target.class, TilewrightProcessor.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .toList(),
        null);
  }

  TilewrightProcessor(Supplier<List<Target>> targets, Linker linker) {
    this(targets, linker, null);
  }

  /**
   * @param linker null for the LLVM tools
   * @param measurer null for a process of its own
   */
  TilewrightProcessor(Supplier<List<Target>> targets, Linker linker, Measurer measurer) {
    this.targets = targets;
    this.measurer =
        measurer == null ? new ForkedMeasurer(() -> RuntimePath.of(elements)) : measurer;
    this.linker = () -> linker == null ? new ToolchainLinker(option(Option.CACHE)) : linker;
  }

  @Override
  public Set<String> getSupportedAnnotationTypes() {
    return Set.of(Model.class.getCanonicalName(), Block.class.getCanonicalName());
  }

  @Override
  public SourceVersion getSupportedSourceVersion() {
    return SourceVersion.latest();
  }

  @Override
  public Set<String> getSupportedOptions() {
    return Arrays.stream(Option.values()).map(Option::key).collect(Collectors.toSet());
  }

  @Override
  public synchronized void init(ProcessingEnvironment environment) {
    super.init(environment);
    trees = Environments.trees(environment);
    elements = environment.getElementUtils();
    output = new OutputWriter(environment.getFiler(), elements, environment.getTypeUtils());
    checkOptions();
  }

  @Override
  public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
    // Elements and trees live for one round.
    Sources sources = new Sources(elements, trees);
    if (round.processingOver()) {
      unsaid.values().forEach(reporter -> reporter.flush(processingEnv.getMessager(), trees));
      return false;
    }
    for (Element block : round.getElementsAnnotatedWith(Block.class)) {
      guarded(block, reporter -> block((TypeElement) block, sources, reporter));
    }
    Set<String> models = new LinkedHashSet<>(waiting);
    waiting.clear();
    for (Element model : round.getElementsAnnotatedWith(Model.class)) {
      models.add(((TypeElement) model).getQualifiedName().toString());
    }
    for (String name : models) {
      TypeElement model = elements.getTypeElement(name);
      guarded(model, reporter -> model(model, sources, reporter));
    }
    return false;
  }

  private void block(TypeElement block, Sources sources, Reporter reporter) {
    if (new MemberRules(sources, reporter).checkBlock(block)) {
      Companions companions = new Companions(elements, sources);
      companions.of(block).forEach(companion -> output.companion(companion, reporter));
    }
  }

  private void model(TypeElement model, Sources sources, Reporter reporter) {
    String name = model.getQualifiedName().toString();
    unsaid.remove(name);
    ReadModel read;
    try {
      read = new ModelReader(elements, processingEnv.getTypeUtils(), sources, reporter).read(model);
    } catch (AnnotationTypeMismatchException | IncompleteAnnotationException _) {
      // A constant in an annotation does not exist yet; if it never does, javac says so.
      waiting.add(name);
      return;
    }
    if (read == null && reporter.missesNames()) {
      // Another processor may generate the type by the next round; if none does, this is said at
      // the end.
      waiting.add(name);
      unsaid.put(name, reporter);
      return;
    }
    if (read != null) {
      List<CompiledTarget> compiled = compiler().compile(read, reporter);
      if (!reporter.failed()) {
        output.model(read, compiled, reporter);
      }
    }
  }

  private ModelCompiler compiler() {
    if (compiler == null) {
      compiler =
          new ModelCompiler(
              targets.get(),
              linker,
              this::option,
              measurer,
              note -> processingEnv.getMessager().printMessage(Kind.NOTE, note));
    }
    return compiler;
  }

  @FunctionalInterface
  private interface Work {
    void accept(Reporter reporter);
  }

  /** Does it, says what was found, and turns whatever is thrown into a diagnostic. */
  private void guarded(Element element, Work work) {
    Reporter reporter = new Reporter();
    try {
      work.accept(reporter);
    } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
      reporter.report(
          Diagnostic.INTERNAL,
          new Place(Place.NONE.origin(), null, null, element),
          e.toString(),
          stack(e));
    }
    if (!unsaid.containsValue(reporter)) {
      reporter.flush(processingEnv.getMessager(), trees);
    }
  }

  private static String stack(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString().lines().limit(STACK_LINES).collect(Collectors.joining("\n"));
  }

  private String option(Option option) {
    return option.value(processingEnv.getOptions());
  }

  private void checkOptions() {
    Reporter reporter = new Reporter();
    List<String> known = Arrays.stream(Option.values()).map(Option::key).toList();
    for (String name : new ArrayList<>(processingEnv.getOptions().keySet())) {
      if (name.startsWith("tilewright") && !known.contains(name)) {
        reporter.report(Diagnostic.UNKNOWN_OPTION, Place.NONE, name, "\n" + Option.table() + "\n");
      }
    }
    reporter.flush(processingEnv.getMessager(), trees);
    if (Boolean.parseBoolean(option(Option.HELP))) {
      processingEnv
          .getMessager()
          .printMessage(Kind.NOTE, "Tilewright's options:\n" + Option.table());
    }
  }
}
