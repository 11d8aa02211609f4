package dev.tilewright.examples.language;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.Repeat;
import dev.tilewright.Rotary;
import dev.tilewright.Weights;

/** {@link Mixtral} of sizes that fit a golden. */
@Model
public interface TinyMixtral extends Mixtral, CompiledModel {
  int WORDS = 64;
  int LAYERS = 3;
  int DIM = 48;
  int HEADS = 6;
  int KEY_HEADS = 2;
  int HEAD = 8;
  int FFN = 80;
  int EXPERTS = 5;
  int CONTEXT = 24;

  /** A layer of SmolLM2. */
  @Block
  interface Layer extends Mixtral.Layer {
    @Override
    default int asked() {
      return 2;
    }

    @Override
    default AttentionOptions options() {
      return AttentionOptions.heads(HEADS).keyHeads(KEY_HEADS);
    }

    @Override
    default Rotary turn(int heads) {
      return Rotary.heads(heads).base(100_000);
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
