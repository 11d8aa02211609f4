package dev.tilewright.examples.language;

import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.Parameter;
import dev.tilewright.Repeat;
import dev.tilewright.Shape;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/** {@link Gpt2} of sizes that fit a golden. */
@Model
public interface TinyGpt2 extends Gpt2, CompiledModel {
  int WORDS = 64;
  int LAYERS = 3;
  int DIM = 48;
  int HEADS = 4;
  int CONTEXT = 24;

  /** A layer of GPT-2. */
  @Block
  interface Layer extends Gpt2.Layer {
    @Override
    default int heads() {
      return HEADS;
    }
  }

  @Override
  @Parameter
  @Shape({"32", "DIM"})
  @Weights("position_embd.weight")
  Tensor positions();

  @Override
  default int layers() {
    return LAYERS;
  }

  @Override
  @Repeat(LAYERS)
  @Weights("blk.{i}")
  Layer layer(int i);
}
