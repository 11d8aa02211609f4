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

/** Qwen 3 0.6B as GGUF files have it. */
@Model
public interface Qwen3Small extends Qwen3, CompiledModel {
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
      return Rotary.heads(heads).base(1_000_000);
    }
  }

  @Override
  @Parameter
  @Shape({"151936", "1024"})
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

  /** {@link Llama#predict}. */
  @Entry
  default @Shape({"1", "S", "151936"}) Tensor logits(@Shape({"1", "S"}) @Int32 Tensor ids) {
    return predict(ids);
  }

  /** {@link Llama#continued}. */
  @Entry
  default @Shape({"1", "151936"}) Tensor next(@Shape({"1", "S"}) @Int32 Tensor ids) {
    return continued(ids);
  }
}
