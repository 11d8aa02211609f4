package dev.tilewright.bench.model;

import static dev.tilewright.Operators.einsum;
import static dev.tilewright.Operators.gelu;
import static dev.tilewright.Operators.softmax;

import dev.tilewright.CompiledModel;
import dev.tilewright.Dim;
import dev.tilewright.Embedding;
import dev.tilewright.Entry;
import dev.tilewright.Int32;
import dev.tilewright.Model;
import dev.tilewright.Parameter;
import dev.tilewright.Repeat;
import dev.tilewright.Shape;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;
import dev.tilewright.examples.search.EncoderLayer;

/** MiniLM's layers over long texts, with attention that is streamed and attention that is not. */
@Model
public interface LongEncoder extends CompiledModel {
  int LAYERS = 2;
  int WORDS = 1000;
  int POSITIONS = 16384;

  @Embedding(rows = WORDS, dim = EncoderLayer.DIM)
  @Weights("words")
  Tensor words(Tensor ids);

  @Parameter
  @Shape({"16384", "384"})
  @Weights("positions")
  Tensor positions();

  @Repeat(LAYERS)
  @Weights("layer.{i}")
  EncoderLayer layer(int i);

  /** The mean of a text's tokens. */
  @Entry
  default @Shape({"B", "384"}) Tensor embed(
      @Shape({"B", "S"}) @Int32 Tensor ids, @Shape({"B", "S"}) @Int32 Tensor mask) {
    var x = words(ids).plus(positions().slice(0, Dim.ZERO, ids.dim(1)));
    for (int i = 0; i < LAYERS; i++) {
      x = layer(i).forward(x, mask);
    }
    return x.mean(1);
  }

  /**
   * The same numbers. A probability is never above 1, but the compiler does not know that: so all
   * of them must be there before they are cut, and attention cannot be streamed.
   */
  @Entry
  default @Shape({"B", "384"}) Tensor embedUnfused(@Shape({"B", "S"}) @Int32 Tensor ids) {
    var x = words(ids).plus(positions().slice(0, Dim.ZERO, ids.dim(1)));
    var batch = ids.dim(0);
    var tokens = ids.dim(1);
    var heads = Dim.of(EncoderLayer.HEADS);
    var size = Dim.of(EncoderLayer.DIM / EncoderLayer.HEADS);
    for (int i = 0; i < LAYERS; i++) {
      var l = layer(i);
      var query = l.query(x).reshape(batch, tokens, heads, size);
      var key = l.key(x).reshape(batch, tokens, heads, size);
      var value = l.value(x).reshape(batch, tokens, heads, size);
      var scores = einsum("bqhd,bkhd->bhqk", query, key).times(0.17677669f);
      var weights = softmax(scores, -1).min(1f);
      var mixed = einsum("bhqk,bkhd->bqhd", weights, value);
      var attended = mixed.reshape(batch, tokens, Dim.of(EncoderLayer.DIM));
      var y = l.norm1(x.plus(l.project(attended)));
      x = l.norm2(y.plus(l.down(gelu(l.up(y)))));
    }
    return x.mean(1);
  }
}
