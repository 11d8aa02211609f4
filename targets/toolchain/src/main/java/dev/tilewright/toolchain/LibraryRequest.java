package dev.tilewright.toolchain;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Everything that the bytes of a library depend on, beside the version of the tools.
 *
 * @param sources at least one translation unit; LLVM text and C may be mixed
 * @param machine what to generate code for
 * @param exports the symbols that the library offers, and the only ones that can be seen from
 *     outside
 * @param optimization the optimisation pipeline
 * @param parts what is compiled for machines of its own
 * @param imports what it takes from the operating system's libraries; nothing on ELF
 */
public record LibraryRequest(
    List<Source> sources,
    TargetMachine machine,
    List<String> exports,
    Optimization optimization,
    List<Part> parts,
    List<SystemImport> imports) {
  /**
   * A source for another processor of the same platform, such as code that must run before it is
   * known which processor there is.
   */
  public record Part(Source source, TargetMachine machine) {}

  /**
   * Functions of a library that every machine of the platform has.
   *
   * @param library as the system's loader knows it: {@code KERNEL32.dll}, {@code
   *     /usr/lib/libSystem.B.dylib}
   */
  public record SystemImport(String library, List<String> functions) {
    public SystemImport {
      functions = List.copyOf(functions);
    }
  }

  private static final Pattern SYMBOL = Pattern.compile("[A-Za-z_][A-Za-z0-9_.$]*");

  /**
   * @throws IllegalArgumentException if there is no source or no export, an export is not a symbol
   *     name, or a pipeline of its own is asked for where the format has none
   */
  public LibraryRequest {
    sources = List.copyOf(sources);
    exports = exports.stream().distinct().sorted().toList();
    parts = List.copyOf(parts);
    imports = List.copyOf(imports);
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
    if (!imports.isEmpty() && machine.format() == ObjectFormat.ELF) {
      throw new IllegalArgumentException(
          "Expected no imports of an ELF library, which runs with any C library, got " + imports);
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

  /** A library without parts or imports. */
  public LibraryRequest(
      List<Source> sources,
      TargetMachine machine,
      List<String> exports,
      Optimization optimization) {
    this(sources, machine, exports, optimization, List.of(), List.of());
  }

  /** This library with parts, exports of theirs, and imports. */
  public LibraryRequest with(List<Part> more, List<String> exported, List<SystemImport> imported) {
    List<String> all = Stream.concat(exports.stream(), exported.stream()).toList();
    return new LibraryRequest(sources, machine, all, optimization, more, imported);
  }
}
