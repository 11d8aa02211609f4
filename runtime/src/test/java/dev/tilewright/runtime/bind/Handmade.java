package dev.tilewright.runtime.bind;

import dev.tilewright.CompiledModel;
import dev.tilewright.Entry;
import dev.tilewright.Int32;
import dev.tilewright.Linear;
import dev.tilewright.Model;
import dev.tilewright.Shape;
import dev.tilewright.Tensor;

/** A model whose generated class and library are written by hand, in {@link HandmadeLibrary}. */
@Model
public interface Handmade extends CompiledModel {
  record Both(Tensor doubled, Tensor count) {}

  @Linear(out = 2, bias = false)
  Tensor dense(Tensor x);

  /** Rows of a table of 3 by id. */
  @Entry
  default @Shape({"B", "S", "2"}) Tensor words(@Shape({"B", "S"}) @Int32 Tensor ids) {
    return dense(ids);
  }

  /** 2x, and the sum of all worker numbers plus one. */
  @Entry
  default Both twice(@Shape("N") Tensor x, @Shape("N") Tensor same) {
    return new Both(x.plus(same), x);
  }

  /** Spins for about the given number of turns. */
  @Entry
  default @Shape({}) Tensor spin(@Shape({}) @Int32 Tensor turns) {
    return turns;
  }
}
