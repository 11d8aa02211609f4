package dev.tilewright.pim.decode;

import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.controller.VectorFunction;

/** A piece of a decode step; the next waits for it. */
public sealed interface Work {
  /** Which part of the step it is; layers share their parts. */
  Part part();

  /** A stream for the memory. */
  record OnMemory(Part part, CommandStream stream) implements Work {}

  /** A function of {@code times} vectors of {@code length}, on the controller. */
  record OnController(Part part, VectorFunction function, int length, int times) implements Work {}

  /** The parts of a step. */
  enum Part {
    TOKEN,
    POSITION,
    EMBED,
    NORM,
    QKV,
    APPEND,
    SCORES,
    SOFTMAX,
    WEIGHTED_SUM,
    PROJECT,
    UP,
    GELU,
    DOWN,
    CHUNKS,
    RESIDUAL,
    LOGITS
  }
}
