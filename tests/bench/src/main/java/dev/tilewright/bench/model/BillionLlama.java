package dev.tilewright.bench.model;

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
import dev.tilewright.Repeat;
import dev.tilewright.RmsNorm;
import dev.tilewright.Rotary;
import dev.tilewright.Shape;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;
import dev.tilewright.examples.language.Llama;

/**
 * A Llama of a billion parameters, more than caches hold, whose weights {@link GeneratedGguf}
 * makes: 16 layers of 2048, 32 heads of 64 and 8 of keys, gates 8192 wide.
 */
@Model(precisions = {Precision.FLOAT32, Precision.BFLOAT16, Precision.INT8_BLOCKS})
public interface BillionLlama extends Llama, CompiledModel {
  int LAYERS = 16;
  int DIM = 2048;
  int HEADS = 32;
  int KEY_HEADS = 8;
  int HEAD = 64;
  int FFN = 8192;
  int WORDS = 32000;
  int CONTEXT = 16640;

  /** A layer. */
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
      return Rotary.heads(heads).base(500_000).interleaved(true);
    }
  }

  @Override
  @Parameter
  @Shape({"32000", "2048"})
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

  /** {@link Llama#continued}. */
  @Entry
  default @Shape({"1", "32000"}) Tensor next(@Shape({"1", "S"}) @Int32 Tensor ids) {
    return continued(ids);
  }
}
