package dev.tilewright.examples.pimgpt;

import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Entry;
import dev.tilewright.Int32;
import dev.tilewright.LayerNorm;
import dev.tilewright.Linear;
import dev.tilewright.Model;
import dev.tilewright.Parameter;
import dev.tilewright.Positions;
import dev.tilewright.Precision;
import dev.tilewright.Repeat;
import dev.tilewright.Shape;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;
import dev.tilewright.examples.language.Gpt2;

/** GPT-2 XL. */
@Model(precisions = Precision.BFLOAT16)
public interface Gpt2Xl extends Gpt2, CompiledModel {
  int LAYERS = 48;
  int DIM = 1600;
  int HEADS = 25;
  int CONTEXT = 1024;

  /** A layer. */
  @Block
  interface Layer extends Gpt2.Layer {
    @LayerNorm(eps = 1e-5f)
    @Weights("attn_norm")
    @Override
    Tensor attentionNorm(Tensor x);

    @Linear(out = 3 * DIM)
    @Weights("attn_qkv")
    @Override
    Tensor queryKeyValue(Tensor x);

    @Linear(out = DIM)
    @Weights("attn_output")
    @Override
    Tensor project(Tensor x);

    @LayerNorm(eps = 1e-5f)
    @Weights("ffn_norm")
    @Override
    Tensor mlpNorm(Tensor x);

    @Linear(out = 4 * DIM)
    @Weights("ffn_up")
    @Override
    Tensor up(Tensor x);

    @Linear(out = DIM)
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
    default int heads() {
      return HEADS;
    }
  }

  @Override
  @Parameter
  @Shape({"50257", "1600"})
  @Weights("token_embd.weight")
  Tensor words();

  @Override
  @Parameter
  @Shape({"1024", "1600"})
  @Weights("position_embd.weight")
  Tensor positions();

  @Override
  default int layers() {
    return LAYERS;
  }

  @Override
  @Repeat(LAYERS)
  @Weights("blk.{i}")
  Layer layer(int i);

  @Override
  @LayerNorm(eps = 1e-5f)
  @Weights("output_norm")
  Tensor norm(Tensor x);

  @Override
  @Positions
  Tensor places(Tensor ids);

  /** {@link Gpt2#continued}. */
  @Entry
  default @Shape({"1", "50257"}) Tensor next(@Shape({"1", "S"}) @Int32 Tensor ids) {
    return continued(ids);
  }
}
