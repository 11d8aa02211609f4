package dev.tilewright.codegen.emit;

/** For operations that no language has: a pass must have written them in others. */
final class Unexpanded {
  private Unexpanded() {}

  static IllegalArgumentException of(Enum<?> op) {
    return new IllegalArgumentException(
        op + " reached a writer; ExpandNarrow and ExpandMath come before");
  }
}
