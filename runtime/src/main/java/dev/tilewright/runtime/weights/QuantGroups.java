package dev.tilewright.runtime.weights;

/**
 * Elements {@code scale*quant + offset} in groups of {@link #SIZE} neighbours that share scale and
 * offset, filled one group after the other.
 */
public final class QuantGroups {
  /** Elements with a scale and an offset of their own. */
  public static final int SIZE = 32;

  private final byte[] quants;
  private final float[] scales;
  private final float[] offsets;
  private int filled;

  /** Groups of zeros. */
  public QuantGroups(int groups) {
    this.quants = new byte[Math.multiplyExact(groups, SIZE)];
    this.scales = new float[groups];
    this.offsets = new float[groups];
  }

  /** The unsigned bytes, one an element. */
  public byte[] quants() {
    return quants;
  }

  /** The scales, one a group. */
  public float[] scales() {
    return scales;
  }

  /** The offsets, one a group. */
  public float[] offsets() {
    return offsets;
  }

  /** Begins the next group; answers where its quants go. */
  public int begin(float scale, float offset) {
    scales[filled] = scale;
    offsets[filled] = offset;
    return SIZE * filled++;
  }
}
