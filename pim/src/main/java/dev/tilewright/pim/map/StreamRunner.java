package dev.tilewright.pim.map;

import dev.tilewright.pim.command.CommandStream;

/** What carries out a stream: a simulator, for its results or for its time. */
@FunctionalInterface
public interface StreamRunner {
  /**
   * Runs a stream.
   *
   * @param staging {@link CommandStream#slots} times 16 bf16: bindings to the memory are filled,
   *     bindings from it are to be filled
   */
  void run(CommandStream stream, short[] staging);
}
