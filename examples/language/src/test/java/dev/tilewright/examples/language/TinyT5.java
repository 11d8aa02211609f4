package dev.tilewright.examples.language;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.Repeat;
import dev.tilewright.Weights;

/** {@link T5} of sizes that fit a golden. */
@Model
public interface TinyT5 extends T5, CompiledModel {
  int WORDS = 64;
  int LAYERS = 3;
  int DIM = 48;
  int HEADS = 4;
  int HEAD = 8;
  int FFN = 80;
  int CONTEXT = 48;

  /** A layer of the encoder. */
  @Block
  interface Layer extends T5.Layer {
    @Override
    default AttentionOptions options() {
      return AttentionOptions.heads(HEADS).scale(1);
    }
  }

  /** A layer of the decoder. */
  @Block
  interface DecoderLayer extends T5.DecoderLayer {
    @Override
    default AttentionOptions options() {
      return AttentionOptions.heads(HEADS).scale(1);
    }
  }

  @Override
  default int layers() {
    return LAYERS;
  }

  @Override
  @Repeat(LAYERS)
  @Weights("enc.blk.{i}")
  Layer encoder(int i);

  @Override
  @Repeat(LAYERS)
  @Weights("dec.blk.{i}")
  DecoderLayer decoder(int i);
}
