package dev.tilewright.tests.pim;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Entry;
import dev.tilewright.Int32;
import dev.tilewright.Linear;
import dev.tilewright.Model;
import dev.tilewright.Parameter;
import dev.tilewright.Positions;
import dev.tilewright.Repeat;
import dev.tilewright.RmsNorm;
import dev.tilewright.Rotary;
import dev.tilewright.Shape;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;
import dev.tilewright.examples.language.Llama;

/** {@link Llama} with room for 80 tokens three queries a key. */
@Model
public interface SmallLlama extends Llama, CompiledModel {
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
    @RmsNorm(eps = 1e-5f)
    @Weights("attn_norm")
    @Override
    Tensor attentionNorm(Tensor x);

    @Linear(out = HEADS * HEAD, bias = false)
    @Weights("attn_q")
    @Override
    Tensor query(Tensor x);

    @Linear(out = KEY_HEADS * HEAD, bias = false)
    @Weights("attn_k")
    @Override
    Tensor key(Tensor x);

    @Linear(out = KEY_HEADS * HEAD, bias = false)
    @Weights("attn_v")
    @Override
    Tensor value(Tensor x);

    @Linear(out = DIM, bias = false)
    @Weights("attn_output")
    @Override
    Tensor project(Tensor x);

    @RmsNorm(eps = 1e-5f)
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
    @State(capacity = CONTEXT)
    Tensor keyCache(Tensor keys);

    @Override
    @State(capacity = CONTEXT)
    Tensor valueCache(Tensor values);

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
  @Parameter
  @Shape({"64", "48"})
  @Weights("token_embd.weight")
  Tensor words();

  @Override
  default int layers() {
    return LAYERS;
  }

  @Override
  @Repeat(LAYERS)
  @Weights("blk.{i}")
  Layer layer(int i);

  @Override
  @RmsNorm(eps = 1e-5f)
  @Weights("output_norm")
  Tensor norm(Tensor x);

  @Override
  @Positions
  Tensor places(Tensor ids);

  /** {@link Llama#predict}. */
  @Entry
  default @Shape({"1", "S", "64"}) Tensor logits(@Shape({"1", "S"}) @Int32 Tensor ids) {
    return predict(ids);
  }

  /** {@link Llama#continued}. */
  @Entry
  default @Shape({"1", "64"}) Tensor next(@Shape({"1", "S"}) @Int32 Tensor ids) {
    return continued(ids);
  }
}
