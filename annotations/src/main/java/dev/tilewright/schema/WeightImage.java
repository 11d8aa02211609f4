package dev.tilewright.schema;

import dev.tilewright.op.PrimitiveText;
import dev.tilewright.schema.ModelSchema.Part;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import dev.tilewright.schema.ModelSchema.WeightStep;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;

/**
 * The file of a model's weights as the kernels of a target and precision want them, to be read or
 * mapped at an address that is a multiple of 64. Little-endian words of 64 bits:
 *
 * <pre>
 * 0  {@link #MAGIC}
 * 1  the file's size in bytes
 * 2  the number of weights
 * 3  0
 * 4  the {@link #digest} of the weight table, four words
 * 8  for each weight where it begins, in bytes from the file's start, a multiple of 64
 * </pre>
 *
 * The weights follow, as {@link ModelSchema.Layout} says.
 */
public final class WeightImage {
  /** The first eight bytes: {@code twimage1}. */
  public static final long MAGIC = 0x3165_6761_6d69_7774L;

  /** Words before the places of the weights. */
  public static final int HEADER = 8;

  private WeightImage() {}

  /**
   * Tells weight tables apart by all that enters the bytes of the image: layouts, names and types
   * of tensors and what is computed of them; not by places in sources.
   */
  public static long[] digest(List<WeightRecipe> weights) {
    StringBuilder text = new StringBuilder();
    for (WeightRecipe weight : weights) {
      text.append(weight.layout()).append('\n');
      for (Part part : weight.parts()) {
        text.append(part.name()).append(' ').append(part.type()).append('\n');
      }
      for (WeightStep step : weight.steps()) {
        text.append(PrimitiveText.print(step.primitive()))
            .append(step.operands())
            .append(step.type())
            .append('\n');
      }
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      long[] words = new long[digest.length / Long.BYTES];
      ByteBuffer.wrap(digest).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(words);
      return words;
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
