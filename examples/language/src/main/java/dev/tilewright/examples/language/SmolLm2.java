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
import dev.tilewright.Precision;
import dev.tilewright.Ragged;
import dev.tilewright.Repeat;
import dev.tilewright.RmsNorm;
import dev.tilewright.Rotary;
import dev.tilewright.Shape;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/**
 * SmolLM2-135M (<a href="https://arxiv.org/abs/2502.02737">Allal et al.</a>) as GGUF files have it:
 * with the rows of queries and keys so that neighbours are turned together.
 */
@Model(precisions = {Precision.FLOAT32, Precision.BFLOAT16, Precision.INT8_BLOCKS})
public interface SmolLm2 extends Llama, CompiledModel {
  int LAYERS = 30;
  int DIM = 576;
  int HEADS = 9;
  int KEY_HEADS = 3;
  int HEAD = 64;
  int FFN = 1536;
  int CONTEXT = 2048;

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
  @Shape({"49152", "576"})
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
  default @Shape({"1", "S", "49152"}) Tensor logits(@Shape({"1", "S"}) @Int32 Tensor ids) {
    return predict(ids);
  }

  /** {@link Llama#continued}. */
  @Entry
  default @Shape({"1", "49152"}) Tensor next(@Shape({"1", "S"}) @Int32 Tensor ids) {
    return continued(ids);
  }

  /** {@link Llama#continued}, of several sessions together. */
  @Entry
  default @Shape({"B", "49152"}) Tensor together(@Shape({"B", "S"}) @Ragged @Int32 Tensor ids) {
    return continued(ids);
  }

  /** {@link Llama#continuedEach}. */
  @Entry
  default @Shape({"1", "S", "49152"}) Tensor each(@Shape({"1", "S"}) @Int32 Tensor ids) {
    return continuedEach(ids);
  }

  /** {@link Llama#continuedTree}. */
  @Entry
  default @Shape({"1", "S", "49152"}) Tensor tree(
      @Shape({"1", "S"}) @Int32 Tensor ids,
      @Shape({"1", "S"}) @Int32 Tensor depths,
      @Shape({"1", "S"}) @Int32 Tensor ends) {
    return continuedTree(ids, depths, ends);
  }
}
