package dev.tilewright.runtime.run;

import dev.tilewright.Tensor;
import dev.tilewright.runtime.RaggedTensor;
import dev.tilewright.runtime.call.Signature;
import dev.tilewright.schema.RaggedAxes;
import java.util.Arrays;

/** The sequences of a call's batch. */
final class Sequences {
  /** Of an entry whose batches cannot be ragged. */
  static final Sequences NONE = new Sequences(null, new boolean[0], new int[0]);

  private final RaggedTensor like;
  private final boolean[] ragged;
  private final int[] table;

  private Sequences(RaggedTensor like, boolean[] ragged, int[] table) {
    this.like = like;
    this.ragged = ragged;
    this.table = table;
  }

  /** Of a plan that is not to be called. */
  static Sequences unknown(long tableWords) {
    return new Sequences(null, new boolean[0], new int[Math.toIntExact(tableWords)]);
  }

  /** The sequences of arguments that were checked. */
  static Sequences of(Signature signature, long[] symbols, Tensor[] arguments) {
    if (signature.ragged().isEmpty()) {
      return NONE;
    }
    RaggedTensor like = Signature.firstRagged(arguments);
    boolean[] ragged = new boolean[arguments.length];
    for (int i = 0; i < ragged.length; i++) {
      ragged[i] = arguments[i] instanceof RaggedTensor;
    }
    int[] lengths = like == null ? equal(signature, symbols) : like.lengths();
    return new Sequences(like, ragged, RaggedAxes.table(lengths));
  }

  private static int[] equal(Signature signature, long[] symbols) {
    RaggedAxes axes = signature.ragged().orElseThrow();
    int[] lengths = new int[Math.toIntExact(signature.evaluate(axes.sequences(), symbols))];
    Arrays.fill(lengths, Math.toIntExact(signature.evaluate(axes.longest(), symbols)));
    return lengths;
  }

  /** Whether an argument is a ragged tensor. */
  boolean isRagged() {
    return like != null;
  }

  /** An argument that is a ragged tensor; null if all are dense. */
  RaggedTensor like() {
    return like;
  }

  /** The table of {@link RaggedAxes}, not a copy; empty if batches cannot be ragged. */
  int[] table() {
    return table;
  }

  /** Whether arguments of the same types have the same sequences. */
  boolean fits(Tensor[] arguments) {
    for (int i = 0; i < ragged.length; i++) {
      boolean fits =
          arguments[i] instanceof RaggedTensor other
              ? ragged[i] && other.hasLengthsOf(like)
              : !ragged[i];
      if (!fits) {
        return false;
      }
    }
    return true;
  }
}
