package dev.tilewright.runtime.weights;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.tilewright.runtime.UnreadableWeightsException;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.WeightType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Supplier;

/** A tensor of quantised blocks as floats, decoded when first asked for. */
final class Decoded implements Supplier<WeightTensor> {
  private final String name;
  private final List<Long> shape;
  private final GgufType type;
  private final MemorySegment blocks;
  private final Arena arena;
  private WeightTensor result;

  /**
   * @param blocks one after the other, in row-major order
   * @param arena receives the floats
   */
  Decoded(String name, List<Long> shape, GgufType type, MemorySegment blocks, Arena arena) {
    this.name = name;
    this.shape = shape;
    this.type = type;
    this.blocks = blocks;
    this.arena = arena;
  }

  @Override
  public synchronized WeightTensor get() {
    if (result == null) {
      result = WeightTensor.of(name, WeightType.F32, shape, decode());
    }
    return result;
  }

  private MemorySegment decode() {
    long count = blocks.byteSize() / type.bytes();
    MemorySegment floats = arena.allocate(JAVA_FLOAT, count * type.elements());
    float[] values = new float[type.elements()];
    MemorySegment heap = MemorySegment.ofArray(values);
    BlockDecoder decoder = type.decoder().orElseThrow();
    try {
      for (long i = 0; i < count; i++) {
        decoder.decode(blocks.asSlice(i * type.bytes(), type.bytes()), values);
        MemorySegment.copy(heap, 0, floats, i * heap.byteSize(), heap.byteSize());
      }
    } catch (InternalError e) {
      throw new UnreadableWeightsException(
          "weight " + name + ": the file changed while it was open", e);
    }
    return floats;
  }
}
