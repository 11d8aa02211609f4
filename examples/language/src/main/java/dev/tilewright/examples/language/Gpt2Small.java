package dev.tilewright.examples.language;

import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.Repeat;
import dev.tilewright.Weights;

/** GPT-2 of 124 million weights, as GGUF files have it. */
@Model
public interface Gpt2Small extends Gpt2, CompiledModel {
  int WORDS = 50257;
  int LAYERS = 12;
  int DIM = 768;
  int HEADS = 12;
  int CONTEXT = 1024;

  /** A layer of GPT-2. */
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
