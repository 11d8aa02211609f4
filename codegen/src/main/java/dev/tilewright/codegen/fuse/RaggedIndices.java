package dev.tilewright.codegen.fuse;

import dev.tilewright.codegen.index.Affine;

/** How index expressions change when a batch becomes ragged. */
interface RaggedIndices {
  /**
   * @param buffer what is read or written there; null for a position
   * @throws Illegal if the index would mean something else where sequences differ in length
   */
  Affine of(String buffer, Affine index) throws Illegal;
}
