package dev.tilewright.runtime.run;

import dev.tilewright.Tensor;
import dev.tilewright.runtime.RaggedTensor;
import dev.tilewright.runtime.call.Signature;
import dev.tilewright.schema.RaggedAxes;
import java.util.Arrays;

/** The sequences of a call's batch. */
final class Sequences {
  /** Of an entry whose batches cannot be ragged. */
  static final Sequences NONE = new Sequences(null, new boolean[0], new int[0], false);

  private final RaggedTensor like;
  private final boolean[] ragged;
  private final int[] table;
  private final boolean sessions;

  private Sequences(RaggedTensor like, boolean[] ragged, int[] table, boolean sessions) {
    this.sessions = sessions;
    this.like = like;
    this.ragged = ragged;
    this.table = table;
  }

  /**
   * So many, of a call that is not to be made.
   *
   * @param sessions whether they go on in sessions
   */
  static Sequences unknown(int count, boolean sessions) {
    return new Sequences(null, new boolean[0], new int[2 * count + 2], sessions);
  }

  /**
   * The sequences of arguments that were checked.
   *
   * @param sessions whether they go on in sessions
   */
  static Sequences of(Signature signature, long[] symbols, boolean sessions, Tensor[] arguments) {
    if (signature.ragged().isEmpty()) {
      return NONE;
    }
    RaggedTensor like = Signature.firstRagged(arguments);
    boolean[] ragged = new boolean[arguments.length];
    for (int i = 0; i < ragged.length; i++) {
      ragged[i] = arguments[i] instanceof RaggedTensor;
    }
    int[] lengths = like == null ? equal(signature, symbols) : like.lengths();
    return new Sequences(like, ragged, RaggedAxes.table(lengths), sessions);
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

  /**
   * The sequences of each run of a call: as many as have about so many elements together, all if
   * there are not twice as many, and always whole ones.
   *
   * @return their first sequences, ascending from 0, and the number of all
   */
  int[] cut(long elements) {
    int count = table.length / 2 - 1;
    int total = table[count];
    int runs = (int) Math.max(1, total / elements);
    int[] starts = new int[runs + 1];
    int found = 0;
    long next = 0;
    for (int sequence = 0; sequence < count; sequence++) {
      if (table[sequence] >= next) {
        starts[found++] = sequence;
        long share = (long) table[sequence] * runs / total;
        next = Math.ceilDiv((share + 1) * total, runs);
      }
    }
    starts[found] = count;
    return Arrays.copyOf(starts, found + 1);
  }

  /** How many elements the sequences {@code from .. to-1} have together. */
  int elements(int from, int to) {
    return table[to] - table[from];
  }

  /** The table of {@link RaggedAxes} of some sequences; empty if batches cannot be ragged. */
  int[] table(int from, int to) {
    if (table.length == 0) {
      return table;
    }
    int[] lengths = new int[to - from];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = table[from + i + 1] - table[from + i];
    }
    return sessions ? RaggedAxes.tableOfSessions(lengths) : RaggedAxes.table(lengths);
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
