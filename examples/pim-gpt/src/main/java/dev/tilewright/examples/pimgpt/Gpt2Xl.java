package dev.tilewright.examples.pimgpt;

import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.Precision;
import dev.tilewright.Repeat;
import dev.tilewright.Weights;
import dev.tilewright.examples.language.Gpt2;

/** GPT-2 XL. */
@Model(precisions = Precision.BFLOAT16)
public interface Gpt2Xl extends Gpt2, CompiledModel {
  int WORDS = 50257;
  int LAYERS = 48;
  int DIM = 1600;
  int HEADS = 25;
  int CONTEXT = 1024;

  /** A layer. */
  @Block
  interface Layer extends Gpt2.Layer {
    @Override
    default int heads() {
      return HEADS;
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
}
