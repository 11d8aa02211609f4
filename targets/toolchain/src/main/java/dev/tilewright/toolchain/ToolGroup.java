package dev.tilewright.toolchain;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tools that are extracted together, so that LLVM text never waits for the files that only C needs.
 */
enum ToolGroup {
  LINK("LLVM assembler and linker", "libLLVM", Pattern.compile("libLLVM\\.(so|dylib)")),
  COMPILE_C(
      "LLVM C compiler",
      "libclang-cpp",
      Pattern.compile("libclang-cpp\\.(so|dylib)|lib/clang/[0-9]+/include/[a-z0-9_]+\\.h")),
  INSPECT("LLVM inspection tools", "", Pattern.compile("(?!)"));

  private final String description;
  private final String library;
  private final Pattern companions;

  ToolGroup(String description, String library, Pattern companions) {
    this.description = description;
    this.library = library;
    this.companions = companions;
  }

  /** For people: what is being extracted. */
  String description() {
    return description;
  }

  /** The stem of the shared library that this group brings; empty if it has none. */
  Optional<String> library() {
    return Optional.of(library).filter(name -> !name.isEmpty());
  }

  /**
   * Whether a file of the artifact, named from its platform folder, belongs to this group without
   * being a tool.
   */
  boolean isCompanion(String file) {
    return companions.matcher(file).matches();
  }
}
