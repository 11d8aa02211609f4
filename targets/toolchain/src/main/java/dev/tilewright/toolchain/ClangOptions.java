package dev.tilewright.toolchain;

import java.util.ArrayList;
import java.util.List;

/** The options that clang gets whatever the request says. */
final class ClangOptions {
  /**
   * For C. Freestanding, with nothing from the machine's folders; loops are not turned into calls;
   * floating point is evaluated as written; symbols that are not exported can be inlined although
   * the linker decides what is exported.
   */
  static final List<String> C =
      List.of(
          "-std=c17",
          "-ffreestanding",
          "-fno-builtin",
          "-nostdlibinc",
          "-ffp-contract=off",
          "-fno-math-errno",
          "-fno-semantic-interposition",
          "-fno-stack-protector",
          "-fno-asynchronous-unwind-tables");

  private ClangOptions() {}

  /** For LLVM text: as the linker treats it, loops that clear or copy stay loops. */
  static List<String> irOptions(String file) {
    return List.of("-Wno-override-module", "-mllvm", "-disable-loop-idiom-all", "-x", "ir", file);
  }

  /**
   * For every input: the machine, and code that can be loaded anywhere and has no trace of where it
   * was made.
   */
  static List<String> of(TargetMachine machine) {
    List<String> options =
        new ArrayList<>(List.of("--no-default-config", "-target", machine.triple()));
    options.add((machine.isX86() ? "-march=" : "-mcpu=") + machine.cpu());
    for (String feature : machine.features()) {
      options.addAll(List.of("-Xclang", "-target-feature", "-Xclang", feature));
    }
    options.addAll(List.of("-fno-ident", "-ffunction-sections"));
    // Objects for Windows would have the time in them.
    options.add(
        machine.format() == ObjectFormat.PE ? "-mno-incremental-linker-compatible" : "-fPIC");
    return options;
  }
}
