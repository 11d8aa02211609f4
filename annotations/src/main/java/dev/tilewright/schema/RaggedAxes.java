package dev.tilewright.schema;

import dev.tilewright.Dim;
import dev.tilewright.State;
import java.util.Arrays;
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
 * <p>Where sequences go on in sessions, each in its own, the rows of a session are ragged, too: the
 * symbol {@link State#CONTEXT} is the longest's, {@link #ownContext} that of the sequence at hand,
 * and likewise {@link State#RECENT} and {@link #ownRecent}; work is shared out by {@code
 * len(i)*context(i)} in place of {@code len(i)^2}, and the table goes on with {@code context(0) ..
 * context(batch-1)}, {@code place(0) .. place(batch-1)} and {@code recent(0) .. recent(batch-1)}:
 * the states of sequence b lie {@code place(b)*PLACE} bytes behind those that the weight table
 * leads to.
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

  /** Bytes that a session's memory is aligned to. */
  public static final int PLACE = 1 << 16;

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

  /** The rows of the session of the sequence at hand, those of the call included. */
  public Dim ownContext() {
    return Dim.symbol(State.CONTEXT + OWN);
  }

  /** The rows that the session of the sequence at hand holds in states with windows. */
  public Dim ownRecent() {
    return Dim.symbol(State.RECENT + OWN);
  }

  /** Whether an extent grows with the session of a sequence. */
  public static boolean hasSession(Dim extent) {
    return extent.symbols().contains(State.CONTEXT) || extent.symbols().contains(State.RECENT);
  }

  /** Whether an extent grows with the session of the sequence at hand. */
  public boolean hasOwnSession(Dim extent) {
    return extent.symbols().contains(State.CONTEXT + OWN)
        || extent.symbols().contains(State.RECENT + OWN);
  }

  /** An extent of the longest sequence for one of the sequence at hand. */
  public Dim greatest(Dim own) {
    return own.substitute(Map.of(length + OWN, longest()))
        .substitute(Map.of(State.CONTEXT + OWN, Dim.symbol(State.CONTEXT)))
        .substitute(Map.of(State.RECENT + OWN, Dim.symbol(State.RECENT)));
  }

  /** An extent of the sequence at hand for one of the longest. */
  public Dim own(Dim longest) {
    return longest
        .substitute(Map.of(length, own()))
        .substitute(Map.of(State.CONTEXT, ownContext()))
        .substitute(Map.of(State.RECENT, ownRecent()));
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
    return symbol.equals(length + TOTAL)
        || symbol.equals(length + OWN)
        || symbol.equals(State.CONTEXT + OWN)
        || symbol.equals(State.RECENT + OWN);
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
    for (int i = 0; i < lengths.length; i++) {
      table[i + 1] = table[i] + lengths[i];
    }
    share(table, lengths.length, lengths);
    return table;
  }

  /**
   * The table of a call whose sequences go on in sessions, but for the sessions.
   *
   * @param lengths each at least 1, together at most {@link Integer#MAX_VALUE}
   */
  public static int[] tableOfSessions(int... lengths) {
    return Arrays.copyOf(table(lengths), 5 * lengths.length + 2);
  }

  /**
   * Writes the sessions into a table.
   *
   * @param contexts of each sequence: the rows of its session with those of the call
   * @param places of each sequence
   * @param recents of each sequence: the rows of its states with windows with those of the call
   */
  public static void putSessions(int[] table, int[] contexts, int[] places, int[] recents) {
    int count = sessions(table);
    System.arraycopy(contexts, 0, table, 2 * count + 2, count);
    System.arraycopy(places, 0, table, 3 * count + 2, count);
    System.arraycopy(recents, 0, table, 4 * count + 2, count);
    share(table, count, contexts);
  }

  /** How many sessions a table is for. */
  public static int sessions(int[] table) {
    return (table.length - 2) / 5;
  }

  /** Shares the work out by the products of a sequence's length and how much each row sees. */
  private static void share(int[] table, int count, int[] seen) {
    double all = 0;
    for (int i = 0; i < count; i++) {
      all += (double) (table[i + 1] - table[i]) * seen[i];
    }
    double before = 0;
    for (int i = 0; i < count; i++) {
      table[count + 1 + i] = i + (int) (before / all * WORK);
      before += (double) (table[i + 1] - table[i]) * seen[i];
    }
    table[2 * count + 1] = count + WORK;
  }

  /**
   * Words of the table of a call.
   *
   * @param sessions whether sequences go on in sessions
   */
  public Dim tableWords(boolean sessions) {
    return sequences().times(sessions ? 5 : 2).plus(2);
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
