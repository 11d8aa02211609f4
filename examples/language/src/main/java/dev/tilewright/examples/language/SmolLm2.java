package dev.tilewright.examples.language;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Entry;
import dev.tilewright.Int32;
import dev.tilewright.Model;
import dev.tilewright.Precision;
import dev.tilewright.Ragged;
import dev.tilewright.Repeat;
import dev.tilewright.Rotary;
import dev.tilewright.Shape;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/**
 * SmolLM2-135M (<a href="https://arxiv.org/abs/2502.02737">Allal et al.</a>) as GGUF files have it:
 * with the rows of queries and keys so that neighbours are turned together.
 */
@Model(precisions = {Precision.FLOAT32, Precision.BFLOAT16, Precision.INT8_BLOCKS})
public interface SmolLm2 extends Llama, CompiledModel {
  int WORDS = 49152;
  int LAYERS = 30;
  int DIM = 576;
  int HEADS = 9;
  int KEY_HEADS = 3;
  int HEAD = 64;
  int FFN = 1536;
  int CONTEXT = 2048;

  /** A layer of SmolLM2. */
  @Block
  interface Layer extends Llama.Layer {
    @Override
    default AttentionOptions options() {
      return AttentionOptions.heads(HEADS).keyHeads(KEY_HEADS);
    }

    @Override
    default Rotary turn(int heads) {
      return Rotary.heads(heads).base(100_000).interleaved(true);
    }
  }

  @Override
  default int layers() {
    return LAYERS;
  }

  @Override
  @Repeat(LAYERS)
  @Weights("blk.{i}")
  Layer layer(int i);

  /** {@link Llama#continued}, of several sessions together. */
  @Entry
  default @Shape({"B", "WORDS"}) Tensor together(@Shape({"B", "S"}) @Ragged @Int32 Tensor ids) {
    return continued(ids);
  }

  /** {@link Llama#continuedEach}. */
  @Entry
  default @Shape({"1", "S", "WORDS"}) Tensor each(@Shape({"1", "S"}) @Int32 Tensor ids) {
    return continuedEach(ids);
  }

  /** {@link Llama#continuedTree}. */
  @Entry
  default @Shape({"1", "S", "WORDS"}) Tensor tree(
      @Shape({"1", "S"}) @Int32 Tensor ids,
      @Shape({"1", "S"}) @Int32 Tensor depths,
      @Shape({"1", "S"}) @Int32 Tensor ends) {
    return continuedTree(ids, depths, ends);
  }
}
