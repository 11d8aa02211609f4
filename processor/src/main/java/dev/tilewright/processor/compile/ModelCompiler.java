package dev.tilewright.processor.compile;

import dev.tilewright.codegen.KernelModule;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.UnsupportedProgramException;
import dev.tilewright.codegen.graph.GraphPrinter;
import dev.tilewright.codegen.trace.TraceFolder;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.diagnose.Place;
import dev.tilewright.processor.diagnose.Reporter;
import dev.tilewright.processor.model.ReadModel;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.LibrarySchema;
import dev.tilewright.schema.Profile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** Compiles a model for every target and platform that is asked for. */
public final class ModelCompiler {
  private static final String DEFAULT_PLATFORM = "linux-x86_64";

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
      return "META-INF/tilewright/" + schema.model() + "-" + described.target() + platform + ".tw";
    }
  }

  private final List<Target> found;
  private final Supplier<Linker> linker;
  private final String targets;
  private final List<String> platforms;
  private final String writer;
  private final String trace;
  private final String profile;
  private Linker opened;

  /**
   * @param found the targets there are
   * @param linker opened when the first library is linked
   * @param targets names separated by commas; null for all
   * @param platforms names separated by commas; null for the default
   * @param writer {@code llvm} or {@code c}; null for what the target prefers
   * @param trace the folder for the trace; null for none
   * @param profile a file with a {@link Profile} for the trace; null for none
   */
  public ModelCompiler(
      List<Target> found,
      Supplier<Linker> linker,
      String targets,
      String platforms,
      String writer,
      String trace,
      String profile) {
    this.found = found.stream().sorted(Comparator.comparing(Target::name)).toList();
    this.linker = linker;
    this.targets = targets;
    this.platforms = names(platforms == null ? DEFAULT_PLATFORM : platforms);
    this.writer = writer;
    this.trace = trace;
    this.profile = profile;
  }

  /** Compiles the model; what fails is reported. */
  public List<CompiledTarget> compile(ReadModel model, Reporter reporter) {
    List<CompiledTarget> compiled = new ArrayList<>();
    KernelModule.Language language = language(reporter);
    for (Target target : chosen(reporter)) {
      for (String platform : platforms) {
        if (target.platforms().contains(platform)) {
          compile(model, target, platform, language, reporter, compiled);
        }
      }
    }
    if (compiled.isEmpty() && !reporter.failed() && !"none".equals(targets)) {
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
      String platform,
      KernelModule.Language language,
      Reporter reporter,
      List<CompiledTarget> compiled) {
    String name = model.program().model();
    try {
      KernelModule kernels =
          target.compile(
              model.program(),
              platform,
              language,
              trace(model, name + "-" + target.name(), reporter));
      opened = opened == null ? linker.get() : opened;
      byte[] library = opened.link(name + "-" + target.name(), kernels);
      String resource =
          "META-INF/native/" + platform + "/" + name + "-" + target.name() + suffix(platform);
      LibrarySchema schema =
          new LibrarySchema(
              target.name(),
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
    if (trace == null) {
      return Trace.NONE;
    }
    TraceFolder folder =
        new TraceFolder(Path.of(trace).resolve(title), title, measured(title, reporter));
    model.sources().forEach(folder::source);
    folder.pass("lower", "graph", GraphPrinter.print(model.program()));
    return folder;
  }

  /** The measured times, if they are of this library. */
  private Optional<Profile> measured(String title, Reporter reporter) {
    if (profile == null) {
      return Optional.empty();
    }
    try {
      Profile read = Profile.parse(Files.readString(Path.of(profile)));
      return Optional.of(read).filter(p -> title.equals(p.model() + "-" + p.target()));
    } catch (IOException | IllegalArgumentException e) {
      reporter.report(
          Diagnostic.BAD_OPTION,
          Place.NONE,
          "tilewright.profile",
          profile,
          e.getMessage() == null ? "it cannot be read" : e.getMessage(),
          "a file that LoadOptions.withProfile wrote");
      return Optional.empty();
    }
  }

  private List<Target> chosen(Reporter reporter) {
    if ("none".equals(targets)) {
      return List.of();
    }
    if (found.isEmpty()) {
      reporter.report(Diagnostic.NO_TARGET, Place.NONE);
    }
    if (targets == null) {
      return found;
    }
    List<String> known = found.stream().map(Target::name).toList();
    for (String name : names(targets)) {
      if (!known.contains(name)) {
        reporter.report(
            Diagnostic.BAD_OPTION,
            Place.NONE,
            "tilewright.targets",
            targets,
            "there is no target '" + name + "'",
            String.join(", ", known));
      }
    }
    return found.stream().filter(target -> names(targets).contains(target.name())).toList();
  }

  private KernelModule.Language language(Reporter reporter) {
    if (writer == null) {
      return null;
    }
    try {
      return KernelModule.Language.valueOf(writer.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException _) {
      reporter.report(
          Diagnostic.BAD_OPTION,
          Place.NONE,
          "tilewright.writer",
          writer,
          "there is no such writer",
          "llvm or c");
      return null;
    }
  }

  private static List<String> names(String list) {
    return Arrays.stream(list.split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
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
