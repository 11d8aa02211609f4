package dev.tilewright.tests.session;

import static dev.tilewright.Operators.attention;
import static dev.tilewright.Operators.rotary;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Embedding;
import dev.tilewright.Entry;
import dev.tilewright.Int32;
import dev.tilewright.Linear;
import dev.tilewright.Model;
import dev.tilewright.Operators;
import dev.tilewright.Positions;
import dev.tilewright.Precision;
import dev.tilewright.Ragged;
import dev.tilewright.Repeat;
import dev.tilewright.RmsNorm;
import dev.tilewright.Rotary;
import dev.tilewright.Shape;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/** A small decoder with grouped queries, whose second half looks back 9 tokens only. */
@Model(
    precisions = {
      Precision.FLOAT32,
      Precision.BFLOAT16,
      Precision.INT8,
      Precision.INT8_WEIGHTS,
      Precision.INT8_BLOCKS
    })
public interface Decoder extends CompiledModel {
  int VOCABULARY = 50;
  int WIDTH = 32;
  int HEADS = 4;
  int GROUPS = 2;
  int CAPACITY = 64;

  /** Attention with a cache. */
  @Block
  interface Layer {
    @RmsNorm(eps = 1e-5f)
    Tensor norm(Tensor x);

    @Linear(out = WIDTH, bias = false)
    Tensor query(Tensor x);

    @Linear(out = WIDTH / HEADS * GROUPS, bias = false)
    Tensor key(Tensor x);

    @Linear(out = WIDTH / HEADS * GROUPS)
    Tensor value(Tensor x);

    @Linear(out = WIDTH, bias = false)
    Tensor project(Tensor x);

    @State(capacity = CAPACITY)
    Tensor keys(Tensor rows);

    @State(capacity = CAPACITY + 1)
    Tensor values(Tensor rows);

    default Tensor forward(Tensor x, Tensor places, AttentionOptions options) {
      Tensor h = norm(x);
      Tensor q = rotary(query(h), places, Rotary.heads(HEADS));
      Tensor k = rotary(key(h), places, Rotary.heads(GROUPS));
      return x.plus(project(attention(q, keys(k), values(value(h)), options)));
    }
  }

  @Embedding(rows = VOCABULARY, dim = WIDTH)
  @Weights("words")
  Tensor embed(Tensor ids);

  @Repeat(4)
  @Weights("layers.{i}")
  Layer layer(int i);

  @Positions
  Tensor places(Tensor ids);

  @Linear(out = VOCABULARY, bias = false)
  @Weights("head")
  Tensor score(Tensor x);

  /** The scores of what follows each token. */
  @Entry
  default @Shape({"1", "S", "50"}) Tensor next(@Shape({"1", "S"}) @Int32 Tensor ids) {
    return read(ids);
  }

  /** The same of several sessions, a sequence each. */
  @Entry
  default @Shape({"B", "S", "50"}) Tensor together(@Shape({"B", "S"}) @Ragged @Int32 Tensor ids) {
    return read(ids);
  }

  /** The scores of what follows the last token of each. */
  @Entry
  default @Shape({"B", "50"}) Tensor last(@Shape({"B", "S"}) @Ragged @Int32 Tensor ids) {
    Tensor scores = read(ids);
    return scores.slice(1, ids.dim(1).minus(1), ids.dim(1)).squeeze(1);
  }

  /** The scores of what follows each token of a tree. */
  @Entry
  default @Shape({"1", "S", "50"}) Tensor tree(
      @Shape({"1", "S"}) @Int32 Tensor ids,
      @Shape({"1", "S"}) @Int32 Tensor depths,
      @Shape({"1", "S"}) @Int32 Tensor ends) {
    return readTree(ids, depths, ends);
  }

  /** The same of several sessions, a tree each. */
  @Entry
  default @Shape({"B", "S", "50"}) Tensor trees(
      @Shape({"B", "S"}) @Ragged @Int32 Tensor ids,
      @Shape({"B", "S"}) @Ragged @Int32 Tensor depths,
      @Shape({"B", "S"}) @Ragged @Int32 Tensor ends) {
    return readTree(ids, depths, ends);
  }

  default Tensor read(Tensor ids) {
    AttentionOptions options = AttentionOptions.heads(HEADS).keyHeads(GROUPS).causal(true);
    return read(ids, places(ids), options);
  }

  default Tensor readTree(Tensor ids, Tensor depths, Tensor ends) {
    Tensor at = places(ids).minus(Operators.iota(ids, 1)).plus(depths);
    AttentionOptions options = AttentionOptions.heads(HEADS).keyHeads(GROUPS).tree(depths, ends);
    return read(ids, at, options);
  }

  default Tensor read(Tensor ids, Tensor at, AttentionOptions options) {
    Tensor x = embed(ids);
    for (int i = 0; i < 4; i++) {
      x = layer(i).forward(x, at, i < 2 ? options : options.window(9));
    }
    return score(x);
  }

  /** An entry that remembers nothing. */
  @Entry
  default @Shape({"B", "S", "32"}) Tensor words(@Shape({"B", "S"}) @Int32 Tensor ids) {
    return embed(ids);
  }
}
