package dev.tilewright.bench.peer;

import dev.tilewright.CompiledModel;
import dev.tilewright.Ragged;
import dev.tilewright.Tensor;
import dev.tilewright.bench.model.GatedEncoder;
import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;

/** A model that this project compiled, from ids to vectors. */
public final class Compiled implements Contender {
  /** Its name in tables. */
  public static final String NAME = "tilewright";

  /** How sentences of different lengths are handed over. */
  public enum Form {
    /** All at once, without padding if the model takes ragged batches. */
    TOGETHER(NAME),
    /** All at once, padded as others must be. */
    PADDED(NAME + " padded"),
    /** Each in a call of its own. */
    SINGLY(NAME + " singly");

    private final String label;

    Form(String label) {
      this.label = label;
    }
  }

  private final CompiledModel model;
  private final BinaryOperator<Tensor> entry;
  private final Precision precision;
  private final Form form;
  private final List<Tensor> ids = new ArrayList<>();
  private final List<Tensor> masks = new ArrayList<>();

  private Compiled(
      CompiledModel model, BinaryOperator<Tensor> entry, Precision precision, Form form) {
    this.model = model;
    this.entry = entry;
    this.precision = precision;
    this.form = form;
  }

  /** all-MiniLM-L6-v2. */
  public static Compiled miniLm(Precision precision, LoadOptions options) {
    LoadOptions precise = options.withPrecision(precision.declared());
    try (Weights weights = Weights.open(Artifacts.weights())) {
      MiniLm model = Tilewright.load(MiniLm.class, weights, precise);
      return new Compiled(model, model::embed, precision, Form.TOGETHER);
    }
  }

  /** The encoder of random weights. */
  public static Compiled gated(Weights weights, Precision precision, LoadOptions options) {
    LoadOptions precise = options.withPrecision(precision.declared());
    GatedEncoder model = Tilewright.load(GatedEncoder.class, weights, precise);
    return new Compiled(model, (ids, _) -> model.embed(ids), precision, Form.TOGETHER);
  }

  /** The same loaded model, which this one owns, handed its sentences in another form. */
  public Compiled as(Form other) {
    return new Compiled(model, entry, precision, other);
  }

  /** Whether a parameter of the model is declared ragged. */
  public boolean takesRagged() {
    return Arrays.stream(model.getClass().getInterfaces())
        .flatMap(declared -> Arrays.stream(declared.getMethods()))
        .flatMap(method -> Arrays.stream(method.getParameters()))
        .anyMatch(parameter -> parameter.isAnnotationPresent(Ragged.class));
  }

  @Override
  public String name() {
    return form.label;
  }

  @Override
  public Precision precision() {
    return precision;
  }

  /** Sentences of one length are padded to it whatever the form. */
  @Override
  public boolean takes(Batch batch) {
    return form == Form.TOGETHER || batch.mixed();
  }

  @Override
  public void prepare(Batch batch) {
    ids.clear();
    masks.clear();
    if (form == Form.SINGLY) {
      for (int[] sentence : batch.sentences()) {
        add(new Batch("one", new int[][] {sentence}));
      }
    } else if (form == Form.TOGETHER && batch.mixed() && takesRagged()) {
      ids.add(Tensors.ragged(batch.sentences()));
      masks.add(Tensors.ragged(ones(batch.lengths())));
    } else {
      add(batch);
    }
  }

  private void add(Batch batch) {
    long[] extents = {batch.count(), batch.longest()};
    ids.add(Tensors.ints(extents, batch.ids()));
    masks.add(Tensors.ints(extents, batch.mask()));
  }

  private static int[][] ones(int[] lengths) {
    int[][] ones = new int[lengths.length][];
    for (int i = 0; i < lengths.length; i++) {
      ones[i] = new int[lengths[i]];
      Arrays.fill(ones[i], 1);
    }
    return ones;
  }

  @Override
  public void call() {
    for (int i = 0; i < ids.size(); i++) {
      Tensor vectors = entry.apply(ids.get(i), masks.get(i));
      if (vectors.rank() != 2) {
        throw new IllegalStateException("a result of " + vectors.type());
      }
    }
  }

  /** The vectors of the prepared batch, {@code [count, width]}, unless they are called singly. */
  float[] vectors() {
    return entry.apply(ids.getFirst(), masks.getFirst()).toFloats();
  }

  @Override
  public void close() {
    if (form == Form.TOGETHER) {
      model.close();
    }
  }
}
