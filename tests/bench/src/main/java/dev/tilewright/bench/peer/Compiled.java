package dev.tilewright.bench.peer;

import dev.tilewright.CompiledModel;
import dev.tilewright.Tensor;
import dev.tilewright.bench.model.GatedEncoder;
import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.util.function.BinaryOperator;

/** A model that this project compiled, from ids to vectors, padded where it must be. */
public final class Compiled implements Contender {
  /** Its name in tables. */
  public static final String NAME = "tilewright";

  private final CompiledModel model;
  private final BinaryOperator<Tensor> entry;
  private Tensor ids;
  private Tensor mask;

  private Compiled(CompiledModel model, BinaryOperator<Tensor> entry) {
    this.model = model;
    this.entry = entry;
  }

  /** all-MiniLM-L6-v2. */
  public static Compiled miniLm(LoadOptions options) {
    try (Weights weights = Weights.open(Artifacts.weights())) {
      MiniLm model = Tilewright.load(MiniLm.class, weights, options);
      return new Compiled(model, model::embed);
    }
  }

  /** The encoder of random weights. */
  public static Compiled gated(Weights weights, LoadOptions options) {
    GatedEncoder model = Tilewright.load(GatedEncoder.class, weights, options);
    return new Compiled(model, (ids, _) -> model.embed(ids));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Precision precision() {
    return Precision.FP32;
  }

  /** What was loaded, for people. */
  public String describe() {
    return model.describe();
  }

  @Override
  public void prepare(Batch batch) {
    long[] extents = {batch.count(), batch.longest()};
    ids = Tensors.ints(extents, batch.ids());
    mask = Tensors.ints(extents, batch.mask());
  }

  @Override
  public void call() {
    Tensor vectors = entry.apply(ids, mask);
    if (vectors.rank() != 2) {
      throw new IllegalStateException("a result of " + vectors.type());
    }
  }

  /** The vectors of the prepared batch, {@code [count, width]}. */
  float[] vectors() {
    return entry.apply(ids, mask).toFloats();
  }

  @Override
  public void close() {
    model.close();
  }
}
