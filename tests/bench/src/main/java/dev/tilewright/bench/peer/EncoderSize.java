package dev.tilewright.bench.peer;

/**
 * What decides how much an encoder has to compute.
 *
 * @param layers how many
 * @param width elements of a token
 * @param hidden elements between the two wide products of a layer
 * @param gated whether a third wide product gates the hidden elements
 */
public record EncoderSize(int layers, int width, int hidden, boolean gated) {
  /** all-MiniLM-L6-v2. */
  public static final EncoderSize MINI_LM = new EncoderSize(6, 384, 1536, false);

  /**
   * Operations of the products alone, two a multiply-add: four square and two or three wide ones a
   * token, scores and values a pair of tokens of one sentence. Padding counts nothing.
   */
  public double flops(Batch batch) {
    double square = 4.0 * width * width;
    double wide = (gated ? 3.0 : 2.0) * width * hidden;
    double sum = 0;
    for (int length : batch.lengths()) {
      sum += length * (2 * (square + wide) + 4.0 * length * width);
    }
    return layers * sum;
  }
}
