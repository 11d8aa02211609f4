package dev.tilewright.tests.pim;

import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Entry;
import dev.tilewright.Int32;
import dev.tilewright.LayerNorm;
import dev.tilewright.Linear;
import dev.tilewright.Model;
import dev.tilewright.Parameter;
import dev.tilewright.Positions;
import dev.tilewright.Repeat;
import dev.tilewright.Shape;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;
import dev.tilewright.examples.language.Gpt2;

/** {@link Gpt2} with room for 80 tokens, small enough to be simulated in a test. */
@Model
public interface SmallGpt2 extends Gpt2, CompiledModel {
  int LAYERS = 3;
  int DIM = 48;
  int HEADS = 4;
  int CONTEXT = 80;

  /** A layer of GPT-2. */
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
  @Shape({"64", "48"})
  @Weights("token_embd.weight")
  Tensor words();

  @Override
  @Parameter
  @Shape({"80", "48"})
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

  /** {@link Gpt2#predict}. */
  @Entry
  default @Shape({"1", "S", "64"}) Tensor logits(@Shape({"1", "S"}) @Int32 Tensor ids) {
    return predict(ids);
  }

  /** {@link Gpt2#continued}. */
  @Entry
  default @Shape({"1", "64"}) Tensor next(@Shape({"1", "S"}) @Int32 Tensor ids) {
    return continued(ids);
  }
}
