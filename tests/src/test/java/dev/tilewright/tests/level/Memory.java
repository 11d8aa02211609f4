package dev.tilewright.tests.level;

import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;

/** Tensors in native memory and back. */
final class Memory {
  private Memory() {}

  /** The elements, on the heap. */
  static MemorySegment elements(HostTensor tensor) {
    return switch (tensor.elements()) {
      case float[] floats -> MemorySegment.ofArray(floats);
      case short[] shorts -> MemorySegment.ofArray(shorts);
      case int[] ints -> MemorySegment.ofArray(ints);
      case byte[] bytes -> MemorySegment.ofArray(bytes);
      default -> throw new IllegalStateException("elements of " + tensor.type());
    };
  }

  /** A copy that ends where the elements end, so that a checked access beyond it fails. */
  static MemorySegment copy(HostTensor tensor, SegmentAllocator arena) {
    MemorySegment elements = elements(tensor);
    MemorySegment copy = arena.allocate(Math.max(1, elements.byteSize()), 64);
    MemorySegment.copy(elements, 0, copy, 0, elements.byteSize());
    return copy;
  }

  /** Memory for a tensor, filled with NaNs. */
  static MemorySegment of(TensorType type, SegmentAllocator arena) {
    long bytes = type.elements().value() * type.dtype().bytes();
    return arena.allocate(Math.max(1, bytes), 64).fill((byte) 0xff);
  }

  static HostTensor read(TensorType type, MemorySegment memory) {
    MemorySegment exact = memory.asSlice(0, type.elements().value() * type.dtype().bytes());
    return HostTensor.wrap(
        type,
        switch (type.dtype()) {
          case FLOAT32 -> exact.toArray(ValueLayout.JAVA_FLOAT);
          case INT32 -> exact.toArray(ValueLayout.JAVA_INT);
          case BFLOAT16 -> exact.toArray(ValueLayout.JAVA_SHORT);
          case INT8, UINT8, BOOL -> exact.toArray(ValueLayout.JAVA_BYTE);
        });
  }
}
