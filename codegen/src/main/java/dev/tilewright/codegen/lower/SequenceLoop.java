package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.State;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.schema.RaggedAxes;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a kernel of one sequence run for all sequences of a ragged batch. Work is counted in units
 * that {@link RaggedAxes} defines, elements or shares of the squared lengths; worker w of W takes
 * {@code [total*w/W, total*(w+1)/W)} of them, and of each sequence's items those that lie there:
 *
 * <pre>
 * for each sequence b of the units [u, u + span):
 *   from = clamp(first - u, 0, span),  to = clamp(end - u, 0, span)
 *   if from &lt; to:  items [n*from/span, n*to/span)
 * </pre>
 *
 * So shares are contiguous, every item is in exactly one, and short sequences are not cut up.
 */
final class SequenceLoop {
  private final Axis axis;
  private final RaggedAxes ragged;
  private final boolean squared;
  private final Index site;
  private final Buffer table;
  private final Index sequence;
  private final Index start;
  private final Index end;
  private final Index own;
  private final Index ownContext;
  private final Index ownRecent;
  private final Index place;
  private final boolean sessions;
  private final boolean windows;
  private final Index unit;
  private final Index unitEnd;
  private final Index span;
  private final Index from;
  private final Index to;
  private final Index first;
  private final Index last;

  /**
   * @param axis the sequences
   * @param squared whether a sequence's work grows with the square of its length, or with its
   *     length times its session's
   * @param symbols of the function, {@link State}'s among them if sequences go on in sessions
   * @param site of the table's elements, which are indices
   */
  SequenceLoop(
      KernelScope scope,
      Axis axis,
      RaggedAxes ragged,
      String table,
      boolean squared,
      List<String> symbols,
      int site) {
    this.axis = axis;
    this.ragged = ragged;
    this.squared = squared;
    sessions = symbols.contains(State.CONTEXT);
    windows = symbols.contains(State.RECENT);
    this.site = Index.of(site);
    this.table = scope.buffer(table, DType.INT32);
    own = Index.variable(scope.variable(ragged.own().toString()));
    if (!own.equals(Index.of(ragged.own()))) {
      throw new IllegalArgumentException(ragged.own() + " is a symbol of the declaration");
    }
    ownContext = own(scope, sessions, ragged.ownContext());
    ownRecent = own(scope, windows, ragged.ownRecent());
    place = sessions ? variable(scope, "place_of_session") : Index.ZERO;
    sequence = variable(scope, axis.name());
    start = variable(scope, "start_of_sequence");
    end = variable(scope, "end_of_sequence");
    unit = squared ? variable(scope, "unit") : start;
    unitEnd = squared ? variable(scope, "end_of_units") : end;
    span = squared ? variable(scope, "span") : own;
    from = variable(scope, "from");
    to = variable(scope, "to");
    first = variable(scope, "first_unit");
    last = variable(scope, "end_unit");
  }

  /** The variable of that name, which the symbol means then. */
  private static Index own(KernelScope scope, boolean used, Dim symbol) {
    Index own = used ? variable(scope, symbol.toString()) : Index.of(symbol);
    if (!own.equals(Index.of(symbol))) {
      throw new IllegalArgumentException(symbol + " is a symbol of the declaration");
    }
    return own;
  }

  Axis axis() {
    return axis;
  }

  /** The number of the sequence at hand. */
  Index sequence() {
    return sequence;
  }

  /** Where it starts. */
  Index start() {
    return start;
  }

  /** Where the states of its session lie, in units of {@link RaggedAxes#PLACE}. */
  Index place() {
    return place;
  }

  /** The size for the longest sequence. */
  Dim greatest(Dim size) {
    return ragged.greatest(size);
  }

  /** The worker's first of a sequence's items. */
  Index firstItem(Index items) {
    return items.times(from).dividedBy(span);
  }

  /** The first item after the worker's. */
  Index endOfItems(Index items) {
    return items.times(to).dividedBy(span);
  }

  /** The loop over sequences around what is done for one. */
  List<Statement> around(List<Statement> body) {
    Index sequences = Index.of(ragged.sequences());
    Index total = squared ? sequences.plus(RaggedAxes.WORK) : Index.of(ragged.total());
    List<Statement> each = new ArrayList<>();
    each.add(entry(start, sequence, Index.of(ragged.total()).plus(1)));
    each.add(entry(end, sequence.plus(1), Index.of(ragged.total()).plus(1)));
    each.add(define(own, end.minus(start)));
    if (sessions) {
      Index contexts = sequences.times(2).plus(2).plus(sequence);
      each.add(entry(ownContext, contexts, Index.of(Dim.symbol(State.CONTEXT)).plus(1)));
      each.add(entry(place, contexts.plus(sequences), Index.of(Integer.MAX_VALUE)));
      if (windows) {
        Index recents = contexts.plus(sequences.times(2));
        each.add(entry(ownRecent, recents, Index.of(Dim.symbol(State.RECENT)).plus(1)));
      }
    }
    if (squared) {
      Index works = sequence.plus(sequences).plus(1);
      each.add(entry(unit, works, total.plus(1)));
      each.add(entry(unitEnd, works.plus(1), total.plus(1)));
      each.add(define(span, unitEnd.minus(unit)));
    }
    each.add(define(from, first.minus(unit).max(Index.ZERO).min(span)));
    each.add(define(to, last.minus(unit).max(Index.ZERO).min(span)));
    each.add(new Statement.If(from, to, body, List.of()));
    return List.of(
        define(first, total.times(KernelScope.WORKER).dividedBy(KernelScope.WORKERS)),
        define(last, total.times(KernelScope.WORKER.plus(1)).dividedBy(KernelScope.WORKERS)),
        new Statement.Loop(name(sequence), Index.ZERO, sequences, 1, 1, each));
  }

  private Statement entry(Index variable, Index at, Index bound) {
    return new Statement.Lookup(name(variable), table, at, bound, site);
  }

  private static Statement define(Index variable, Index value) {
    return new Statement.Define(name(variable), value);
  }

  private static Index variable(KernelScope scope, String hint) {
    return Index.variable(scope.variable(hint));
  }

  private static String name(Index variable) {
    return ((Index.Variable) variable).name();
  }
}
