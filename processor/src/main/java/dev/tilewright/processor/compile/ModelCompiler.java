package dev.tilewright.processor.compile;

import dev.tilewright.Precision;
import dev.tilewright.codegen.CompileOptions;
import dev.tilewright.codegen.KernelModule;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.UnsupportedProgramException;
import dev.tilewright.codegen.cost.Tuning;
import dev.tilewright.codegen.graph.GraphPrinter;
import dev.tilewright.codegen.trace.TraceFolder;
import dev.tilewright.processor.Option;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.diagnose.Place;
import dev.tilewright.processor.diagnose.Reporter;
import dev.tilewright.processor.model.ReadModel;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.LibrarySchema;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Compiles a model for every target and platform that is asked for. */
public final class ModelCompiler {
  static final String DEFAULT_PLATFORM = "linux-x86_64";

  /** A library of a model. */
  public static final class CompiledTarget {
    private final ModelSchema schema;
    private final byte[] library;

    CompiledTarget(ModelSchema schema, byte[] library) {
      this.schema = schema;
      this.library = library;
    }

    /** What the runtime must know; its library's resource is where the bytes go. */
    public ModelSchema schema() {
      return schema;
    }

    /** The library. */
    public byte[] library() {
      return library.clone();
    }

    /** The class-path resource of the schema. */
    public String schemaResource() {
      LibrarySchema described = schema.library();
      String platform =
          described.platform().equals(DEFAULT_PLATFORM) ? "" : "-" + described.platform();
      return "META-INF/tilewright/"
          + schema.model()
          + "-"
          + described.target()
          + suffix(described.precision())
          + platform
          + ".tw";
    }
  }

  private final List<Target> found;
  private final Supplier<Linker> linker;
  private final Settings settings;
  private Linker opened;

  /**
   * @param found the targets there are
   * @param linker opened when the first library is linked
   * @param options the value of each option; null for its default
   */
  public ModelCompiler(
      List<Target> found, Supplier<Linker> linker, Function<Option, String> options) {
    this.found = found.stream().sorted(Comparator.comparing(Target::name)).toList();
    this.linker = linker;
    settings = new Settings(options);
  }

  /** Compiles the model; what fails is reported. */
  public List<CompiledTarget> compile(ReadModel model, Reporter reporter) {
    List<CompiledTarget> compiled = new ArrayList<>();
    KernelModule.Language language = settings.language(reporter);
    Tuning tuning = settings.tuning(reporter);
    List<Target> targets = settings.targets(found, reporter);
    List<String> platforms = settings.platforms();
    for (Precision precision : settings.precisions(model.precisions(), reporter)) {
      for (Target target : targets) {
        for (String platform : platforms) {
          if (target.platforms().contains(platform) && target.compiles(precision)) {
            CompileOptions options = new CompileOptions(platform, language, precision, tuning);
            compile(model, target, options, reporter, compiled);
          }
        }
      }
    }
    if (compiled.isEmpty() && !reporter.failed() && !targets.isEmpty()) {
      reporter.report(
          Diagnostic.BAD_OPTION,
          Place.NONE,
          "tilewright.platforms",
          String.join(",", platforms),
          "no target makes libraries for it",
          String.join(
              ", ",
              found.stream().flatMap(target -> target.platforms().stream()).distinct().toList()));
    }
    return compiled;
  }

  private void compile(
      ReadModel model,
      Target target,
      CompileOptions options,
      Reporter reporter,
      List<CompiledTarget> compiled) {
    String name = model.program().model();
    String platform = options.platform();
    String title = name + "-" + target.name() + suffix(options.precision());
    try {
      KernelModule kernels =
          target.compile(model.program(), options, trace(model, title, reporter));
      opened = opened == null ? linker.get() : opened;
      byte[] library = opened.link(title, kernels);
      String resource = "META-INF/native/" + platform + "/" + title + suffix(platform);
      LibrarySchema schema =
          new LibrarySchema(
              target.name(),
              options.precision(),
              platform,
              resource,
              target.cpuFeatures(),
              target.rank(),
              digest(library));
      compiled.add(
          new CompiledTarget(
              new ModelSchema(name, schema, kernels.entries(), kernels.weights()), library));
    } catch (UnsupportedProgramException e) {
      Place place = model.places().apply(e.origin());
      reporter.report(Diagnostic.UNSUPPORTED_BY_TARGET, place, e.getMessage(), target.name());
    } catch (UncheckedIOException e) {
      reporter.report(Diagnostic.FILE, Place.NONE, "the trace", e.getMessage());
    } catch (Linker.LinkException e) {
      reporter.report(
          Diagnostic.TOOLS,
          new Place(Place.NONE.origin(), null, null, model.type()),
          target.name(),
          e.getMessage());
    }
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
  private static String suffix(Precision precision) {
    return precision == Precision.FLOAT32 ? "" : "-" + precision;
  }

  private static String suffix(String platform) {
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
