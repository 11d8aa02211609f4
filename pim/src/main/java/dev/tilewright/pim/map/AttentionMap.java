package dev.tilewright.pim.map;

import dev.tilewright.pim.device.Device;

/**
 * The keys and values of one layer in the banks, with room for the whole context. Keys are a matrix
 * of {@code context x (key heads * head)}, each head filled up to whole columns and a chunk holding
 * whole heads; values one of {@code (key heads * head) x context}, each head filled up to whole
 * channels.
 */
public final class AttentionMap {
  private final AttentionSize size;
  private final MatrixMap keys;
  private final MatrixMap values;

  /**
   * Takes the rows of a layer's caches.
   *
   * @throws CapacityException if there are too few, or a head is longer than a row
   */
  public AttentionMap(RowAllocator rows, String name, AttentionSize size) {
    this.size = size;
    Device device = rows.device();
    int chunk = MatrixMap.longestChunk(device);
    if (headElements() > chunk) {
      throw new CapacityException(
          "a head of '%s' has %d dimensions, but a row and the global buffer of device %s hold %d"
              .formatted(name, size.head(), device.name(), chunk));
    }
    this.keys =
        MatrixMap.of(
            rows,
            name + ".keys",
            size.context(),
            size.keyHeads() * headElements(),
            chunk / headElements() * headElements());
    this.values =
        MatrixMap.of(
            rows,
            name + ".values",
            size.keyHeads() * MatrixMap.ceil(size.head(), device.banks()) * device.banks(),
            size.context());
  }

  public AttentionSize size() {
    return size;
  }

  /** Output {@code token}, depth {@code head * headElements + dimension}. */
  public MatrixMap keys() {
    return keys;
  }

  /** Output {@link #valueOutput}, depth {@code token}. */
  public MatrixMap values() {
    return values;
  }

  /** Columns that a head of a key takes. */
  public int headColumns() {
    return MatrixMap.ceil(size.head(), Device.LANES);
  }

  int headElements() {
    return headColumns() * Device.LANES;
  }

  /** The output of the values' matrix that holds a dimension of a key head. */
  public int valueOutput(int keyHead, int dimension) {
    return keyHead * headChannels() * values.device().banks() + dimension;
  }

  /** Channels that the dimensions of a head fill. */
  int headChannels() {
    return MatrixMap.ceil(size.head(), values.device().banks());
  }

  /** Key heads in a chunk of the keys, fewer in the last. */
  int chunkHeads(int q) {
    int most = keys.chunk() / headElements();
    return Math.min(most, size.keyHeads() - q * most);
  }

  /** The first key head of a chunk of the keys. */
  int firstHead(int q) {
    return q * (keys.chunk() / headElements());
  }

  /** Writes zeros to all of the caches: what no token has filled is multiplied with zero. */
  public void load(ColumnWriter banks) {
    keys.load((output, depth) -> 0, banks);
    values.load((output, depth) -> 0, banks);
  }

  void check(int position) {
    if (position < 0 || position >= size.context()) {
      throw new ContextException(keys.name(), position, size.context());
    }
  }
}
