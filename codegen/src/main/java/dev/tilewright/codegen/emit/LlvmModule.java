package dev.tilewright.codegen.emit;

import dev.tilewright.codegen.KernelModule.Intrinsic;
import dev.tilewright.codegen.tile.Extension;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What the functions of an LLVM module share: declarations and the numbers of loops. */
final class LlvmModule {
  private final Set<String> declarations = new TreeSet<>();
  private final Set<String> defined = new TreeSet<>();
  private final Set<String> definitions = new TreeSet<>();
  private final Map<Extension, Intrinsic> intrinsics;
  private int loops;

  /**
   * @param intrinsics what the machine's extensions are called
   */
  LlvmModule(Map<Extension, Intrinsic> intrinsics) {
    this.intrinsics = intrinsics;
  }

  boolean has(Extension extension) {
    return intrinsics.containsKey(extension);
  }

  /** The name of an extension's intrinsic function. */
  String intrinsic(Extension extension) {
    Intrinsic intrinsic = intrinsics.get(extension);
    if (intrinsic == null) {
      throw Unexpanded.of(extension);
    }
    if (!intrinsic.llvmDefinition().isEmpty()) {
      defined.add(intrinsic.llvm());
      StringBuilder definition = new StringBuilder();
      for (String line : intrinsic.llvmDefinition().lines().toList()) {
        if (line.startsWith("declare ")) {
          declarations.add(line);
        } else {
          definition.append(line).append('\n');
        }
      }
      definitions.add(definition.toString());
    }
    return intrinsic.llvm();
  }

  /** Declares a function unless it is defined. */
  void declare(String result, String name, String types) {
    if (!defined.contains(name)) {
      declare(result + " @" + name + "(" + types + ")");
    }
  }

  void declare(String declaration) {
    declarations.add("declare " + declaration);
  }

  /** The metadata of one more loop: LLVM is to leave it as the passes made it. */
  String loop() {
    return "!" + (FIRST_LOOP + loops++);
  }

  private static final int FIRST_LOOP = 2;

  /** The declarations, the definitions and the metadata. */
  String text() {
    StringBuilder text = new StringBuilder();
    definitions.forEach(text::append);
    declarations.forEach(declaration -> text.append(declaration).append('\n'));
    text.append(
        "\n"
            + "!0 = !{!\"llvm.loop.unroll.disable\"}\n"
            + "!1 = !{!\"llvm.loop.vectorize.enable\", i1 false}\n");
    for (int i = 0; i < loops; i++) {
      int number = FIRST_LOOP + i;
      text.append("!" + number + " = distinct !{!" + number + ", !0, !1}\n");
    }
    return text.toString();
  }
}
