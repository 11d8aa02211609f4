package dev.tilewright.pim.map;

/**
 * The extents of attention.
 *
 * @param heads heads of the query
 * @param keyHeads heads of keys and values, which divide them: query head {@code h} reads key head
 *     {@code h / (heads / keyHeads)}
 * @param head dimensions of a head
 * @param context tokens for which there is room
 */
public record AttentionSize(int heads, int keyHeads, int head, int context) {
  public AttentionSize {
    if (keyHeads < 1 || head < 1 || context < 1 || heads < 1 || heads % keyHeads != 0) {
      throw new IllegalArgumentException(
          "%d heads over %d key heads of %d dimensions, context %d: all are at least 1, and key heads divide heads"
              .formatted(heads, keyHeads, head, context));
    }
  }

  /** Query heads that share a key head. */
  public int shared() {
    return heads / keyHeads;
  }
}
