package dev.tilewright.tests.pim;

import dev.tilewright.CompiledModel;
import dev.tilewright.Entry;
import dev.tilewright.Linear;
import dev.tilewright.Model;
import dev.tilewright.Ragged;
import dev.tilewright.Shape;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/** One text by itself, or several of their own lengths. */
@Model
public interface Scores extends CompiledModel {
  @Linear(out = 16)
  @Weights("score")
  Tensor score(Tensor x);

  @Entry
  default @Shape({"1", "S", "16"}) Tensor one(@Shape({"1", "S", "16"}) Tensor x) {
    return score(x);
  }

  @Entry
  default @Shape({"B", "S", "16"}) Tensor several(@Shape({"B", "S", "16"}) @Ragged Tensor x) {
    return score(x);
  }
}
