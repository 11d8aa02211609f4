package dev.tilewright.codegen;

import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.cost.Tuning;

/**
 * How a target is to compile a program.
 *
 * @param platform such as {@code linux-x86_64}
 * @param language what to write the kernels in; null for what the target prefers. Both give the
 *     same bits.
 * @param tuning measured sizes of tiles
 */
public record CompileOptions(String platform, Language language, Tuning tuning) {
  /** What the target prefers, for a platform. */
  public static CompileOptions of(String platform) {
    return new CompileOptions(platform, null, Tuning.NONE);
  }

  public CompileOptions withLanguage(Language other) {
    return new CompileOptions(platform, other, tuning);
  }

  public CompileOptions withTuning(Tuning other) {
    return new CompileOptions(platform, language, other);
  }
}
