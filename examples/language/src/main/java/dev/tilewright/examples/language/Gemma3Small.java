package dev.tilewright.examples.language;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.Precision;
import dev.tilewright.Repeat;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/** Gemma 3 270M as GGUF files have it: with 1 added to the weights of norms. */
@Model(precisions = {Precision.FLOAT32, Precision.INT8_BLOCKS})
public interface Gemma3Small extends Gemma3, CompiledModel {
  int WORDS = 262144;
  int LAYERS = 18;
  int DIM = 640;
  int HEADS = 4;
  int KEY_HEADS = 1;
  int HEAD = 256;
  int FFN = 2048;
  int WINDOW = 512;
  int CONTEXT = 4096;

  /** Words that near layers remember, so a call may bring 1,500 at any time. */
  int NEAR = 2560;

  /** A layer of Gemma 3. */
  @Block
  interface Layer extends Gemma3.Layer {
    @Override
    @State(capacity = NEAR, window = WINDOW - 1)
    Tensor nearKeyCache(Tensor keys);

    @Override
    @State(capacity = NEAR, window = WINDOW - 1)
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
