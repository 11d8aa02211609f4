package dev.tilewright.processor.compile;

import dev.tilewright.Precision;
import dev.tilewright.codegen.CompileOptions;
import dev.tilewright.codegen.KernelModule;
import dev.tilewright.codegen.PlanModule;
import dev.tilewright.codegen.Platform;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.TargetModule;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.UnsupportedProgramException;
import dev.tilewright.codegen.cost.Tuning;
import dev.tilewright.codegen.graph.GraphPrinter;
import dev.tilewright.codegen.trace.TraceFolder;
import dev.tilewright.processor.Option;
import dev.tilewright.processor.cface.CFace;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.diagnose.Place;
import dev.tilewright.processor.diagnose.Reporter;
import dev.tilewright.processor.model.ReadModel;
import dev.tilewright.processor.tune.ChoiceTrace;
import dev.tilewright.processor.tune.Measurer;
import dev.tilewright.processor.tune.Measurer.MeasureException;
import dev.tilewright.processor.tune.TuneOptions;
import dev.tilewright.processor.tune.Tuner;
import dev.tilewright.processor.tune.Variant;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.LibrarySchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Compiles a model for every target and platform that is asked for. */
public final class ModelCompiler {
  private final List<Target> found;
  private final Supplier<Linker> linker;
  private final Settings settings;
  private final Measurer measurer;
  private final Consumer<String> notes;
  private CFace c;
  private final StringBuilder sizes = new StringBuilder();
  private Linker opened;
  private Tuner tuner;

  /**
   * @param found the targets there are
   * @param linker opened when the first library is linked
   * @param options the value of each option; null for its default
   * @param measurer compares libraries if tuning is asked for
   * @param notes hears what tuning came to
   */
  public ModelCompiler(
      List<Target> found,
      Supplier<Linker> linker,
      Function<Option, String> options,
      Measurer measurer,
      Consumer<String> notes) {
    this.found = found.stream().sorted(Comparator.comparing(Target::name)).toList();
    this.linker = linker;
    settings = new Settings(options);
    this.measurer = measurer;
    this.notes = notes;
  }

  /** Compiles the model; what fails is reported. */
  public List<CompiledTarget> compile(ReadModel model, Reporter reporter) {
    KernelModule.Language language = settings.language(reporter);
    Tuning tuning = settings.tuning(reporter);
    openTuner(reporter);
    List<Target> targets = settings.targets(found, reporter);
    List<String> platforms = settings.platforms(reporter);
    List<Linking> linkings = new ArrayList<>();
    // Kernels of one library are written while those of others are linked.
    try (ExecutorService linkers =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      for (Precision precision : settings.precisions(model.precisions(), reporter)) {
        for (Target target : targets) {
          boolean anywhere = target.platforms().contains(Target.ANY_PLATFORM);
          for (String platform : anywhere ? List.of(Target.ANY_PLATFORM) : platforms) {
            if (target.platforms().contains(platform) && target.compiles(precision)) {
              CompileOptions options = new CompileOptions(platform, language, precision, tuning);
              if (tuner != null && !anywhere && !reporter.failed()) {
                options = options.withTuning(tune(model, target, options, reporter));
              }
              begin(model, target, options, reporter, linkers).ifPresent(linkings::add);
            }
          }
        }
      }
    }
    List<CompiledTarget> compiled = new ArrayList<>();
    List<CFace.Compiled> forC = new ArrayList<>();
    for (Linking linking : linkings) {
      finish(linking, model, reporter)
          .ifPresent(
              library -> {
                compiled.add(library);
                linking.forC(library.schema()).ifPresent(forC::add);
              });
    }
    if (settings.sizes().isPresent() && !reporter.failed()) {
      writeSizes(settings.sizes().get(), compiled, forC, reporter);
    }
    if (settings.cFolder().isPresent() && !forC.isEmpty() && !reporter.failed()) {
      writeC(settings.cFolder().get(), forC, model, reporter);
    }
    if (linkings.isEmpty() && !reporter.failed() && !targets.isEmpty()) {
      reporter.report(
          Diagnostic.BAD_OPTION,
          Place.NONE,
          "tilewright.platforms",
          String.join(",", platforms),
          "no target makes libraries for it",
          String.join(
              ", ",
              found.stream()
                  .flatMap(target -> target.platforms().stream())
                  .filter(platform -> !platform.equals(Target.ANY_PLATFORM))
                  .distinct()
                  .toList()));
    }
    if (!reporter.failed()) {
      LibrarySizes.note(model.program().model(), compiled).ifPresent(notes);
    }
    return compiled;
  }

  /** A library that is being linked. */
  private record Linking(
      Target target, CompileOptions options, TargetModule module, Future<byte[]> library) {
    /** What C can call; a plan is nothing to call. */
    Optional<CFace.Compiled> forC(ModelSchema schema) {
      return module instanceof KernelModule kernels
          ? Optional.of(
              new CFace.Compiled(Platform.of(options.platform()).orElseThrow(), schema, kernels))
          : Optional.empty();
    }
  }

  /** One table for all models of a compilation. */
  private void writeSizes(
      Path file, List<CompiledTarget> compiled, List<CFace.Compiled> kernels, Reporter reporter) {
    try {
      Map<ModelSchema, CompiledTarget> targets = new HashMap<>();
      compiled.forEach(target -> targets.put(target.schema(), target));
      for (CFace.Compiled library : kernels) {
        sizes.append(
            LibrarySizes.table(
                targets.get(library.schema()),
                linker().functionSizes(library.platform(), library.kernels())));
      }
      Files.writeString(file, sizes);
    } catch (IOException e) {
      reporter.report(Diagnostic.FILE, Place.NONE, file, e.toString());
    } catch (Linker.LinkException e) {
      reporter.report(Diagnostic.TOOLS, Place.NONE, "the table of sizes", e.getMessage());
    }
  }

  private void writeC(
      Path folder, List<CFace.Compiled> libraries, ReadModel model, Reporter reporter) {
    try {
      c = c == null ? new CFace(folder) : c;
      c.write(libraries, linker());
    } catch (IOException e) {
      reporter.report(Diagnostic.FILE, Place.NONE, "the C face", e.toString());
    } catch (Linker.LinkException e) {
      reporter.report(
          Diagnostic.TOOLS,
          new Place(Place.NONE.origin(), null, null, model.type()),
          "C",
          e.getMessage());
    }
  }

  private Optional<Linking> begin(
      ReadModel model,
      Target target,
      CompileOptions options,
      Reporter reporter,
      ExecutorService linkers) {
    String title = title(model, target, options);
    try {
      TargetModule module = target.compile(model.program(), options, trace(model, title, reporter));
      Future<byte[]> content =
          switch (module) {
            case PlanModule plan -> CompletableFuture.completedFuture(bytes(plan));
            case KernelModule kernels -> {
              Linker used = linker();
              Platform platform = Platform.of(options.platform()).orElseThrow();
              yield linkers.submit(() -> used.link(title, platform, kernels));
            }
          };
      return Optional.of(new Linking(target, options, module, content));
    } catch (UnsupportedProgramException e) {
      Place place = model.places().apply(e.origin());
      reporter.report(Diagnostic.UNSUPPORTED_BY_TARGET, place, e.getMessage(), target.name());
    } catch (UncheckedIOException e) {
      reporter.report(Diagnostic.FILE, Place.NONE, "the trace", e.getMessage());
    }
    return Optional.empty();
  }

  private Optional<CompiledTarget> finish(Linking linking, ReadModel model, Reporter reporter) {
    try {
      byte[] library = linking.library().resultNow();
      return Optional.of(
          describe(model, linking.target(), linking.options(), linking.module(), library));
    } catch (IllegalStateException _) {
      switch (linking.library().exceptionNow()) {
        case Linker.LinkException e ->
            reporter.report(
                Diagnostic.TOOLS,
                new Place(Place.NONE.origin(), null, null, model.type()),
                linking.target().name(),
                e.getMessage());
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case Throwable e -> throw new AssertionError("linkers throw no checked exceptions", e);
      }
      return Optional.empty();
    }
  }

  private Linker linker() {
    opened = opened == null ? linker.get() : opened;
    return opened;
  }

  private CompiledTarget build(
      ReadModel model, Target target, CompileOptions options, Trace trace) {
    TargetModule module = target.compile(model.program(), options, trace);
    byte[] library =
        switch (module) {
          case PlanModule plan -> bytes(plan);
          case KernelModule kernels ->
              linker()
                  .link(
                      title(model, target, options),
                      Platform.of(options.platform()).orElseThrow(),
                      kernels);
        };
    return describe(model, target, options, module, library);
  }

  private static byte[] bytes(PlanModule plan) {
    return plan.plan().getBytes(StandardCharsets.UTF_8);
  }

  private static CompiledTarget describe(
      ReadModel model, Target target, CompileOptions options, TargetModule module, byte[] library) {
    String platform = options.platform();
    String resource =
        "META-INF/native/" + platform + "/" + title(model, target, options) + suffix(platform);
    LibrarySchema schema =
        new LibrarySchema(
            target.name(),
            options.precision(),
            platform,
            resource,
            target.cpuFeatures(),
            target.rank(),
            digest(library));
    return new CompiledTarget(
        new ModelSchema(model.program().model(), schema, module.entries(), module.weights()),
        library);
  }

  private static String title(ReadModel model, Target target, CompileOptions options) {
    return model.program().model() + "-" + target.name() + suffix(options.precision());
  }

  /** One tuner serves all models, so what they share is measured once. */
  private void openTuner(Reporter reporter) {
    Optional<TuneOptions> tune = settings.tune(reporter);
    if (tuner == null && tune.isPresent()) {
      Tuning before = settings.tuned(reporter);
      if (!reporter.failed()) {
        // Notes are printed when all is done; who waits wants to see that something happens.
        tuner = new Tuner(tune.get(), before, measurer, System.err::println);
      }
    }
  }

  /** Measures, and writes what was found. */
  private Tuning tune(ReadModel model, Target target, CompileOptions options, Reporter reporter) {
    String title = title(model, target, options);
    try {
      Tuner.Report report =
          tuner.tune(
              title,
              target.name(),
              tuning -> {
                ChoiceTrace choices = new ChoiceTrace();
                CompiledTarget built = build(model, target, options.withTuning(tuning), choices);
                return new Variant(built, choices.choices());
              });
      Files.writeString(tuner.options().file(), tuner.tuning().text());
      notes.accept(Tuner.text(title, report));
    } catch (TuneOptions.SizesException e) {
      settings.badSizes(reporter, e.getMessage());
    } catch (MeasureException e) {
      reporter.report(
          e.isNotHere() ? Diagnostic.TUNE_NOT_HERE : Diagnostic.TUNE_FAILED,
          new Place(Place.NONE.origin(), null, null, model.type()),
          title,
          e.getMessage());
    } catch (IOException e) {
      reporter.report(Diagnostic.FILE, Place.NONE, "the tuning file", e.toString());
    } catch (UnsupportedProgramException | Linker.LinkException _) {
      // Compiling without measuring says it.
    }
    return tuner.tuning();
  }

  private Trace trace(ReadModel model, String title, Reporter reporter) {
    if (settings.trace().isEmpty()) {
      return Trace.NONE;
    }
    Path place = settings.trace().get().resolve(title);
    TraceFolder folder = new TraceFolder(place, title, settings.profile(title, reporter));
    model.sources().forEach(folder::source);
    folder.pass("lower", "graph", GraphPrinter.print(model.program()));
    return folder;
  }

  /** FLOAT32 is not named. */
  static String suffix(Precision precision) {
    return precision == Precision.FLOAT32 ? "" : "-" + precision;
  }

  private static String suffix(String platform) {
    if (platform.equals(Target.ANY_PLATFORM)) {
      return ".plan";
    }
    return platform.startsWith("windows")
        ? ".dll"
        : platform.startsWith("macos") ? ".dylib" : ".so";
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
