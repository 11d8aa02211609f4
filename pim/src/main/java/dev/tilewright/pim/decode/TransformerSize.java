package dev.tilewright.pim.decode;

import dev.tilewright.pim.map.AttentionSize;
import java.util.List;

/**
 * The extents of a GPT-2-shaped transformer.
 *
 * @param name for tables
 * @param width of the residual stream, a multiple of {@code heads}
 * @param mlp width between {@code up} and {@code down}
 * @param vocabulary rows of the embedding, which is the last matrix as well
 * @param context tokens for which caches and positions have room
 */
public record TransformerSize(
    String name, int layers, int width, int heads, int mlp, int vocabulary, int context) {

  /**
   * The models that PIM-GPT evaluates. GPT-3 XL is published with 24 heads of 128 at a width of
   * 2048, which do not fit together; here it has 16.
   */
  public static final List<TransformerSize> PIM_GPT =
      List.of(
          gpt("gpt2-small", 12, 768, 12, 1024),
          gpt("gpt2-medium", 24, 1024, 16, 1024),
          gpt("gpt2-large", 36, 1280, 20, 1024),
          gpt("gpt2-xl", 48, 1600, 25, 1024),
          gpt("gpt3-small", 12, 768, 12, 2048),
          gpt("gpt3-medium", 24, 1024, 16, 2048),
          gpt("gpt3-large", 24, 1536, 16, 2048),
          gpt("gpt3-xl", 24, 2048, 16, 2048));

  public TransformerSize {
    if (layers < 1 || heads < 1 || width < 1 || mlp < 1 || vocabulary < 1 || context < 1) {
      throw new IllegalArgumentException("'%s': every extent is at least 1".formatted(name));
    }
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "'%s': %d heads do not divide a width of %d".formatted(name, heads, width));
    }
  }

  private static TransformerSize gpt(String name, int layers, int width, int heads, int context) {
    return new TransformerSize(name, layers, width, heads, 4 * width, 50257, context);
  }

  public AttentionSize attention() {
    return new AttentionSize(heads, heads, width / heads, context);
  }

  /** Elements of all matrices that a step multiplies with. */
  public long matrixElements() {
    long layer = 4L * width * width + 2L * width * mlp;
    return layers * layer + (long) vocabulary * width;
  }

  /** Bytes that a processor would load for a step: matrices and caches in bf16. */
  public long bytesOfAStep(int tokens) {
    return 2 * (matrixElements() + 2L * layers * width * tokens);
  }
}
