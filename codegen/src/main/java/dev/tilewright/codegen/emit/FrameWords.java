package dev.tilewright.codegen.emit;

import dev.tilewright.schema.ModelSchema;

/** Where an entry's frame holds what; see {@link ModelSchema}. */
final class FrameWords {
  static final int ARENA = 0;
  static final int SCRATCH = 1;
  static final int SCRATCH_STRIDE = 2;
  static final int BARRIER = 3;
  static final int FAULT = 4;
  static final int WEIGHTS = 5;
  static final int YIELD = 6;
  static final int FIRST = ModelSchema.FRAME_HEADER;

  /** Turns of waiting (some 40 ns each) before a worker gives its processor to others. */
  static final int SPINS = 2000;

  private FrameWords() {}
}
