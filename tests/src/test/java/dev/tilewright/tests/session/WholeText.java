package dev.tilewright.tests.session;

import dev.tilewright.CompiledModel;
import dev.tilewright.DType;
import dev.tilewright.Entry;
import dev.tilewright.Model;
import dev.tilewright.Positions;
import dev.tilewright.Precision;
import dev.tilewright.Ragged;
import dev.tilewright.Shape;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/** Layers with windows that remember everything. */
@Model(precisions = {Precision.FLOAT32, Precision.BFLOAT16})
public interface WholeText extends CompiledModel {
  @Weights("first")
  Near.Whole first();

  @Weights("second")
  Near.Whole second();

  @Positions
  Tensor places(Tensor x);

  /** What each row finds in those up to it. */
  @Entry
  default @Shape({"1", "S", "40"}) Tensor read(@Shape({"1", "S", "40"}) Tensor x) {
    return find(x);
  }

  /** The same of several sessions. */
  @Entry
  default @Shape({"B", "S", "40"}) Tensor readEach(@Shape({"B", "S", "40"}) @Ragged Tensor x) {
    return find(x);
  }

  default Tensor find(Tensor x) {
    Tensor place = places(x).cast(DType.FLOAT32).times(1e-3f).unsqueeze(-1);
    Tensor y = second().forward(first().forward(x.plus(place), Near.options()), Near.options());
    return y;
  }
}
