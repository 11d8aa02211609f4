package dev.tilewright.examples.search;

import static dev.tilewright.Operators.l2Normalize;
import static dev.tilewright.Operators.meanPool;

import dev.tilewright.CompiledModel;
import dev.tilewright.Dim;
import dev.tilewright.Embedding;
import dev.tilewright.Entry;
import dev.tilewright.Int32;
import dev.tilewright.LayerNorm;
import dev.tilewright.Model;
import dev.tilewright.Parameter;
import dev.tilewright.Precision;
import dev.tilewright.Ragged;
import dev.tilewright.Repeat;
import dev.tilewright.Shape;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;

/**
 * all-MiniLM-L6-v2: sentences to unit vectors whose dot products say how close in meaning they are.
 */
@Model(
    precisions = {
      Precision.FLOAT32,
      Precision.BFLOAT16,
      Precision.INT8,
      Precision.BFLOAT16_WEIGHTS,
      Precision.INT8_WEIGHTS
    })
public interface MiniLm extends CompiledModel {
  int LAYERS = 6;

  @Embedding(rows = 30522, dim = EncoderLayer.DIM)
  @Weights("embeddings.word_embeddings")
  Tensor words(Tensor ids);

  @Parameter
  @Shape({"512", "384"})
  @Weights("embeddings.position_embeddings.weight")
  Tensor positions();

  @Parameter
  @Shape({"2", "384"})
  @Weights("embeddings.token_type_embeddings.weight")
  Tensor segments();

  @LayerNorm(eps = 1e-12f)
  @Weights("embeddings.LayerNorm")
  Tensor norm(Tensor x);

  @Repeat(LAYERS)
  @Weights("encoder.layer.{i}")
  EncoderLayer layer(int i);

  /**
   * A unit vector for each sentence.
   *
   * @param ids token ids: of sentences as long as they are, or padded at the end with anything
   * @param mask 1 where there is a token, 0 where there is padding
   */
  @Entry
  default @Shape({"B", "384"}) Tensor embed(
      @Shape({"B", "S"}) @Ragged @Int32 Tensor ids, @Shape({"B", "S"}) @Int32 Tensor mask) {
    var places = positions().slice(0, Dim.ZERO, ids.dim(1));
    var x = norm(words(ids).plus(places).plus(segments().select(0, 0)));
    for (int i = 0; i < LAYERS; i++) {
      x = layer(i).forward(x, mask);
    }
    return l2Normalize(meanPool(x, mask));
  }
}
