package dev.tilewright.examples.pimgpt;

import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.Precision;
import dev.tilewright.Repeat;
import dev.tilewright.Weights;
import dev.tilewright.examples.language.Llama;
import dev.tilewright.examples.language.SmolLm2;

/** {@link SmolLm2} in the precision of the banks, one text at a time. */
@Model(precisions = Precision.BFLOAT16)
public interface SmolLm2InMemory extends Llama, CompiledModel {
  int WORDS = SmolLm2.WORDS;
  int LAYERS = SmolLm2.LAYERS;
  int DIM = SmolLm2.DIM;

  @Override
  default int layers() {
    return LAYERS;
  }

  @Override
  @Repeat(LAYERS)
  @Weights("blk.{i}")
  SmolLm2.Layer layer(int i);
}
