package dev.tilewright.codegen;

import dev.tilewright.Precision;
import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.cost.Tuning;

/**
 * How a target is to compile a program.
 *
 * @param platform such as {@code linux-x86_64}
 * @param language what to write the kernels in; null for what the target prefers. Both give the
 *     same bits.
 * @param precision in which the program multiplies
 * @param tuning measured sizes of tiles
 */
public record CompileOptions(
    String platform, Language language, Precision precision, Tuning tuning) {
  /** What the target prefers, for a platform, in FLOAT32. */
  public static CompileOptions of(String platform) {
    return new CompileOptions(platform, null, Precision.FLOAT32, Tuning.NONE);
  }

  public CompileOptions withLanguage(Language other) {
    return new CompileOptions(platform, other, precision, tuning);
  }

  public CompileOptions withTuning(Tuning other) {
    return new CompileOptions(platform, language, precision, other);
  }

  public CompileOptions withPrecision(Precision other) {
    return new CompileOptions(platform, language, other, tuning);
  }
}
