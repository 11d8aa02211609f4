package dev.tilewright.examples.language;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Linear;
import dev.tilewright.Model;
import dev.tilewright.Repeat;
import dev.tilewright.RmsNorm;
import dev.tilewright.Rotary;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/** {@link Llama} with biases, of sizes that fit a golden. */
@Model
public interface TinyQwen2 extends Llama, CompiledModel {
  int WORDS = 64;
  int LAYERS = 3;
  int DIM = 48;
  int HEADS = 6;
  int KEY_HEADS = 2;
  int HEAD = 8;
  int FFN = 80;
  int CONTEXT = 24;

  /** A layer of Qwen 2. */
  @Block
  interface Layer extends Llama.Layer {
    @RmsNorm(eps = 1e-6f)
    @Weights("attn_norm")
    @Override
    Tensor attentionNorm(Tensor x);

    @Linear(out = HEADS * HEAD)
    @Weights("attn_q")
    @Override
    Tensor query(Tensor x);

    @Linear(out = KEY_HEADS * HEAD)
    @Weights("attn_k")
    @Override
    Tensor key(Tensor x);

    @Linear(out = KEY_HEADS * HEAD)
    @Weights("attn_v")
    @Override
    Tensor value(Tensor x);

    @RmsNorm(eps = 1e-6f)
    @Weights("ffn_norm")
    @Override
    Tensor mlpNorm(Tensor x);

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
}
