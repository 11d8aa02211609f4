package dev.tilewright.examples.language;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Model;
import dev.tilewright.Repeat;
import dev.tilewright.Weights;

/**
 * Flan-T5-small (<a href="https://arxiv.org/abs/2210.11416">Chung et al.</a>) as GGUF files have
 * it.
 */
@Model
public interface FlanT5Small extends T5, CompiledModel {
  int WORDS = 32128;
  int LAYERS = 8;
  int DIM = 512;
  int HEADS = 6;
  int HEAD = 64;
  int FFN = 1024;
  int CONTEXT = 1024;

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
