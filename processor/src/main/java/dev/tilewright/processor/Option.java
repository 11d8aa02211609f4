package dev.tilewright.processor;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the processor can be told: {@code -Atilewright.targets=avx512} on javac's command line, else
 * the system property of the same name, else the environment variable {@code TILEWRIGHT_TARGETS},
 * else the default.
 */
public enum Option {
  TARGETS(
      "all for processors",
      "what to compile for, separated by commas; devices are compiled for where they are named;"
          + " 'none' writes the binding class alone"),
  PRECISIONS(
      "what each @Model declares",
      "float32, bfloat16, int8, bfloat16-weights or int8-weights, separated by commas; the first is"
          + " the default of the models"),
  PLATFORMS(
      "host",
      "what the jar shall run on, separated by commas: all, host (the machine that compiles),"
          + " linux-x86_64, linux-aarch64, macos-x86_64, macos-aarch64, windows-x86_64 or"
          + " windows-aarch64"),
  WRITER(
      "what the target prefers",
      "llvm or c: what the kernels are written in; both give the same bits"),
  C(
      "no C face",
      "a folder for a header of each model and, in a folder for each platform, a static library"
          + " that C, C++ and Rust can call"),
  SIZES(
      "no table",
      "a file for a table of the bytes of each library and kernel, separated by tabs; all are"
          + " linked once more for it"),
  TRACE("no trace", "a folder for the text of every pass and an index.html"),
  PROFILE(
      "no profile",
      "a file of measured times, which the trace's page shows beside what the cost model expects"),
  TUNING(
      "no tuning",
      "a file of measured sizes of tiles, which count before those that the cost model would"
          + " choose"),
  TUNE(
      "no measuring",
      "a file of measured sizes of tiles to write: this build measures on this machine, and"
          + " compiles with what it found; what the file holds of other products stays"),
  TUNE_SIZES(
      "two that suit each entry",
      "values of the symbolic extents to measure with, such as B=1,S=128;B=8,S=64"),
  TUNE_SECONDS("60", "about how long the libraries of a model, target and precision are measured"),
  CACHE("the user's cache folder", "a folder for the extracted tools and for compiled libraries"),
  HELP("false", "true prints this table");

  private final String byDefault;
  private final String help;

  Option(String byDefault, String help) {
    this.byDefault = byDefault;
    this.help = help;
  }

  /** The name, such as {@code tilewright.targets}. */
  public String key() {
    return "tilewright." + name().toLowerCase(Locale.ROOT).replace('_', '.');
  }

  /** What happens without it, in words. */
  public String byDefault() {
    return byDefault;
  }

  /** What it does, in words. */
  public String help() {
    return help;
  }

  /** The value that is in force; null for the default. */
  String value(Map<String, String> arguments) {
    String value = arguments.get(key());
    if (value == null) {
      value = System.getProperty(key());
    }
    if (value == null) {
      value = System.getenv("TILEWRIGHT_" + name());
    }
    return value == null || value.isBlank() ? null : value.strip();
  }

  /** All options with their defaults and meanings, one a line. */
  static String table() {
    return Arrays.stream(values())
        .map(
            option ->
                "  -A%-24s %s (default: %s)".formatted(option.key(), option.help, option.byDefault))
        .collect(Collectors.joining("\n"));
  }
}
