package dev.tilewright.toolchain;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The machine that a library is generated for; never the machine that happens to compile it.
 *
 * @param triple an LLVM target triple, such as {@code x86_64-unknown-linux-gnu}
 * @param cpu an LLVM processor name, such as {@code x86-64-v3}, {@code znver4} or {@code generic}
 * @param features subtarget features beyond those of the processor, such as {@code +avx512bf16} or
 *     {@code -fma}
 */
public record TargetMachine(String triple, String cpu, List<String> features) {
  private static final Pattern TRIPLE = Pattern.compile("[A-Za-z0-9_.]+(-[A-Za-z0-9_.]+){2,3}");
  private static final Pattern CPU = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
  private static final Pattern FEATURE = Pattern.compile("[+-][A-Za-z0-9][A-Za-z0-9._-]*");

  /**
   * @throws IllegalArgumentException if a part is not of the form above, or if the processor is
   *     {@code native}, which would make the bytes depend on the machine that compiles
   */
  public TargetMachine {
    features = List.copyOf(features);
    require(TRIPLE, triple, "a target triple such as x86_64-unknown-linux-gnu");
    require(CPU, cpu, "a processor name such as x86-64-v3");
    features.forEach(feature -> require(FEATURE, feature, "a feature such as +avx512f"));
    if (cpu.equals("native") || cpu.equals("help")) {
      throw new IllegalArgumentException(
          "Expected the name of a processor, not '"
              + cpu
              + "': name the processor that"
              + " the library is for, so that every host builds the same bytes.");
    }
  }

  /** A machine without features beyond those of its processor. */
  public static TargetMachine of(String triple, String cpu) {
    return new TargetMachine(triple, cpu, List.of());
  }

  /** The format of this machine's libraries. */
  public ObjectFormat format() {
    return ObjectFormat.ofTriple(triple);
  }

  /** The first part of the triple: {@code x86_64}, {@code aarch64}, {@code arm64}, ... */
  public String architecture() {
    return triple.substring(0, triple.indexOf('-'));
  }

  boolean isX86() {
    return architecture().equals("x86_64");
  }

  boolean isArm64() {
    return architecture().equals("aarch64") || architecture().equals("arm64");
  }

  /**
   * The data layout that LLVM 20 uses for this triple; empty for architectures other than x86-64
   * and 64-bit Arm, whose LLVM text must state its own.
   */
  public Optional<String> dataLayout() {
    String mangling =
        switch (format()) {
          case ELF -> "e-m:e";
          case MACHO -> "e-m:o";
          case PE -> "e-m:w";
        };
    String addressSpaces = "-p270:32:32-p271:32:32-p272:64:64";
    if (isX86()) {
      return Optional.of(mangling + addressSpaces + "-i64:64-i128:128-f80:128-n8:16:32:64-S128");
    }
    if (isArm64()) {
      String integers =
          switch (format()) {
            case ELF -> "-i8:8:32-i16:16:32-i64:64-i128:128";
            case MACHO -> "-i64:64-i128:128";
            case PE -> "-p:64:64-i32:32-i64:64-i128:128";
          };
      return Optional.of(mangling + addressSpaces + integers + "-n32:64-S128-Fn32");
    }
    return Optional.empty();
  }

  private static void require(Pattern form, String value, String expected) {
    if (!form.matcher(value).matches()) {
      throw new IllegalArgumentException("Expected " + expected + ", got '" + value + "'.");
    }
  }
}
