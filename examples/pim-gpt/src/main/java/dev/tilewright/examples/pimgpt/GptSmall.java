package dev.tilewright.examples.pimgpt;

import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.Precision;
import dev.tilewright.Repeat;
import dev.tilewright.Weights;
import dev.tilewright.examples.language.Gpt2;

/** GPT-2 small, and GPT-3 small with its longer context. */
@Model(precisions = Precision.BFLOAT16)
public interface GptSmall extends Gpt2, CompiledModel {
  int WORDS = 50257;
  int LAYERS = 12;
  int DIM = 768;
  int HEADS = 12;
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
