package dev.tilewright.tests.pim;

import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.Repeat;
import dev.tilewright.Weights;
import dev.tilewright.examples.language.Gpt2;

/** {@link Gpt2} with room for 80 tokens, small enough to be simulated in a test. */
@Model
public interface SmallGpt2 extends Gpt2, CompiledModel {
  int WORDS = 64;
  int LAYERS = 3;
  int DIM = 48;
  int HEADS = 4;
  int CONTEXT = 80;

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
