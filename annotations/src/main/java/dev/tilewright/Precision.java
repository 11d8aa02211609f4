package dev.tilewright;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * In which element types a compiled model multiplies. Everything else (norms, softmax, activations,
 * residuals, sums) is computed in FLOAT32 whatever the precision, and so are a model's parameters
 * and results: a precision changes how near the results are, not how the model is called.
 *
 * <p>Which precisions a model is compiled in is said by {@link Model#precisions}; which of them is
 * loaded by {@code LoadOptions.withPrecision}.
 *
 * {@snippet :
 * @Model(precisions = {Precision.BFLOAT16, Precision.FLOAT32})
 * public interface Projector extends CompiledModel {
 *   @Linear(out = 16) Tensor up(Tensor x);
 *
 *   @Entry
 *   default @Shape({"B", "16"}) Tensor project(@Shape({"B", "4"}) Tensor x) {
 *     return up(x);
 *   }
 * }
 * }
 */
public enum Precision {
  /** Products and sums in FLOAT32. */
  FLOAT32,

  /** Operands of every product are rounded to BFLOAT16, sums are kept in FLOAT32. */
  BFLOAT16,

  /**
   * Products with weights in integers. Each row of activations is quantised to UINT8 with a scale
   * and a zero point of its own, each channel of a weight to INT8 with a scale of its own; sums are
   * exact. Products of activations with each other are those of {@link #BFLOAT16}.
   */
  INT8,

  /** Weights of products are stored in BFLOAT16; products and sums in FLOAT32. */
  BFLOAT16_WEIGHTS,

  /**
   * Weights of products are stored in INT8 with a scale a channel; products and sums in FLOAT32.
   */
  INT8_WEIGHTS,

  /**
   * Products with weights in integers, in blocks of 32 along the summed axis. A weight that its
   * file holds in blocks (GGUF's quantised types) is multiplied as it stands there, any other is
   * quantised to INT8 with a scale a block; so are the tables that rows are taken from. Activations
   * are quantised to INT8 with a scale a block. Products of activations with each other are those
   * of {@link #BFLOAT16}.
   */
  INT8_BLOCKS;

  /** Whether products with weights are of bytes: INT8 and INT8_BLOCKS. */
  public boolean isInteger() {
    return this == INT8 || this == INT8_BLOCKS;
  }

  /** The name in options, files and messages: {@code bfloat16}, {@code int8-weights}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The precision of that label.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Precision ofLabel(String label) {
    for (Precision precision : values()) {
      if (precision.label().equals(label)) {
        return precision;
      }
    }
    throw new IllegalArgumentException(
        "no precision is called '" + label + "'; there are " + labels());
  }

  /** All labels, separated by commas. */
  public static String labels() {
    return Arrays.stream(values()).map(Precision::label).collect(Collectors.joining(", "));
  }

  @Override
  public String toString() {
    return label();
  }
}
