package dev.tilewright.toolchain;

import java.util.List;
import java.util.regex.Pattern;

/** One translation unit. Its name appears in messages only, never in the library. */
public sealed interface Source {
  /** A file name without a folder: letters, digits, dot, dash, underscore; at most 80. */
  String name();

  /** The whole text. */
  String text();

  /**
   * A module of LLVM text. Where the module has no {@code target triple} or {@code target
   * datalayout} line, those of the request are used.
   */
  record LlvmText(String name, String text) implements Source {
    /**
     * @throws IllegalArgumentException if the name has other characters
     */
    public LlvmText {
      requireName(name);
    }
  }

  /**
   * A C17 translation unit, compiled freestanding: no C library, only the compiler's own headers
   * ({@code stdint.h}, {@code immintrin.h}, {@code arm_neon.h}, ...). Products and sums are not
   * contracted unless the source says so.
   *
   * @param options further options of the families {@code -D}, {@code -f}, {@code -m}, {@code -W}
   *     and {@code -std=}
   */
  record C(String name, String text, List<String> options) implements Source {
    private static final Pattern ALLOWED = Pattern.compile("-(D|f|m|W|std=)[^/\\\\]*");
    private static final Pattern REFUSED =
        Pattern.compile(".*=native|-m(llvm|linker.*)|-f.*plugin.*|-W[alp],.*");

    /**
     * @throws IllegalArgumentException if the name has other characters, or an option is of another
     *     family, has a path, loads a plug-in or asks for the compiling machine's processor
     */
    public C {
      requireName(name);
      options = List.copyOf(options);
      for (String option : options) {
        if (!ALLOWED.matcher(option).matches() || REFUSED.matcher(option).matches()) {
          throw new IllegalArgumentException(
              "Expected a C option of the families -D, -f, -m, -W, -std= without paths,"
                  + " plug-ins or 'native', got '"
                  + option
                  + "'.");
        }
      }
    }

    /** A translation unit without further options. */
    public C(String name, String text) {
      this(name, text, List.of());
    }
  }

  private static void requireName(String name) {
    if (!name.matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,79}")) {
      throw new IllegalArgumentException(
          "Expected a source name of letters, digits, '.', '-' and '_' (at most 80), got '"
              + name
              + "'.");
    }
  }
}
