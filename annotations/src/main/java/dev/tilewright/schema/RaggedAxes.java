package dev.tilewright.schema;

import dev.tilewright.Dim;
import java.util.List;
import java.util.Map;

/**
 * Which axis of an entry's tensors is ragged over which: sequence b of a batch has its own length
 * {@code len(b)}, and a tensor declared {@code [batch, length, ...]} holds the elements of all
 * sequences one after another and nothing else (<a
 * href="https://arxiv.org/abs/2210.03052">ByteTransformer</a>):
 *
 * <pre>
 * off(b) = len(0) + .. + len(b-1)          total = off(batch)
 * element (b, s, ...) lies at (off(b) + s)*rest + ...
 * </pre>
 *
 * The symbol {@link #length} itself is the longest sequence's.
 *
 * <p>A call brings a table of INT32 in the frame ({@link ModelSchema}): {@code off(0) ..
 * off(batch)} and then {@code work(0) .. work(batch)}, ascending from 0 to {@link #WORK}{@code +
 * batch}, by which workers share out what costs the square of the length:
 *
 * <pre>work(b) = b + floor(WORK * sum over i &lt; b of len(i)^2 / sum over all i of len(i)^2)</pre>
 *
 * @param batch the symbol that counts the sequences
 * @param length the symbol that is ragged
 */
public record RaggedAxes(String batch, String length) {
  public RaggedAxes {
    if (Dim.symbol(batch).equals(Dim.symbol(length))) {
      throw new IllegalArgumentException(length + " cannot be ragged over itself");
    }
  }

  /** What all sequences' squared lengths are scaled to. */
  public static final int WORK = 1 << 20;

  private static final String TOTAL = "_total";
  private static final String OWN = "_own";

  /**
   * The axes of a parameter with {@link dev.tilewright.Ragged}: the second over the first.
   *
   * @throws IllegalArgumentException if these are no symbols, or another axis has them, too
   */
  public static RaggedAxes of(List<Dim> shape) {
    if (shape.size() < 2 || !isSymbol(shape.get(0)) || !isSymbol(shape.get(1))) {
      throw new IllegalArgumentException(
          "a ragged parameter has a symbol for the sequences and one for their length as its first"
              + " axes, such as [B, S], not "
              + shape);
    }
    RaggedAxes axes = new RaggedAxes(shape.get(0).toString(), shape.get(1).toString());
    String fault = axes.fault(shape, false);
    if (fault != null) {
      throw new IllegalArgumentException("a ragged parameter " + fault + ", not " + shape);
    }
    return axes;
  }

  private static boolean isSymbol(Dim extent) {
    return extent.symbols().size() == 1
        && extent.equals(Dim.symbol(extent.symbols().iterator().next()));
  }

  /** All sequences' lengths together, {@code off(batch)}: a symbol of its own. */
  public Dim total() {
    return Dim.symbol(length + TOTAL);
  }

  /** The length of the sequence at hand: a symbol with a value where a sequence is at hand. */
  public Dim own() {
    return Dim.symbol(length + OWN);
  }

  /** The number of sequences. */
  public Dim sequences() {
    return Dim.symbol(batch);
  }

  /** The longest length. */
  public Dim longest() {
    return Dim.symbol(length);
  }

  /** Whether a symbol may stand for all sequences' lengths together. */
  public static boolean isTotal(String symbol) {
    return symbol.endsWith(TOTAL);
  }

  /** Whether a symbol of a declaration would be mistaken for one of these. */
  public boolean reserves(String symbol) {
    return symbol.equals(length + TOTAL) || symbol.equals(length + OWN);
  }

  /** Whether a tensor of the shape holds something for each sequence. */
  public boolean isBatched(List<Dim> shape) {
    return shape.stream().anyMatch(extent -> extent.symbols().contains(batch));
  }

  /** Whether a tensor of the shape holds as much for a sequence as the sequence is long. */
  public boolean isRagged(List<Dim> shape) {
    return isBatched(shape) && shape.stream().anyMatch(this::hasLength);
  }

  /**
   * Why a tensor of the shape can be neither parameter nor result of an entry, as the end of a
   * sentence; null if it can. Parameters are {@code [batch, length, ...]}, {@code [batch, ...]}, or
   * without the batch, then with whole axes of the length, of which a sequence sees the beginning.
   * Results have the batch.
   */
  public String fault(List<Dim> shape, boolean result) {
    if (!isBatched(shape)) {
      if (result) {
        return "has no axis " + batch + ", so it is no result of one sequence";
      }
      return shape.stream().allMatch(extent -> !hasLength(extent) || extent.equals(longest()))
          ? null
          : "has no axis " + batch + ", and " + length + " must be an axis of it by itself";
    }
    List<Dim> rest = shape.subList(1, shape.size());
    if (!shape.getFirst().equals(sequences()) || isBatched(rest)) {
      return "must have " + batch + " as its first axis and nowhere else";
    }
    boolean fine =
        rest.stream().noneMatch(this::hasLength)
            || (rest.getFirst().equals(longest())
                && rest.subList(1, rest.size()).stream().noneMatch(this::hasLength));
    return fine ? null : "must have " + length + " as its second axis and nowhere else";
  }

  private boolean hasLength(Dim extent) {
    return extent.symbols().contains(length);
  }

  /**
   * The table of a call.
   *
   * @param lengths each at least 1, together at most {@link Integer#MAX_VALUE}
   */
  public static int[] table(int... lengths) {
    int[] table = new int[2 * lengths.length + 2];
    double squares = 0;
    for (int i = 0; i < lengths.length; i++) {
      table[i + 1] = table[i] + lengths[i];
      squares += (double) lengths[i] * lengths[i];
    }
    double before = 0;
    for (int i = 0; i <= lengths.length; i++) {
      boolean end = i == lengths.length;
      table[lengths.length + 1 + i] = i + (end ? WORK : (int) (before / squares * WORK));
      before += end ? 0 : (double) lengths[i] * lengths[i];
    }
    return table;
  }

  /** Words of the table of a call. */
  public Dim tableWords() {
    return sequences().plus(1).times(2);
  }

  /**
   * The sum of an extent over all sequences, {@code sum over b of extent(len(b))}.
   *
   * @param extent for a length of {@link #length}
   * @return null if the extent is not linear in the length
   */
  public Dim sum(Dim extent) {
    Linear linear = linear(extent, length);
    return linear == null
        ? null
        : linear.factor().times(total()).plus(linear.rest().times(sequences()));
  }

  /**
   * The elements of a tensor that in dense form has so many.
   *
   * @return null if there is no packed form: the length does not enter each sequence's part
   *     linearly
   */
  public Dim packed(Dim elements) {
    Linear linear = linear(elements, batch);
    Dim sum = linear == null ? null : sum(linear.factor());
    return sum == null ? null : sum.plus(linear.rest());
  }

  /** {@code factor*symbol + rest}. */
  public record Linear(Dim factor, Dim rest) {}

  /**
   * An extent as a multiple of a symbol and what is left.
   *
   * @return null if the symbol enters in another way
   */
  public static Linear linear(Dim extent, String symbol) {
    Dim rest = extent.substitute(Map.of(symbol, Dim.ZERO));
    Dim factor = extent.substitute(Map.of(symbol, Dim.ONE)).minus(rest);
    boolean same = factor.times(Dim.symbol(symbol)).plus(rest).equals(extent);
    return same ? new Linear(factor, rest) : null;
  }
}
