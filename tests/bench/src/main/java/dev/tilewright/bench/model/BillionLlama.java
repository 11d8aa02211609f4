package dev.tilewright.bench.model;

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
import dev.tilewright.examples.language.Llama;

/**
 * A Llama of a billion parameters, more than caches hold, whose weights {@link GeneratedGguf}
 * makes: 16 layers of 2048, 32 heads of 64 and 8 of keys, gates 8192 wide.
 */
@Model(precisions = {Precision.FLOAT32, Precision.BFLOAT16, Precision.INT8_BLOCKS})
public interface BillionLlama extends Llama, CompiledModel {
  int LAYERS = 16;
  int DIM = 2048;
  int HEADS = 32;
  int KEY_HEADS = 8;
  int HEAD = 64;
  int FFN = 8192;
  int WORDS = 32000;
  int CONTEXT = 16640;

  /** A layer. */
  @Block
  interface Layer extends Llama.Layer {
    @Override
    default AttentionOptions options() {
      return AttentionOptions.heads(HEADS).keyHeads(KEY_HEADS);
    }

    @Override
    default Rotary turn(int heads) {
      return Rotary.heads(heads).base(500_000).interleaved(true);
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
}
