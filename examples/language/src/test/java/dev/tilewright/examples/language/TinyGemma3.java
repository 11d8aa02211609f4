package dev.tilewright.examples.language;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.Repeat;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/** {@link Gemma3} of sizes that fit a golden. */
@Model
public interface TinyGemma3 extends Gemma3, CompiledModel {
  int WORDS = 64;
  int LAYERS = 7;
  int DIM = 48;
  int HEADS = 4;
  int KEY_HEADS = 1;
  int HEAD = 12;
  int FFN = 80;
  int WINDOW = 5;
  int CONTEXT = 24;

  /** A layer of Gemma 3. */
  @Block
  interface Layer extends Gemma3.Layer {
    @Override
    @State(capacity = WINDOW + 512, window = WINDOW - 1)
    Tensor nearKeyCache(Tensor keys);

    @Override
    @State(capacity = WINDOW + 512, window = WINDOW - 1)
    Tensor nearValueCache(Tensor values);

    @Override
    default AttentionOptions options() {
      return AttentionOptions.heads(HEADS).keyHeads(KEY_HEADS);
    }

    @Override
    default int window() {
      return WINDOW;
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
