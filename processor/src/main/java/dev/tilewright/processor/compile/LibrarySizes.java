package dev.tilewright.processor.compile;

import dev.tilewright.schema.ModelSchema.LibrarySchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How large the libraries of a model are, in words. */
final class LibrarySizes {
  private LibrarySizes() {}

  /**
   * What javac notes of a model, a line for each platform:
   *
   * <pre>
   * a.b.MiniLm: linux-x86_64 1278.4 kB: avx2 71.6, avx2-bfloat16 102.5, ...
   * </pre>
   *
   * @return empty if there are no libraries
   */
  static Optional<String> note(String model, List<CompiledTarget> compiled) {
    Map<String, List<CompiledTarget>> platforms = new TreeMap<>();
    for (CompiledTarget library : compiled) {
      platforms
          .computeIfAbsent(library.schema().library().platform(), _ -> new ArrayList<>())
          .add(library);
    }
    if (platforms.isEmpty()) {
      return Optional.empty();
    }
    String lines =
        platforms.entrySet().stream()
            .map(platform -> line(platform.getKey(), platform.getValue()))
            .collect(Collectors.joining("\n  "));
    return Optional.of(model + ":" + (platforms.size() == 1 ? " " : "\n  ") + lines);
  }

  /**
   * A library and its functions as lines of a table: model, platform, target, precision, function
   * and bytes, separated by tabs. The library itself has no function's name, its file's size.
   */
  static String table(CompiledTarget compiled, Map<String, Long> functions) {
    LibrarySchema library = compiled.schema().library();
    String place =
        String.join(
            "\t",
            compiled.schema().model(),
            library.platform(),
            library.target(),
            library.precision().toString());
    StringBuilder lines = new StringBuilder();
    lines.append(place + "\t\t" + compiled.library().length + "\n");
    functions.forEach((name, bytes) -> lines.append(place + "\t" + name + "\t" + bytes + "\n"));
    return lines.toString();
  }

  private static String line(String platform, List<CompiledTarget> libraries) {
    long sum = libraries.stream().mapToLong(library -> library.library().length).sum();
    String each =
        libraries.stream()
            .map(library -> name(library.schema().library()) + " " + kilobytes(library))
            .sorted()
            .collect(Collectors.joining(", "));
    return String.format(Locale.ROOT, "%s %.1f kB: %s", platform, sum / 1e3, each);
  }

  private static String name(LibrarySchema library) {
    return library.target() + ModelCompiler.suffix(library.precision());
  }

  private static String kilobytes(CompiledTarget library) {
    return String.format(Locale.ROOT, "%.1f", library.library().length / 1e3);
  }
}
