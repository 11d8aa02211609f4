package dev.tilewright.runtime.run;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.tilewright.Tensor;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.RaggedTensor;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.RaggedAxes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/**
 * Where everything of one run of an entry's function lies in the workspace: the fault words, the
 * frame ({@link ModelSchema} says what it holds), inputs, results, arena and scratch, each aligned
 * to 64 bytes. A call is one run, or several that take some of its sequences each.
 */
final class CallFrame {
  private static final long LINE = 64;
  private static final int FAULT_WORDS = 2;

  private final long[] symbols;
  private final int first;
  private final int[] sequences;
  private final Region[] inputs;
  private final Region[] results;
  private final long frame;
  // Fault words and frame as they are written to the workspace.
  private final long[] words;
  private final MemorySegment wordBytes;
  private final long table;
  private final long arena;
  private final long scratch;
  private final long stride;
  private final long bytes;

  /**
   * The part of a call's tensor that a run takes or makes.
   *
   * @param type its type in memory
   * @param first its first element among the tensor's
   */
  record Part(TensorType type, int first) {}

  /** A part's place in the workspace. */
  private record Region(ValueLayout layout, int first, int count, long offset, long end) {
    static Region of(Part part, long offset) {
      int count = HostTensor.elementCount(part.type());
      long size = Math.multiplyExact((long) part.type().dtype().bytes(), count);
      return new Region(
          CallFrame.layout(part.type()), part.first(), count, offset, after(offset, size));
    }
  }

  /**
   * Overflow of a size throws {@link ArithmeticException}.
   *
   * @param first the first of the call's sequences that the run takes
   * @param sequences the table of a ragged batch, or an empty one
   */
  CallFrame(
      long[] symbols,
      int first,
      int[] sequences,
      List<Part> inputs,
      List<Part> results,
      long arenaBytes,
      long scratchBytes,
      int workers) {
    this.symbols = symbols;
    this.first = first;
    this.sequences = sequences;
    this.inputs = new Region[inputs.size()];
    this.results = new Region[results.size()];
    frame = after(0, FAULT_WORDS * Long.BYTES);
    int inFrame = ModelSchema.FRAME_HEADER + symbols.length + inputs.size() + results.size() + 1;
    words = new long[(int) (frame / Long.BYTES) + inFrame];
    wordBytes = MemorySegment.ofArray(words);
    table = place(inputs, this.inputs, after(0, wordBytes.byteSize()));
    arena = place(results, this.results, after(table, (long) sequences.length * Integer.BYTES));
    scratch = after(arena, arenaBytes);
    stride = after(0, scratchBytes);
    bytes = after(scratch, Math.multiplyExact(stride, (long) workers));
  }

  private static long place(List<Part> parts, Region[] regions, long start) {
    long at = start;
    for (int i = 0; i < regions.length; i++) {
      regions[i] = Region.of(parts.get(i), at);
      at = regions[i].end();
    }
    return at;
  }

  long[] symbols() {
    return symbols;
  }

  /**
   * Says which sessions the run's sequences go on in.
   *
   * @param contextAt the place of {@link dev.tilewright.State#CONTEXT} among the symbols
   * @param recentAt the place of {@link dev.tilewright.State#RECENT} among them; negative if there
   *     is none
   * @return the words that lead to weights and states
   */
  MemorySegment enter(SessionCall sessions, int contextAt, int recentAt) {
    int count = Math.max(1, RaggedAxes.sessions(sequences));
    sessions.select(first, count);
    symbols[contextAt] = sessions.context();
    if (recentAt >= 0) {
      symbols[recentAt] = sessions.recent();
    }
    if (sequences.length > 0) {
      RaggedAxes.putSessions(sequences, sessions.contexts(), sessions.places(), sessions.recents());
    }
    return sessions.table();
  }

  /** The workspace that the run takes. */
  long bytes() {
    return bytes;
  }

  /** Writes frame and inputs; answers the frame's address. */
  long fill(
      MemorySegment memory,
      Tensor[] arguments,
      MemorySegment barrier,
      MemorySegment weights,
      long yield) {
    long base = memory.address();
    Arrays.fill(words, 0, FAULT_WORDS, 0);
    int at = (int) (frame / Long.BYTES);
    words[at++] = base + arena;
    words[at++] = base + scratch;
    words[at++] = stride;
    words[at++] = barrier.address();
    words[at++] = base;
    words[at++] = weights.address();
    words[at++] = yield;
    words[at++] = 0;
    for (long symbol : symbols) {
      words[at++] = symbol;
    }
    for (Region input : inputs) {
      words[at++] = base + input.offset();
    }
    if (sequences.length > 0) {
      words[at++] = base + table;
      MemorySegment.copy(sequences, 0, memory, JAVA_INT, table, sequences.length);
    }
    for (Region result : results) {
      words[at++] = base + result.offset();
    }
    MemorySegment.copy(wordBytes, 0, memory, 0, wordBytes.byteSize());
    for (int i = 0; i < inputs.length; i++) {
      Region input = inputs[i];
      MemorySegment.copy(
          elements(arguments[i]),
          input.first(),
          memory,
          input.layout(),
          input.offset(),
          input.count());
    }
    return base + frame;
  }

  private static Object elements(Tensor argument) {
    return argument instanceof RaggedTensor batch
        ? batch.packed().elements()
        : HostTensor.of(argument).elements();
  }

  /** One more than the number of the site that found an index out of range, or 0. */
  long faultSite(MemorySegment memory) {
    return faultWord(memory, 0);
  }

  /** The index that was found. */
  long faultValue(MemorySegment memory) {
    return faultWord(memory, 1);
  }

  private long faultWord(MemorySegment memory, int number) {
    MemorySegment.copy(memory, 0, wordBytes, 0, FAULT_WORDS * Long.BYTES);
    return words[number];
  }

  /** Copies the run's results to their places among the call's. */
  void copyResults(MemorySegment memory, HostTensor[] into) {
    for (int i = 0; i < results.length; i++) {
      Region result = results[i];
      MemorySegment.copy(
          memory,
          result.layout(),
          result.offset(),
          into[i].elements(),
          result.first(),
          result.count());
    }
  }

  private static ValueLayout layout(TensorType type) {
    return switch (type.dtype()) {
      case FLOAT32 -> JAVA_FLOAT;
      case BFLOAT16 -> JAVA_SHORT;
      case INT32 -> JAVA_INT;
      case INT8, UINT8, BOOL -> JAVA_BYTE;
    };
  }

  /** The first multiple of 64 behind a region. */
  private static long after(long start, long size) {
    return Math.addExact(Math.addExact(start, size), LINE - 1) & -LINE;
  }
}
