package dev.tilewright.tests.pim;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.Repeat;
import dev.tilewright.Rotary;
import dev.tilewright.Weights;
import dev.tilewright.examples.language.Llama;

/** {@link Llama} with room for 80 tokens three queries a key. */
@Model
public interface SmallLlama extends Llama, CompiledModel {
  int WORDS = 64;
  int LAYERS = 3;
  int DIM = 48;
  int HEADS = 6;
  int KEY_HEADS = 2;
  int HEAD = 8;
  int FFN = 80;
  int CONTEXT = 80;

  /** A layer of SmolLM2. */
  @Block
  interface Layer extends Llama.Layer {
    @Override
    default AttentionOptions options() {
      return AttentionOptions.heads(HEADS).keyHeads(KEY_HEADS);
    }

    @Override
    default Rotary turn(int heads) {
      return Rotary.heads(heads).base(100_000).interleaved(true);
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
