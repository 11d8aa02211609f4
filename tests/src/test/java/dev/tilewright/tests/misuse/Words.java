package dev.tilewright.tests.misuse;

import static dev.tilewright.Operators.l2Normalize;
import static dev.tilewright.Operators.softmax;

import dev.tilewright.CompiledModel;
import dev.tilewright.Dim;
import dev.tilewright.Embedding;
import dev.tilewright.Entry;
import dev.tilewright.Int32;
import dev.tilewright.Linear;
import dev.tilewright.Model;
import dev.tilewright.Parameter;
import dev.tilewright.Shape;
import dev.tilewright.Tensor;

/** A small model with two entries that share weights, a vocabulary of 50 and at most 12 tokens. */
@Model
public interface Words extends CompiledModel {
  int ROWS = 50;
  int WIDTH = 20;
  int LONGEST = 12;

  /** Two results. */
  record Scored(@Shape({"B", "7"}) Tensor scores, @Shape({"B", "7"}) Tensor shares) {}

  @Embedding(rows = ROWS, dim = WIDTH)
  Tensor words(Tensor ids);

  @Parameter
  @Shape({"12", "20"})
  Tensor places();

  @Linear(out = 7)
  Tensor classify(Tensor x);

  /** {@code [B, 20]}: the mean of the tokens as a unit vector. */
  @Entry
  default @Shape({"B", "20"}) Tensor embed(@Shape({"B", "S"}) @Int32 Tensor ids) {
    var placed = words(ids).plus(places().slice(0, Dim.ZERO, ids.dim(1)));
    return l2Normalize(placed.mean(1));
  }

  /** Scores of 7 classes for tokens that are scaled one by one. */
  @Entry
  default Scored score(@Shape({"B", "S"}) @Int32 Tensor ids, @Shape({"B", "S"}) Tensor weights) {
    var scores = classify(words(ids).times(weights.unsqueeze(-1)).sum(1));
    return new Scored(scores, softmax(scores, -1));
  }
}
