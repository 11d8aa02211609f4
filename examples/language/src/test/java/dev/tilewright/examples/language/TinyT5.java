package dev.tilewright.examples.language;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Embedding;
import dev.tilewright.Entry;
import dev.tilewright.Int32;
import dev.tilewright.Linear;
import dev.tilewright.Model;
import dev.tilewright.Parameter;
import dev.tilewright.Repeat;
import dev.tilewright.RmsNorm;
import dev.tilewright.Shape;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/** {@link T5} of sizes that fit a golden. */
@Model
public interface TinyT5 extends T5, CompiledModel {
  int LAYERS = 3;
  int DIM = 48;
  int HEADS = 4;
  int HEAD = 8;
  int FFN = 80;

  /** A layer of the encoder. */
  @Block
  interface Layer extends T5.Layer {
    @RmsNorm
    @Weights("attn_norm")
    @Override
    Tensor attentionNorm(Tensor x);

    @Linear(out = HEADS * HEAD, bias = false)
    @Weights("attn_q")
    @Override
    Tensor query(Tensor x);

    @Linear(out = HEADS * HEAD, bias = false)
    @Weights("attn_k")
    @Override
    Tensor key(Tensor x);

    @Linear(out = HEADS * HEAD, bias = false)
    @Weights("attn_v")
    @Override
    Tensor value(Tensor x);

    @Linear(out = DIM, bias = false)
    @Weights("attn_o")
    @Override
    Tensor project(Tensor x);

    @RmsNorm
    @Weights("ffn_norm")
    @Override
    Tensor mlpNorm(Tensor x);

    @Linear(out = FFN, bias = false)
    @Weights("ffn_gate")
    @Override
    Tensor gate(Tensor x);

    @Linear(out = FFN, bias = false)
    @Weights("ffn_up")
    @Override
    Tensor up(Tensor x);

    @Linear(out = DIM, bias = false)
    @Weights("ffn_down")
    @Override
    Tensor down(Tensor x);

    @Override
    default AttentionOptions options() {
      return AttentionOptions.heads(HEADS).scale(1);
    }
  }

  /** A layer of the decoder. */
  @Block
  interface DecoderLayer extends Layer, T5.DecoderLayer {
    @RmsNorm
    @Weights("cross_attn_norm")
    @Override
    Tensor crossNorm(Tensor x);

    @Linear(out = HEADS * HEAD, bias = false)
    @Weights("cross_attn_q")
    @Override
    Tensor crossQuery(Tensor x);

    @Linear(out = HEADS * HEAD, bias = false)
    @Weights("cross_attn_k")
    @Override
    Tensor crossKey(Tensor x);

    @Linear(out = HEADS * HEAD, bias = false)
    @Weights("cross_attn_v")
    @Override
    Tensor crossValue(Tensor x);

    @Linear(out = DIM, bias = false)
    @Weights("cross_attn_o")
    @Override
    Tensor crossProject(Tensor x);
  }

  @Override
  default int layers() {
    return LAYERS;
  }

  @Override
  @Embedding(rows = 64, dim = DIM)
  @Weights("token_embd")
  Tensor words(Tensor ids);

  @Override
  @Parameter
  @Shape({"32", "4"})
  @Weights("enc.blk.0.attn_rel_b.weight")
  Tensor encoderDistances();

  @Override
  @Parameter
  @Shape({"32", "4"})
  @Weights("dec.blk.0.attn_rel_b.weight")
  Tensor decoderDistances();

  @Override
  @Repeat(LAYERS)
  @Weights("enc.blk.{i}")
  Layer encoder(int i);

  @Override
  @RmsNorm
  @Weights("enc.output_norm")
  Tensor encoderNorm(Tensor x);

  @Override
  @Repeat(LAYERS)
  @Weights("dec.blk.{i}")
  DecoderLayer decoder(int i);

  @Override
  @RmsNorm
  @Weights("dec.output_norm")
  Tensor decoderNorm(Tensor x);

  @Override
  @Linear(out = 64, bias = false)
  @Weights("output")
  Tensor head(Tensor x);

  /** {@link T5#see}. */
  @Entry
  default @Shape({"1", "S", "48"}) Tensor encode(@Shape({"1", "S"}) @Int32 Tensor ids) {
    return see(ids);
  }

  /** {@link T5#predict}: of a whole answer so far, which begins with the padding's id. */
  @Entry
  default @Shape({"1", "T", "64"}) Tensor decode(
      @Shape({"1", "T"}) @Int32 Tensor ids, @Shape({"1", "S", "48"}) Tensor seen) {
    return predict(ids, seen);
  }
}
