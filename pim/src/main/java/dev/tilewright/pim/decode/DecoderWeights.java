package dev.tilewright.pim.decode;

import dev.tilewright.pim.map.Elements;
import java.util.List;

/**
 * The weights of a GPT-2-shaped transformer, wherever they come from.
 *
 * @param tokens {@code vocabulary x width}
 * @param positions {@code context x width}
 * @param norm of the last layer norm
 */
public record DecoderWeights(Elements tokens, Elements positions, List<Layer> layers, Norm norm) {
  public DecoderWeights {
    layers = List.copyOf(layers);
  }

  /** A layer norm's gain and bias, {@code width} each. */
  public record Norm(float[] gain, float[] bias) {}

  /** A matrix of {@code outputs x depth} and a bias an output. */
  public record Affine(Elements matrix, float[] bias) {}

  /**
   * One layer.
   *
   * @param qkv {@code 3 width x width}: queries, keys, values
   */
  public record Layer(
      Norm before, Affine qkv, Affine project, Norm between, Affine up, Affine down) {}
}
