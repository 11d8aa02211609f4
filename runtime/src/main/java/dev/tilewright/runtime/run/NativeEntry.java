package dev.tilewright.runtime.run;

import dev.tilewright.Dim;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.IndexOutOfRangeException;
import dev.tilewright.runtime.ModelArgumentException;
import dev.tilewright.runtime.SessionException;
import dev.tilewright.runtime.TooLargeException;
import dev.tilewright.runtime.call.Signature;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.ModelSchema.SessionUse;
import dev.tilewright.schema.ModelSchema.Site;
import dev.tilewright.schema.RaggedAxes;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * An entry of a compiled model: checks a call and works out its memory before anything native
 * happens.
 */
final class NativeEntry {
  /**
   * Elements of a ragged batch (tokens) that each worker has in a run, about: so many that every
   * weight that is read serves many, and so few that what one region leaves the next is still in
   * the worker's cache. A batch of any size takes the memory of one run.
   */
  private static final int RUN_ELEMENTS = 128;

  /** Kinds of calls that are remembered. */
  private static final int RECENT = 16;

  private final String name;
  private final EntrySchema schema;
  private final Signature signature;
  private final EntryLimits limits;
  private final MemorySegment function;
  private final AtomicReference<Tensor[]> spareArguments = new AtomicReference<>();
  private final CallPlan[] recent = new CallPlan[RECENT];
  private final int contextAt;
  private final int recentAt;
  private int oldest;
  private CallPlan last;

  NativeEntry(String model, EntrySchema schema, MemorySegment function) {
    name = model + "." + schema.name();
    this.schema = schema;
    this.function = function;
    signature = new Signature(name, schema.symbols(), schema.inputs(), schema.ragged());
    limits = new EntryLimits(name, schema, signature);
    contextAt = schema.session().isPresent() ? schema.symbols().indexOf(State.CONTEXT) : -1;
    recentAt = hasSession() ? schema.symbols().indexOf(State.RECENT) : -1;
  }

  String name() {
    return name;
  }

  MemorySegment function() {
    return function;
  }

  /** Whether it remembers in a session what it is told. */
  boolean hasSession() {
    return contextAt >= 0;
  }

  /** The place among the symbols of the rows that the session holds with those of the call. */
  int contextAt() {
    return contextAt;
  }

  /**
   * The place among the symbols of the rows that the session holds in states with windows; negative
   * if there are none.
   */
  int recentAt() {
    return recentAt;
  }

  /** Whether batches may be ragged. */
  boolean isRagged() {
    return schema.ragged().isPresent();
  }

  /** An array for the arguments of a call, to be given back. */
  Tensor[] takeArguments() {
    Tensor[] spare = spareArguments.getAndSet(null);
    return spare == null ? new Tensor[schema.inputs().size()] : spare;
  }

  /** Takes an array of arguments back, which nobody uses any more. */
  void giveBack(Tensor[] arguments) {
    Arrays.fill(arguments, null);
    spareArguments.set(arguments);
  }

  /**
   * What a call with these arguments takes, remembered from the last calls like it. One thread at a
   * time may ask.
   *
   * @throws ModelArgumentException if an argument does not fit
   * @throws TooLargeException if a size overflows
   */
  CallPlan recall(Tensor[] arguments, int workers) {
    // The last one first, as comparing with others takes objects.
    if (last != null && last.fits(arguments)) {
      return last;
    }
    for (CallPlan plan : recent) {
      if (plan != null && plan.fits(arguments)) {
        last = plan;
        return plan;
      }
    }
    last = plan(arguments, workers);
    recent[oldest] = last;
    oldest = (oldest + 1) % RECENT;
    return last;
  }

  /**
   * What a call with these arguments takes.
   *
   * @throws ModelArgumentException if an argument does not fit
   * @throws TooLargeException if a size overflows
   */
  CallPlan plan(Tensor[] arguments, int workers) {
    long[] symbols = signature.bind(arguments);
    if (contextAt >= 0) {
      // Memory is planned for a full session, so that each call of it finds the plan again.
      symbols[contextAt] = schema.session().orElseThrow().capacity();
      if (recentAt >= 0) {
        symbols[recentAt] = schema.session().orElseThrow().recent();
      }
      requireCapacity(rows(symbols));
    }
    Sequences sequences = Sequences.of(signature, symbols, hasSession(), arguments);
    List<TensorType> inputs = Arrays.stream(arguments).map(Tensor::type).toList();
    return plan(symbols, inputs, sequences, workers);
  }

  /** How many rows a call of these extents appends to each state of its session. */
  private long rows(long[] symbols) {
    return schema.session().map(use -> signature.evaluate(use.rows(), symbols)).orElse(0L);
  }

  /** The same for each sequence. */
  private long[] rows(long[] symbols, Sequences sequences) {
    if (schema.ragged().isEmpty() || !hasSession()) {
      return new long[] {rows(symbols)};
    }
    RaggedAxes axes = schema.ragged().get();
    long[] own = symbols.clone();
    long[] rows = new long[Math.toIntExact(signature.evaluate(axes.sequences(), symbols))];
    for (int i = 0; i < rows.length; i++) {
      own[schema.symbols().indexOf(axes.length())] = sequences.elements(i, i + 1);
      rows[i] = rows(own);
    }
    return rows;
  }

  private void requireCapacity(long rows) {
    SessionUse use = schema.session().orElseThrow();
    int capacity = Math.min(use.capacity(), use.recent());
    if (rows > capacity) {
      throw new SessionException(
          SessionException.Reason.FULL,
          name
              + ": "
              + rows
              + " rows do not fit into a session of at most "
              + capacity
              + "; pass fewer, or declare a larger capacity");
    }
  }

  /**
   * The bytes of workspace that a call takes.
   *
   * @param extents the values of the entry's symbols, in the schema's order; of a ragged entry the
   *     last, the lengths of all sequences together, may be left out
   * @throws IllegalArgumentException if there are more or fewer, or one is below 1
   * @throws ModelArgumentException if the model does not allow them
   * @throws TooLargeException if a size overflows
   */
  long peakBytes(long[] extents, int workers) {
    long[] symbols = withTotal(extents);
    if (symbols.length != schema.symbols().size()
        || Arrays.stream(symbols).anyMatch(value -> value < 1)) {
      throw new IllegalArgumentException(
          "peakBytes of "
              + name
              + " takes the extents "
              + String.join(", ", schema.symbols())
              + ", each at least 1, not "
              + Arrays.toString(extents));
    }
    limits.check(symbols, Sequences.NONE);
    return planned(symbols, () -> largestRun(symbols, workers)).bytes();
  }

  /** Of all calls with these sizes, whatever the sequences' lengths. */
  private CallFrame largestRun(long[] symbols, int workers) {
    if (schema.ragged().isEmpty()) {
      return run(symbols, Sequences.NONE, 0, 0, workers);
    }
    RaggedAxes axes = schema.ragged().get();
    long total = signature.evaluate(axes.total(), symbols);
    long runs = Math.max(1, total / elements(workers));
    long most =
        Math.min(total, Math.ceilDiv(total, runs) + signature.evaluate(axes.longest(), symbols));
    long count = Math.min(signature.evaluate(axes.sequences(), symbols), most);
    Sequences any = Sequences.unknown(Math.toIntExact(count), hasSession());
    return run(with(symbols, count, most), any, 0, (int) count, workers);
  }

  /**
   * Of a ragged entry with the lengths of all sequences together, as if they were the longest's.
   */
  private long[] withTotal(long[] extents) {
    if (schema.ragged().isEmpty() || extents.length != schema.symbols().size() - 1) {
      return extents;
    }
    long[] symbols = Arrays.copyOf(extents, extents.length + 1);
    RaggedAxes axes = schema.ragged().get();
    symbols[extents.length] = signature.evaluate(axes.sequences().times(axes.longest()), symbols);
    return symbols;
  }

  private CallPlan plan(long[] symbols, List<TensorType> inputs, Sequences sequences, int workers) {
    limits.check(symbols, sequences);
    return planned(
        symbols,
        () ->
            new CallPlan(
                symbols,
                inputs,
                schema.results().stream().map(result -> known(result, symbols)).toList(),
                schema.results().stream().map(result -> packed(result, symbols)).toList(),
                sequences,
                runs(symbols, sequences, workers),
                rows(symbols, sequences)));
  }

  private <T> T planned(long[] symbols, Supplier<T> plan) {
    try {
      return plan.get();
    } catch (ArithmeticException e) {
      throw new TooLargeException(
          callText(symbols) + " needs more memory than 64 bits can count", e);
    }
  }

  /** Elements of a ragged batch that a run takes about. */
  private static long elements(int workers) {
    return (long) RUN_ELEMENTS * workers;
  }

  /** A ragged batch in runs of whole sequences, anything else in one. */
  private List<CallFrame> runs(long[] symbols, Sequences sequences, int workers) {
    if (schema.ragged().isEmpty()) {
      return List.of(run(symbols, sequences, 0, 0, workers));
    }
    List<CallFrame> runs = new ArrayList<>();
    int[] starts = sequences.cut(elements(workers));
    for (int i = 0; i + 1 < starts.length; i++) {
      int count = starts[i + 1] - starts[i];
      long total = sequences.elements(starts[i], starts[i + 1]);
      long[] own = with(symbols, count, total);
      runs.add(run(own, sequences, starts[i], starts[i + 1], workers));
    }
    return runs;
  }

  /** The symbols of a run with so many sequences of so many elements together. */
  private long[] with(long[] symbols, long count, long total) {
    RaggedAxes axes = schema.ragged().orElseThrow();
    long[] own = symbols.clone();
    own[schema.symbols().indexOf(axes.batch())] = count;
    own[schema.symbols().indexOf(axes.total().toString())] = total;
    return own;
  }

  private CallFrame run(long[] symbols, Sequences sequences, int from, int to, int workers) {
    return new CallFrame(
        symbols,
        from,
        sequences.table(from, to),
        schema.inputs().stream().map(i -> part(i.type(), symbols, sequences, from)).toList(),
        schema.results().stream().map(type -> part(type, symbols, sequences, from)).toList(),
        signature.evaluate(schema.arenaBytes(), symbols),
        signature.evaluate(schema.scratchBytes(), symbols),
        workers);
  }

  /** What a run from a sequence on has of a tensor: its sequences' part, or all. */
  private CallFrame.Part part(TensorType declared, long[] symbols, Sequences sequences, int from) {
    TensorType type = packed(declared, symbols);
    if (from == 0 || !schema.ragged().orElseThrow().isBatched(declared.shape())) {
      return new CallFrame.Part(type, 0);
    }
    long before =
        schema.ragged().get().isRagged(declared.shape()) ? sequences.elements(0, from) : from;
    long each = HostTensor.elementCount(type) / type.shape().getFirst().value();
    return new CallFrame.Part(type, Math.toIntExact(each * before));
  }

  private TensorType known(TensorType type, long[] symbols) {
    return type.withShape(
        type.shape().stream().map(dim -> Dim.of(limits.extent(dim, symbols))).toList());
  }

  /** The type in memory: of a ragged batch all sequences' elements in one axis. */
  private TensorType packed(TensorType type, long[] symbols) {
    if (schema.ragged().isEmpty() || !schema.ragged().get().isRagged(type.shape())) {
      return known(type, symbols);
    }
    List<Dim> shape = new ArrayList<>(type.shape().subList(1, type.rank()));
    shape.set(0, schema.ragged().get().total());
    return known(type.withShape(shape), symbols);
  }

  /** The entry with the symbols' values, for messages. */
  String callText(long[] symbols) {
    return symbols.length == 0 ? name : name + " with " + signature.valuesText(symbols);
  }

  /** The exception for what a kernel wrote into the fault words. */
  IndexOutOfRangeException fault(long site, long value, long[] symbols) {
    Site at = schema.sites().get((int) site);
    return new IndexOutOfRangeException(
        (int) value, signature.evaluate(at.bound(), symbols), name + ", " + at.where());
  }
}
