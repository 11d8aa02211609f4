package dev.tilewright.tests.session;

import static dev.tilewright.Operators.attention;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Block;
import dev.tilewright.Linear;
import dev.tilewright.State;
import dev.tilewright.Tensor;

/** Attention of two heads that share a key head, to rows at most 70 before. */
@Block
public interface Near {
  int WIDTH = 40;
  int HEAD = 20;
  int WINDOW = 70;

  @Linear(out = WIDTH, bias = false)
  Tensor query(Tensor x);

  @Linear(out = 2 * HEAD, bias = false)
  Tensor memory(Tensor x);

  Tensor keys(Tensor rows);

  Tensor values(Tensor rows);

  /** Remembers everything. */
  @Block
  interface Whole extends Near {
    @Override
    @State(capacity = 4000)
    Tensor keys(Tensor rows);

    @Override
    @State(capacity = 4000)
    Tensor values(Tensor rows);
  }

  /** Remembers what its queries see, and some more. */
  @Block
  interface Recent extends Near {
    @Override
    @State(capacity = 700, window = WINDOW)
    Tensor keys(Tensor rows);

    @Override
    @State(capacity = 720, window = WINDOW + 9)
    Tensor values(Tensor rows);
  }

  default Tensor forward(Tensor x, AttentionOptions options) {
    Tensor memory = memory(x);
    Tensor keys = keys(memory.slice(2, 0, HEAD));
    Tensor values = values(memory.slice(2, HEAD, 2 * HEAD));
    return x.plus(attention(query(x), keys, values, options.keyHeads(1).causal(true)));
  }

  /** What queries of layers with windows see. */
  static AttentionOptions options() {
    return AttentionOptions.heads(2).window(WINDOW);
  }
}
