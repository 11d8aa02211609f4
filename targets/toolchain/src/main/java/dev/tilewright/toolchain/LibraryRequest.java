package dev.tilewright.toolchain;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Everything that the bytes of a library depend on, beside the version of the tools.
 *
 * @param sources at least one translation unit; LLVM text and C may be mixed
 * @param machine what to generate code for
 * @param exports the symbols that the library offers, and the only ones that can be seen from
 *     outside
 * @param optimization the optimisation pipeline
 */
public record LibraryRequest(
    List<Source> sources, TargetMachine machine, List<String> exports, Optimization optimization) {
  private static final Pattern SYMBOL = Pattern.compile("[A-Za-z_][A-Za-z0-9_.$]*");

  /**
   * @throws IllegalArgumentException if there is no source or no export, an export is not a symbol
   *     name, or a pipeline of its own is asked for where the format has none
   */
  public LibraryRequest {
    sources = List.copyOf(sources);
    exports = exports.stream().distinct().sorted().toList();
    if (sources.isEmpty()) {
      throw new IllegalArgumentException("Expected at least one source.");
    }
    if (exports.isEmpty()) {
      throw new IllegalArgumentException(
          "Expected at least one exported symbol: a library without one cannot be called.");
    }
    for (String export : exports) {
      if (!SYMBOL.matcher(export).matches()) {
        throw new IllegalArgumentException(
            "Expected the name of a symbol to export, got '" + export + "'.");
      }
    }
    if (optimization.passes().isPresent() && machine.format() != ObjectFormat.ELF) {
      throw new IllegalArgumentException(
          "Expected the standard pipeline for "
              + machine.format()
              + " libraries, got '"
              + optimization.pipeline()
              + "': use Optimization.of(level).");
    }
  }

  /** A library of one or more sources at level 3. */
  public static LibraryRequest of(TargetMachine machine, List<String> exports, Source... sources) {
    return new LibraryRequest(List.of(sources), machine, exports, Optimization.O3);
  }
}
