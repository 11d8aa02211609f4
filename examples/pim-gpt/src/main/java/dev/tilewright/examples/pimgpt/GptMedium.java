package dev.tilewright.examples.pimgpt;

import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.Precision;
import dev.tilewright.Repeat;
import dev.tilewright.Weights;
import dev.tilewright.examples.language.Gpt2;

/** GPT-2 medium, and GPT-3 medium with its longer context. */
@Model(precisions = Precision.BFLOAT16)
public interface GptMedium extends Gpt2, CompiledModel {
  int WORDS = 50257;
  int LAYERS = 24;
  int DIM = 1024;
  int HEADS = 16;
  int CONTEXT = 2048;

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
