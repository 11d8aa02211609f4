package dev.tilewright;

/**
 * What every {@link Model} extends: a loaded model owns native memory and workers until it is
 * closed.
 */
public interface CompiledModel extends AutoCloseable {
  /** Ends running calls and frees everything. Closing again does nothing. */
  @Override
  void close();

  /** What was loaded: library, CPU features, workers, bytes of weights. For people to read. */
  String describe();
}
