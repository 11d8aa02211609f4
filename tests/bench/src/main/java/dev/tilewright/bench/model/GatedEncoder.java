package dev.tilewright.bench.model;

import dev.tilewright.CompiledModel;
import dev.tilewright.Embedding;
import dev.tilewright.Entry;
import dev.tilewright.Int32;
import dev.tilewright.Model;
import dev.tilewright.Precision;
import dev.tilewright.Repeat;
import dev.tilewright.RmsNorm;
import dev.tilewright.Shape;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/** An encoder that is not MiniLM: twice as wide, twice as deep, other norms and other gates. */
@Model(precisions = {Precision.FLOAT32, Precision.BFLOAT16, Precision.INT8})
public interface GatedEncoder extends CompiledModel {
  int LAYERS = 12;
  int WORDS = 30522;

  @Embedding(rows = WORDS, dim = GatedLayer.DIM)
  @Weights("words")
  Tensor words(Tensor ids);

  @Repeat(LAYERS)
  @Weights("layer.{i}")
  GatedLayer layer(int i);

  @RmsNorm
  @Weights("norm")
  Tensor norm(Tensor x);

  /** The mean of a sentence's tokens. */
  @Entry
  default @Shape({"B", "768"}) Tensor embed(@Shape({"B", "S"}) @Int32 Tensor ids) {
    var x = words(ids);
    for (int i = 0; i < LAYERS; i++) {
      x = layer(i).forward(x);
    }
    return norm(x).mean(1);
  }
}
