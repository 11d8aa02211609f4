package dev.tilewright.bench.peer;

/** Something that embeds sentences. */
public interface Contender extends AutoCloseable {
  /** The implementation's name. */
  String name();

  Precision precision();

  /** Whether it takes part in measuring this batch. */
  default boolean takes(Batch batch) {
    return true;
  }

  /** Makes the inputs of the calls to come. */
  void prepare(Batch batch) throws Exception;

  /** One forward pass over the batch. */
  void call() throws Exception;

  @Override
  void close();
}
