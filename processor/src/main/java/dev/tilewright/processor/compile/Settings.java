package dev.tilewright.processor.compile;

import dev.tilewright.Precision;
import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.Platform;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.cost.Tuning;
import dev.tilewright.processor.Option;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.diagnose.Place;
import dev.tilewright.processor.diagnose.Reporter;
import dev.tilewright.processor.tune.TuneOptions;
import dev.tilewright.schema.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What the options come to; a value that makes no sense is reported. */
final class Settings {
  private static final String NONE = "none";
  private static final String HOST = "host";
  private static final String ALL = "all";
  private static final int SECONDS = 60;
  private static final String SIZES =
      "a value for each symbolic extent of an entry, such as B=1,S=128;B=8,S=64";

  private final Function<Option, String> options;

  /**
   * @param options the value of each option; null for its default
   */
  Settings(Function<Option, String> options) {
    this.options = options;
  }

  /** Those to compile for. */
  List<Target> targets(List<Target> found, Reporter reporter) {
    String value = options.apply(Option.TARGETS);
    if (NONE.equals(value)) {
      return List.of();
    }
    if (found.isEmpty()) {
      reporter.report(Diagnostic.NO_TARGET, Place.NONE);
    }
    if (value == null) {
      return found.stream().filter(target -> !target.isOnRequest()).toList();
    }
    List<String> known = found.stream().map(Target::name).toList();
    for (String name : names(value)) {
      if (!known.contains(name)) {
        bad(
            reporter,
            Option.TARGETS,
            "there is no target '" + name + "'",
            String.join(", ", known));
      }
    }
    return found.stream().filter(target -> names(value).contains(target.name())).toList();
  }

  /** What to compile in: the option's, or those that the model declares. */
  List<Precision> precisions(List<Precision> declared, Reporter reporter) {
    String value = options.apply(Option.PRECISIONS);
    if (value == null) {
      return declared;
    }
    List<Precision> asked = new ArrayList<>();
    for (String label : names(value)) {
      try {
        Precision precision = Precision.ofLabel(label);
        if (!asked.contains(precision)) {
          asked.add(precision);
        }
      } catch (IllegalArgumentException _) {
        bad(
            reporter,
            Option.PRECISIONS,
            "there is no precision '" + label + "'",
            "among " + Precision.labels());
      }
    }
    return asked;
  }

  /** What to compile for, in the order of {@link Platform}. */
  List<String> platforms(Reporter reporter) {
    String value = options.apply(Option.PLATFORMS);
    Set<Platform> asked = EnumSet.noneOf(Platform.class);
    for (String name : value == null ? List.of(HOST) : names(value)) {
      Optional<Platform> platform = name.equals(HOST) ? Platform.host() : Platform.of(name);
      if (name.equals(ALL)) {
        asked.addAll(EnumSet.allOf(Platform.class));
      } else if (platform.isPresent()) {
        asked.add(platform.get());
      } else {
        reporter.report(
            Diagnostic.BAD_OPTION,
            Place.NONE,
            Option.PLATFORMS.key(),
            value == null ? HOST : value,
            name.equals(HOST)
                ? "this machine is none of the platforms there are"
                : "there is no platform '" + name + "'",
            "all, host, or among " + Arrays.toString(Platform.values()));
      }
    }
    return asked.stream().map(Platform::id).toList();
  }

  /** What kernels are written in; null for what the target prefers. */
  Language language(Reporter reporter) {
    String value = options.apply(Option.WRITER);
    if (value == null) {
      return null;
    }
    try {
      return Language.valueOf(value.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException _) {
      bad(reporter, Option.WRITER, "there is no such writer", "llvm or c");
      return null;
    }
  }

  /** Where headers and static libraries go. */
  Optional<Path> cFolder() {
    return Optional.ofNullable(options.apply(Option.C)).map(Path::of);
  }

  /** Where the table of sizes goes. */
  Optional<Path> sizes() {
    return Optional.ofNullable(options.apply(Option.SIZES)).map(Path::of);
  }

  /** Where traces go. */
  Optional<Path> trace() {
    return Optional.ofNullable(options.apply(Option.TRACE)).map(Path::of);
  }

  /** Measured sizes of tiles. */
  Tuning tuning(Reporter reporter) {
    return read(Option.TUNING, Tuning::parse, "a tuning file", reporter).orElse(Tuning.NONE);
  }

  /** How to tune, if that is asked for. */
  Optional<TuneOptions> tune(Reporter reporter) {
    String file = options.apply(Option.TUNE);
    if (file == null) {
      return Optional.empty();
    }
    if (options.apply(Option.TUNING) != null) {
      bad(reporter, Option.TUNE, "tilewright.tuning is given, too", "one of the two");
    }
    Path path = Path.of(file).toAbsolutePath();
    Path place = Files.exists(path) ? path : path.getParent();
    if (Files.isDirectory(path) || !Files.isWritable(place)) {
      bad(reporter, Option.TUNE, "it cannot be written", "a file in a folder that exists");
    }
    List<Map<String, Long>> sizes = List.of();
    int seconds = SECONDS;
    try {
      String value = options.apply(Option.TUNE_SIZES);
      sizes = value == null ? sizes : TuneOptions.parseSizes(value);
    } catch (IllegalArgumentException e) {
      bad(reporter, Option.TUNE_SIZES, e.getMessage(), SIZES);
    }
    try {
      String value = options.apply(Option.TUNE_SECONDS);
      seconds = value == null ? seconds : Integer.parseInt(value);
    } catch (NumberFormatException _) {
      seconds = 0;
    }
    if (seconds < 1) {
      bad(reporter, Option.TUNE_SECONDS, "that is no time", "a whole number of seconds");
    }
    return Optional.of(new TuneOptions(path, sizes, seconds));
  }

  /** What the file to write holds already. */
  Tuning tuned(Reporter reporter) {
    String file = options.apply(Option.TUNE);
    return Files.isRegularFile(Path.of(file))
        ? read(Option.TUNE, Tuning::parse, "a tuning file, or none yet", reporter)
            .orElse(Tuning.NONE)
        : Tuning.NONE;
  }

  /** The sizes to measure with do not suit a model. */
  void badSizes(Reporter reporter, String why) {
    if (options.apply(Option.TUNE_SIZES) == null) {
      reporter.report(
          Diagnostic.BAD_OPTION,
          Place.NONE,
          Option.TUNE.key(),
          options.apply(Option.TUNE),
          why,
          "accompanied by -A" + Option.TUNE_SIZES.key());
    } else {
      bad(reporter, Option.TUNE_SIZES, why, SIZES);
    }
  }

  /** Measured times, if they are of the library with that title. */
  Optional<Profile> profile(String title, Reporter reporter) {
    return read(
            Option.PROFILE, Profile::parse, "a file that LoadOptions.withProfile wrote", reporter)
        .filter(profile -> title.equals(profile.model() + "-" + profile.target()));
  }

  private <T> Optional<T> read(
      Option option, Function<String, T> parser, String expected, Reporter reporter) {
    String file = options.apply(option);
    if (file == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(parser.apply(Files.readString(Path.of(file))));
    } catch (IOException e) {
      bad(reporter, option, "it cannot be read: " + e, expected);
    } catch (IllegalArgumentException e) {
      bad(reporter, option, e.getMessage(), expected);
    }
    return Optional.empty();
  }

  private void bad(Reporter reporter, Option option, String why, String expected) {
    reporter.report(
        Diagnostic.BAD_OPTION, Place.NONE, option.key(), options.apply(option), why, expected);
  }

  private static List<String> names(String list) {
    return Arrays.stream(list.split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
  }
}
