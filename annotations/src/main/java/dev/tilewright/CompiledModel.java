package dev.tilewright;

/**
 * What every {@link Model} extends: a loaded model owns native memory and workers until it is
 * closed.
 */
public interface CompiledModel extends AutoCloseable {
  /** Ends running calls and frees everything. Closing again does nothing. */
  @Override
  void close();

  /**
   * What was loaded, for people to read: target, CPU features, size of the library, workers, bytes
   * of weights and workspace and the pages that they lie on.
   */
  String describe();

  /**
   * The bytes of native memory that a call of an entry takes besides the weights: the values
   * between kernels, each worker's scratch, and copies of arguments and results. They were planned
   * when the model was compiled, so asking costs and allocates nothing.
   *
   * @param entry the entry's name
   * @param extents the symbolic extents in the order in which the entry's parameters first name
   *     them, such as {@code B, S}; each at least 1
   * @throws IllegalArgumentException if there is no such entry, or it has another number of extents
   * @throws UnsupportedOperationException if the model runs eagerly, where nothing is planned
   * @throws RuntimeException of the kind that a call would throw, if the extents are more than the
   *     declaration allows or the memory is more than 64 bits can count
   */
  long peakBytes(String entry, long... extents);
}
