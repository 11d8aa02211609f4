package dev.tilewright.examples.language;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.Repeat;
import dev.tilewright.Rotary;
import dev.tilewright.Weights;

/** Qwen 3 0.6B as GGUF files have it. */
@Model
public interface Qwen3Small extends Qwen3, CompiledModel {
  int WORDS = 151936;
  int LAYERS = 28;
  int DIM = 1024;
  int HEADS = 16;
  int KEY_HEADS = 8;
  int HEAD = 128;
  int FFN = 3072;
  int CONTEXT = 4096;

  /** A layer of Qwen 3. */
  @Block
  interface Layer extends Qwen3.Layer {
    @Override
    default AttentionOptions options() {
      return AttentionOptions.heads(HEADS).keyHeads(KEY_HEADS);
    }

    @Override
    default Rotary turn(int heads) {
      return Rotary.heads(heads).base(1_000_000);
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
