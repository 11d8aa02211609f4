package dev.tilewright.examples.language;

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

/** {@link Mixtral} of sizes that fit a golden. */
@Model
public interface TinyMixtral extends Mixtral, CompiledModel {
  int LAYERS = 3;
  int DIM = 48;
  int HEADS = 6;
  int KEY_HEADS = 2;
  int HEAD = 8;
  int FFN = 80;
  int CONTEXT = 24;

  /** A layer of SmolLM2. */
  @Block
  interface Layer extends Mixtral.Layer {
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

    @Linear(out = 5, bias = false)
    @Weights("ffn_gate_inp")
    @Override
    Tensor route(Tensor x);

    @Parameter
    @Shape({"5", "80", "48"})
    @Weights("ffn_gate_exps.weight")
    @Override
    Tensor gates();

    @Parameter
    @Shape({"5", "80", "48"})
    @Weights("ffn_up_exps.weight")
    @Override
    Tensor ups();

    @Parameter
    @Shape({"5", "48", "80"})
    @Weights("ffn_down_exps.weight")
    @Override
    Tensor downs();

    @Override
    default int asked() {
      return 2;
    }

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
      return Rotary.heads(heads).base(100_000);
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
