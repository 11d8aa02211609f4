package dev.tilewright.toolchain;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tools that are extracted together, so that LLVM text never waits for the files that only C needs.
 */
enum ToolGroup {
  LINK("LLVM assembler and linker", "libLLVM", null),
  COMPILE_C(
      "LLVM C compiler",
      "libclang-cpp",
      Pattern.compile("lib/clang/[0-9]+/include/[a-z0-9_]+\\.h")),
  INSPECT("LLVM inspection tools", null, null);

  private final String description;
  private final String library;
  private final Pattern headers;

  ToolGroup(String description, String library, Pattern headers) {
    this.description = description;
    this.library = library;
    this.headers = headers;
  }

  /** For people: what is being extracted. */
  String description() {
    return description;
  }

  List<Tool> tools() {
    return Arrays.stream(Tool.values()).filter(tool -> tool.group() == this).toList();
  }

  /**
   * The names that the group's shared library may have in the artifact; where it has none of them,
   * the programs contain it.
   */
  List<String> libraries() {
    return library == null
        ? List.of()
        : Stream.of(ObjectFormat.ELF, ObjectFormat.MACHO)
            .map(format -> library + format.librarySuffix())
            .toList();
  }

  /** The headers that the group brings, named from the platform folder of the artifact. */
  Optional<Pattern> headers() {
    return Optional.ofNullable(headers);
  }
}
