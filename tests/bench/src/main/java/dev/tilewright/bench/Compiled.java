package dev.tilewright.bench;

import dev.tilewright.Tensor;
import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.util.Arrays;

/** The model that this project compiled, from ids to unit vectors. */
final class Compiled implements Contender {
  private final MiniLm model;
  private Tensor ids;
  private Tensor mask;

  Compiled(LoadOptions options) {
    try (Weights weights = Weights.open(Contender.weights())) {
      model = Tilewright.load(MiniLm.class, weights, options);
    }
  }

  @Override
  public String name() {
    return "tilewright";
  }

  @Override
  public String describe() {
    return model.describe();
  }

  @Override
  public void prepare(Shape shape) {
    long[] extents = {shape.batch(), shape.tokens()};
    int[] ones = new int[shape.batch() * shape.tokens()];
    Arrays.fill(ones, 1);
    ids = Tensors.ints(extents, shape.ids());
    mask = Tensors.ints(extents, ones);
  }

  @Override
  public void call() {
    Tensor vectors = model.embed(ids, mask);
    if (vectors.rank() != 2) {
      throw new IllegalStateException("a result of " + vectors.type());
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
