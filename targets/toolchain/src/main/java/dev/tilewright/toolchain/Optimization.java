package dev.tilewright.toolchain;

import java.util.Optional;

/**
 * How hard LLVM works.
 *
 * @param level 0 to 3, as in {@code -O3}
 * @param passes the pipeline for LLVM text in the syntax of LLVM's new pass manager, such as {@code
 *     function(sroa,instcombine)}; empty means {@code default<Olevel>}. Only ELF libraries can have
 *     a pipeline of their own
 */
public record Optimization(int level, Optional<String> passes) {
  /** The standard pipeline of level 3. */
  public static final Optimization O3 = of(3);

  /**
   * @throws IllegalArgumentException if the level is not in 0..3
   */
  public Optimization {
    if (level < 0 || level > 3) {
      throw new IllegalArgumentException(
          "Expected an optimisation level from 0 to 3, got " + level + ".");
    }
  }

  /** The standard pipeline of a level. */
  public static Optimization of(int level) {
    return new Optimization(level, Optional.empty());
  }

  String pipeline() {
    return passes.orElse("default<O" + level + ">");
  }
}
