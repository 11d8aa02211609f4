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
import dev.tilewright.Shape;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/** {@link Gemma3} of sizes that fit a golden. */
@Model
public interface TinyGemma3 extends Gemma3, CompiledModel {
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
    @RmsNorm(eps = 1e-6f)
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

    @RmsNorm(eps = 1e-6f)
    @Weights("attn_q_norm")
    @Override
    Tensor queryNorm(Tensor x);

    @RmsNorm(eps = 1e-6f)
    @Weights("attn_k_norm")
    @Override
    Tensor keyNorm(Tensor x);

    @Linear(out = DIM, bias = false)
    @Weights("attn_output")
    @Override
    Tensor project(Tensor x);

    @RmsNorm(eps = 1e-6f)
    @Weights("post_attention_norm")
    @Override
    Tensor attendedNorm(Tensor x);

    @RmsNorm(eps = 1e-6f)
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

    @RmsNorm(eps = 1e-6f)
    @Weights("post_ffw_norm")
    @Override
    Tensor outNorm(Tensor x);

    @Override
    @State(capacity = CONTEXT)
    Tensor keyCache(Tensor keys);

    @Override
    @State(capacity = CONTEXT)
    Tensor valueCache(Tensor values);

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
  @RmsNorm(eps = 1e-6f)
  @Weights("output_norm")
  Tensor norm(Tensor x);

  @Override
  @Positions
  Tensor places(Tensor ids);

  /** {@link Gemma3#predict}. */
  @Entry
  default @Shape({"1", "S", "64"}) Tensor logits(@Shape({"1", "S"}) @Int32 Tensor ids) {
    return predict(ids);
  }

  /** {@link Gemma3#continued}. */
  @Entry
  default @Shape({"1", "64"}) Tensor next(@Shape({"1", "S"}) @Int32 Tensor ids) {
    return continued(ids);
  }
}
