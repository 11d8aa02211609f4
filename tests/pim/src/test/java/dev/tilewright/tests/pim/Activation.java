package dev.tilewright.tests.pim;

import static dev.tilewright.Operators.geluTanh;

import dev.tilewright.CompiledModel;
import dev.tilewright.Entry;
import dev.tilewright.Linear;
import dev.tilewright.Model;
import dev.tilewright.Shape;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/** One product and one function. */
@Model
public interface Activation extends CompiledModel {
  int IN = 1040;
  int OUT = 300;

  @Linear(out = OUT)
  @Weights("up")
  Tensor up(Tensor x);

  @Entry
  default @Shape({"S", "300"}) Tensor activate(@Shape({"S", "1040"}) Tensor x) {
    return geluTanh(up(x));
  }
}
