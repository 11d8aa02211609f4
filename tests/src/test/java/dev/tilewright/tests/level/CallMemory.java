package dev.tilewright.tests.level;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.tilewright.codegen.KernelModule;
import dev.tilewright.op.TensorType;
import dev.tilewright.op.WeightSource;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Everything that one call of an entry reads and writes, as {@link ModelSchema} describes. Behind
 * all that kernels may write lies memory that they may not, and that is checked.
 */
final class CallMemory {
  private static final long GUARD = 256;
  private static final byte UNTOUCHED = 0x5c;

  private final SegmentAllocator memory;
  private final ToLongFunction<MemorySegment> address;
  private final List<MemorySegment> guards = new ArrayList<>();
  private final List<TensorType> types = new ArrayList<>();
  private final List<MemorySegment> results = new ArrayList<>();
  private MemorySegment fault;
  private MemorySegment frame;

  /**
   * @param memory where all of it lies; zeroed
   * @param address where kernels see a segment
   */
  CallMemory(SegmentAllocator memory, ToLongFunction<MemorySegment> address) {
    this.memory = memory;
    this.address = address;
  }

  /** Lays out a call of an entry for so many workers. */
  CallMemory fill(
      KernelModule module,
      EntrySchema entry,
      List<HostTensor> inputs,
      WeightSource weights,
      Map<String, Long> sizes,
      int workers) {
    List<Long> words = new ArrayList<>();
    long stride = (entry.scratchBytes().evaluate(sizes::get) + 63) & -64L;
    fault = memory.allocate(2 * Long.BYTES, 64);
    words.add(at(guarded(entry.arenaBytes().evaluate(sizes::get))));
    words.add(at(guarded(stride * workers)));
    words.add(stride);
    words.add(at(memory.allocate(256, 64)));
    words.add(at(fault));
    words.add(at(table(WeightTable.of(module.weights(), weights, sizes, memory))));
    words.add(
        workers == 1
            ? 0L
            : Linker.nativeLinker()
                .defaultLookup()
                .find("sched_yield")
                .map(MemorySegment::address)
                .orElse(0L));
    words.add(0L);
    entry.symbols().forEach(symbol -> words.add(sizes.get(symbol)));
    inputs.forEach(input -> words.add(at(Memory.copy(input, memory))));
    for (TensorType result : entry.results()) {
      TensorType type = Case.concrete(result, sizes);
      types.add(type);
      results.add(guarded(type.elements().value() * type.dtype().bytes()));
      words.add(at(results.getLast()));
    }
    frame = memory.allocateFrom(JAVA_LONG, words.stream().mapToLong(Long::longValue).toArray());
    return this;
  }

  MemorySegment frame() {
    return frame;
  }

  /** After the call: what it answered. */
  List<HostTensor> results(String what) {
    for (int i = 0; i < guards.size(); i++) {
      for (byte value : guards.get(i).toArray(JAVA_BYTE)) {
        if (value != UNTOUCHED) {
          String where = i == 0 ? "the arena" : i == 1 ? "scratch" : "result " + (i - 2);
          throw new IllegalStateException(what + " writes beyond the end of " + where);
        }
      }
    }
    if (fault.getAtIndex(JAVA_LONG, 0) != 0) {
      throw new IllegalStateException(
          what
              + " reports index "
              + fault.getAtIndex(JAVA_LONG, 1)
              + " at site "
              + (fault.getAtIndex(JAVA_LONG, 0) - 1));
    }
    List<HostTensor> tensors = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      tensors.add(Memory.read(types.get(i), results.get(i)));
    }
    return tensors;
  }

  private long at(MemorySegment segment) {
    return address.applyAsLong(segment);
  }

  private MemorySegment table(List<MemorySegment> weights) {
    MemorySegment table = memory.allocate(JAVA_LONG, weights.size() + 1L);
    for (int i = 0; i < weights.size(); i++) {
      table.setAtIndex(JAVA_LONG, i, at(weights.get(i)));
    }
    return table;
  }

  private MemorySegment guarded(long bytes) {
    MemorySegment block = memory.allocate(bytes + GUARD, 64);
    block.asSlice(0, bytes).fill((byte) 0xff);
    guards.add(block.asSlice(bytes).fill(UNTOUCHED));
    return block;
  }
}
