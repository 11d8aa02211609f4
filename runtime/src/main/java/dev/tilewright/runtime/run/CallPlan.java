package dev.tilewright.runtime.run;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.tilewright.Tensor;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.schema.ModelSchema;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Where everything of one call lies in the workspace: the fault words, the frame ({@link
 * ModelSchema} says what it holds), inputs, results, arena and scratch, each aligned to 64 bytes.
 */
final class CallPlan {
  private static final long LINE = 64;
  private static final long FAULT_WORDS = 2;

  private final long[] symbols;
  private final List<TensorType> resultTypes;
  private final long[] inputs;
  private final long[] results;
  private final long frame;
  private final long arena;
  private final long scratch;
  private final long stride;
  private final long bytes;

  /** Overflow of a size throws {@link ArithmeticException}. */
  CallPlan(
      long[] symbols,
      List<Long> inputBytes,
      List<TensorType> resultTypes,
      long arenaBytes,
      long scratchBytes,
      int workers) {
    this.symbols = symbols;
    this.resultTypes = resultTypes;
    inputs = new long[inputBytes.size()];
    results = new long[resultTypes.size()];
    frame = after(0, FAULT_WORDS * Long.BYTES);
    long words = (long) ModelSchema.FRAME_HEADER + symbols.length + inputs.length + results.length;
    long at = after(frame, words * Long.BYTES);
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = at;
      at = after(at, inputBytes.get(i));
    }
    for (int i = 0; i < results.length; i++) {
      results[i] = at;
      TensorType type = resultTypes.get(i);
      at = after(at, (long) HostTensor.elementCount(type) * type.dtype().bytes());
    }
    arena = at;
    scratch = after(arena, arenaBytes);
    stride = after(0, scratchBytes);
    bytes = after(scratch, Math.multiplyExact(stride, (long) workers));
  }

  long[] symbols() {
    return symbols;
  }

  /** The workspace that the call takes. */
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
    memory.asSlice(0, frame).fill((byte) 0);
    long base = memory.address();
    long[] words = {
      base + arena, base + scratch, stride, barrier.address(), base, weights.address(), yield, 0
    };
    long at = put(memory, frame, 0, words);
    at = put(memory, at, 0, symbols);
    at = put(memory, at, base, inputs);
    put(memory, at, base, results);
    for (int i = 0; i < inputs.length; i++) {
      Object elements = HostTensor.of(arguments[i]).elements();
      ValueLayout layout = layout(arguments[i].type());
      MemorySegment.copy(
          elements, 0, memory, layout, inputs[i], HostTensor.elementCount(arguments[i].type()));
    }
    return base + frame;
  }

  /** One more than the number of the site that found an index out of range, or 0. */
  long faultSite(MemorySegment memory) {
    return memory.get(JAVA_LONG, 0);
  }

  /** The index that was found. */
  long faultValue(MemorySegment memory) {
    return memory.get(JAVA_LONG, Long.BYTES);
  }

  /** Copies of the results. */
  Tensor[] results(MemorySegment memory) {
    Tensor[] tensors = new Tensor[results.length];
    for (int i = 0; i < tensors.length; i++) {
      TensorType type = resultTypes.get(i);
      int count = HostTensor.elementCount(type);
      Object elements = HostTensor.array(type.dtype(), count);
      MemorySegment.copy(memory, layout(type), results[i], elements, 0, count);
      tensors[i] = HostTensor.wrap(type, elements);
    }
    return tensors;
  }

  private static long put(MemorySegment memory, long at, long base, long[] words) {
    for (int i = 0; i < words.length; i++) {
      memory.set(JAVA_LONG, at + (long) i * Long.BYTES, base + words[i]);
    }
    return at + (long) words.length * Long.BYTES;
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
