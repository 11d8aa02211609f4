package dev.tilewright.runtime;

import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.op.Evaluator;
import dev.tilewright.op.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A batch of sequences that differ in length: argument and result of entries with {@link
 * dev.tilewright.Ragged}. Its elements lie one sequence after another without gaps.
 *
 * <pre>{@code
 * RaggedTensor ids = Tensors.ragged(new int[][] {{101, 7592, 102}, {101, 102}});
 * RaggedTensor hidden = (RaggedTensor) model.encode(ids);
 * HostTensor second = hidden.sequence(1);      // [2, 384]
 * }</pre>
 *
 * Its type has the longest sequence's length. It takes part in no operation: take its sequences.
 */
public final class RaggedTensor implements Tensor {
  private final TensorType type;
  private final HostTensor packed;
  private final int[] starts;

  private RaggedTensor(HostTensor packed, int[] starts) {
    this.packed = packed;
    this.starts = starts;
    long longest = 0;
    for (int i = 0; i + 1 < starts.length; i++) {
      longest = Math.max(longest, starts[i + 1] - starts[i]);
    }
    List<Dim> shape = new ArrayList<>(packed.type().shape());
    shape.set(0, Dim.of(longest));
    shape.addFirst(Dim.of(starts.length - 1));
    type = packed.type().withShape(shape);
  }

  /**
   * A batch of sequences {@code [length, ...]}, which are copied.
   *
   * @throws IllegalArgumentException if there is none, one is empty, or they differ in more than
   *     their length
   */
  public static RaggedTensor of(List<? extends Tensor> sequences) {
    if (sequences.isEmpty()) {
      throw new IllegalArgumentException("a ragged batch has at least one sequence");
    }
    TensorType first = sequences.getFirst().type();
    int[] lengths = new int[sequences.size()];
    for (int i = 0; i < lengths.length; i++) {
      TensorType own = sequences.get(i).type();
      if (first.rank() == 0
          || own.dtype() != first.dtype()
          || own.rank() != first.rank()
          || !own.shape().subList(1, own.rank()).equals(first.shape().subList(1, own.rank()))) {
        throw new IllegalArgumentException(
            "sequences differ in their length alone, but sequence 0 is "
                + first
                + " and sequence "
                + i
                + " is "
                + own);
      }
      lengths[i] = Math.toIntExact(own.dim(0).value());
    }
    int[] starts = starts(lengths);
    List<Dim> shape = new ArrayList<>(first.shape());
    shape.set(0, Dim.of(starts[lengths.length]));
    TensorType type = first.withShape(shape);
    Object all = HostTensor.array(type.dtype(), HostTensor.elementCount(type));
    int at = 0;
    for (Tensor sequence : sequences) {
      HostTensor own = HostTensor.of(sequence);
      int count = HostTensor.elementCount(own.type());
      System.arraycopy(own.elements(), 0, all, at, count);
      at += count;
    }
    return new RaggedTensor(HostTensor.wrap(type, all), starts);
  }

  /**
   * A batch over elements that lie one sequence after another, which are not copied.
   *
   * @param packed {@code [sum of the lengths, ...]}
   * @throws IllegalArgumentException if a length is below 1, or they do not add up to the extent
   */
  public static RaggedTensor wrap(HostTensor packed, int... lengths) {
    int[] starts = starts(lengths);
    if (packed.rank() == 0 || !packed.dim(0).is(starts[lengths.length])) {
      throw new IllegalArgumentException(
          "the lengths add up to "
              + starts[lengths.length]
              + ", but the elements of all sequences are "
              + packed.type());
    }
    return new RaggedTensor(packed, starts);
  }

  private static int[] starts(int[] lengths) {
    if (lengths.length == 0) {
      throw new IllegalArgumentException("a ragged batch has at least one sequence");
    }
    int[] starts = new int[lengths.length + 1];
    for (int i = 0; i < lengths.length; i++) {
      if (lengths[i] < 1) {
        throw new IllegalArgumentException(
            "sequence " + i + " is empty: every sequence has at least one element");
      }
      try {
        starts[i + 1] = Math.addExact(starts[i], lengths[i]);
      } catch (ArithmeticException e) {
        throw new TooLargeException("the sequences are longer together than 31 bits can count", e);
      }
    }
    return starts;
  }

  /** How many sequences there are. */
  public int count() {
    return starts.length - 1;
  }

  /** The length of a sequence, counted from 0. */
  public int length(int sequence) {
    return starts[sequence + 1] - starts[sequence];
  }

  /** The lengths of all sequences. */
  public int[] lengths() {
    int[] lengths = new int[count()];
    Arrays.setAll(lengths, this::length);
    return lengths;
  }

  /** All sequences' lengths together. */
  public int total() {
    return starts[count()];
  }

  /** Whether the other batch has as many sequences of the same lengths. */
  public boolean hasLengthsOf(RaggedTensor other) {
    return Arrays.equals(starts, other.starts);
  }

  /** A copy of a sequence, counted from 0: {@code [length, ...]}. */
  public HostTensor sequence(int sequence) {
    List<Dim> shape = new ArrayList<>(packed.type().shape());
    shape.set(0, Dim.of(length(sequence)));
    TensorType own = packed.type().withShape(shape);
    int count = HostTensor.elementCount(own);
    Object elements = HostTensor.array(own.dtype(), count);
    int each = count / length(sequence);
    System.arraycopy(packed.elements(), starts[sequence] * each, elements, 0, count);
    return HostTensor.wrap(own, elements);
  }

  /** Copies of all sequences. */
  public List<HostTensor> sequences() {
    List<HostTensor> all = new ArrayList<>();
    for (int i = 0; i < count(); i++) {
      all.add(sequence(i));
    }
    return all;
  }

  /** The elements of all sequences one after another, {@code [total, ...]}; not a copy. */
  public HostTensor packed() {
    return packed;
  }

  /** {@code [count, longest length, ...]}. */
  @Override
  public TensorType type() {
    return type;
  }

  /**
   * @throws UnsupportedOperationException always
   */
  @Override
  public Evaluator evaluator() {
    throw new UnsupportedOperationException(
        "a ragged batch takes part in no operation: take sequence(i), or hand it to an entry whose"
            + " parameter is @Ragged");
  }

  /** The elements of all sequences one after another. */
  @Override
  public float[] toFloats() {
    return packed.toFloats();
  }

  /** The elements of all sequences one after another. */
  @Override
  public int[] toInts() {
    return packed.toInts();
  }

  @Override
  public String toString() {
    return type + " with lengths " + Arrays.toString(lengths());
  }
}
