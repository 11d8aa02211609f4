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
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Where everything of one call lies in the workspace: the fault words, the frame ({@link
 * ModelSchema} says what it holds), inputs, results, arena and scratch, each aligned to 64 bytes.
 */
final class CallPlan {
  private static final long LINE = 64;
  private static final int FAULT_WORDS = 2;

  private final List<TensorType> inputTypes;

  /** The types that were found equal to these last, which the next call's are likely to be. */
  private final TensorType[] fitting;

  private final List<TensorType> resultTypes;
  private final Sequences sequences;
  private final long[] symbols;
  private final Region[] inputs;
  private final Region[] results;
  private final long frame;
  // Fault words and frame as they are written to the workspace.
  private final long[] words;
  private final MemorySegment wordBytes;
  private final long arena;
  private final long scratch;
  private final long stride;
  private final long bytes;
  private final long rows;
  private final long table;
  // Of the last call, if results are reused.
  private HostTensor[] tensors;
  private Object answer;

  /** A tensor's place in the workspace. */
  private record Region(TensorType type, ValueLayout layout, long offset, int count) {
    Region(TensorType type, long offset) {
      this(type, CallPlan.layout(type), offset, HostTensor.elementCount(type));
    }

    long end() {
      return after(offset, Math.multiplyExact((long) type.dtype().bytes(), count));
    }

    HostTensor fresh() {
      return HostTensor.wrap(type, HostTensor.array(type.dtype(), count));
    }
  }

  /**
   * Tensors of a call, as callers see them and as they lie in memory: those of ragged batches with
   * all sequences in one axis.
   */
  record Tensors(
      List<TensorType> inputs,
      List<TensorType> packedInputs,
      List<TensorType> results,
      List<TensorType> packedResults) {}

  /** Overflow of a size throws {@link ArithmeticException}. */
  CallPlan(
      long[] symbols,
      Tensors tensors,
      Sequences sequences,
      long arenaBytes,
      long scratchBytes,
      long rows,
      int workers) {
    this.rows = rows;
    this.symbols = symbols;
    this.sequences = sequences;
    inputTypes = tensors.inputs();
    resultTypes = tensors.results();
    fitting = new TensorType[inputTypes.size()];
    inputs = new Region[inputTypes.size()];
    results = new Region[resultTypes.size()];
    frame = after(0, FAULT_WORDS * Long.BYTES);
    int inFrame = ModelSchema.FRAME_HEADER + symbols.length + inputs.length + results.length + 1;
    words = new long[(int) (frame / Long.BYTES) + inFrame];
    wordBytes = MemorySegment.ofArray(words);
    long at = after(0, wordBytes.byteSize());
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = new Region(tensors.packedInputs().get(i), at);
      at = inputs[i].end();
    }
    table = at;
    at = after(at, (long) sequences.table().length * Integer.BYTES);
    for (int i = 0; i < results.length; i++) {
      results[i] = new Region(tensors.packedResults().get(i), at);
      at = results[i].end();
    }
    arena = at;
    scratch = after(arena, arenaBytes);
    stride = after(0, scratchBytes);
    bytes = after(scratch, Math.multiplyExact(stride, (long) workers));
  }

  long[] symbols() {
    return symbols;
  }

  /** How many rows the call appends to each state of its session. */
  long rows() {
    return rows;
  }

  /** The workspace that the call takes. */
  long bytes() {
    return bytes;
  }

  /** Whether it was made for arguments of these types. */
  @SuppressWarnings("ReferenceEquality") // The same object is found to be equal sooner.
  boolean fits(Tensor[] arguments) {
    for (int i = 0; i < inputs.length; i++) {
      if (arguments[i] == null) {
        return false;
      }
      TensorType type = arguments[i].type();
      if (type != fitting[i] && !type.equals(inputTypes.get(i))) {
        return false;
      }
      fitting[i] = type;
    }
    return sequences.fits(arguments);
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
    if (sequences.table().length > 0) {
      words[at++] = base + table;
      MemorySegment.copy(sequences.table(), 0, memory, JAVA_INT, table, sequences.table().length);
    }
    for (Region result : results) {
      words[at++] = base + result.offset();
    }
    MemorySegment.copy(wordBytes, 0, memory, 0, wordBytes.byteSize());
    for (int i = 0; i < inputs.length; i++) {
      Region input = inputs[i];
      MemorySegment.copy(
          elements(arguments[i]), 0, memory, input.layout(), input.offset(), input.count());
    }
    return base + frame;
  }

  /** One more than the number of the site that found an index out of range, or 0. */
  long faultSite(MemorySegment memory) {
    MemorySegment.copy(memory, 0, wordBytes, 0, FAULT_WORDS * Long.BYTES);
    return words[0];
  }

  /** The index that was found. */
  long faultValue(MemorySegment memory) {
    MemorySegment.copy(memory, 0, wordBytes, 0, FAULT_WORDS * Long.BYTES);
    return words[1];
  }

  /**
   * The results as the caller wants them.
   *
   * @param make what to make of the results' tensors
   * @param reused whether the answer is the one of this plan's last call, with other elements
   */
  @SuppressWarnings("unchecked") // one entry's results are always made into the same
  <R> R answer(MemorySegment memory, Function<Tensor[], R> make, boolean reused) {
    if (!reused) {
      return make.apply(shown(results(memory)));
    }
    if (answer == null) {
      tensors = results(memory);
      answer = make.apply(shown(tensors));
    } else {
      copy(memory, tensors);
    }
    return (R) answer;
  }

  /** The results as the caller sees them. */
  private Tensor[] shown(HostTensor[] packed) {
    Tensor[] shown = new Tensor[packed.length];
    for (int i = 0; i < packed.length; i++) {
      TensorType type = resultTypes.get(i);
      shown[i] =
          packed[i].rank() == type.rank()
              ? packed[i]
              : sequences.isRagged()
                  ? RaggedTensor.wrap(packed[i], sequences.like().lengths())
                  : HostTensor.wrap(type, packed[i].elements());
    }
    return shown;
  }

  private static Object elements(Tensor argument) {
    return argument instanceof RaggedTensor batch
        ? batch.packed().elements()
        : HostTensor.of(argument).elements();
  }

  /** Copies of the results, those of ragged batches with all sequences in one axis. */
  HostTensor[] results(MemorySegment memory) {
    HostTensor[] fresh = new HostTensor[results.length];
    for (int i = 0; i < fresh.length; i++) {
      fresh[i] = results[i].fresh();
    }
    copy(memory, fresh);
    return fresh;
  }

  private void copy(MemorySegment memory, HostTensor[] into) {
    for (int i = 0; i < results.length; i++) {
      Region result = results[i];
      MemorySegment.copy(
          memory, result.layout(), result.offset(), into[i].elements(), 0, result.count());
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
