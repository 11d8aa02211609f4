package dev.tilewright.tests.session;

import static dev.tilewright.Operators.attention;

import dev.tilewright.AttentionOptions;
import dev.tilewright.CompiledModel;
import dev.tilewright.Entry;
import dev.tilewright.Linear;
import dev.tilewright.Model;
import dev.tilewright.Precision;
import dev.tilewright.Ragged;
import dev.tilewright.Shape;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/** Three queries to a head of 20, over a cache of more than two pieces. */
@Model(precisions = {Precision.FLOAT32, Precision.BFLOAT16})
public interface LongCache extends CompiledModel {
  int WIDTH = 60;
  int HEAD = 20;
  int CAPACITY = 1300;

  @Linear(out = WIDTH, bias = false)
  @Weights("query")
  Tensor query(Tensor x);

  @Linear(out = 2 * HEAD, bias = false)
  @Weights("memory")
  Tensor memory(Tensor x);

  @State(capacity = CAPACITY)
  Tensor keys(Tensor rows);

  @State(capacity = CAPACITY)
  Tensor values(Tensor rows);

  /** What each row finds in those up to it. */
  @Entry
  default @Shape({"1", "S", "60"}) Tensor read(@Shape({"1", "S", "60"}) Tensor x) {
    return find(x);
  }

  /** The same of several sessions. */
  @Entry
  default @Shape({"B", "S", "60"}) Tensor readEach(@Shape({"B", "S", "60"}) @Ragged Tensor x) {
    return find(x);
  }

  default Tensor find(Tensor x) {
    Tensor memory = memory(x);
    Tensor keys = keys(memory.slice(2, 0, HEAD));
    Tensor values = values(memory.slice(2, HEAD, 2 * HEAD));
    AttentionOptions options = AttentionOptions.heads(WIDTH / HEAD).keyHeads(1).causal(true);
    return attention(query(x), keys, values, options);
  }
}
