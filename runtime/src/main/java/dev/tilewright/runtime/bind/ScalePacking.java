package dev.tilewright.runtime.bind;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.schema.ModelSchema.Layout;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.OptionalDouble;

/** Writes {@link Layout.ScalePanels} as short as they are exact. */
final class ScalePacking {
  private ScalePacking() {}

  static long bytes(Layout.ScalePanels layout, List<TensorType> parts) {
    return Math.addExact(Layout.ScalePanels.HEADER, PanelPacking.bytes(layout.panels(), parts));
  }

  /**
   * Packs row-major values {@code [columns, depth]}.
   *
   * @param parts the values; of offsets, the offsets and their scales
   */
  static void pack(Layout.ScalePanels layout, List<WeightTensor> parts, MemorySegment out) {
    WeightTensor first = parts.getFirst();
    float[] values = first.toFloats();
    if (layout.offsets()) {
      OptionalDouble factor = factor(values, parts.getLast().toFloats());
      if (factor.isPresent()) {
        out.set(JAVA_INT_UNALIGNED, 0, 0);
        out.set(JAVA_FLOAT_UNALIGNED, Float.BYTES, (float) factor.getAsDouble());
        return;
      }
    }
    MemorySegment panels = out.asSlice(Layout.ScalePanels.HEADER);
    if (!areHalves(values)) {
      out.set(JAVA_INT_UNALIGNED, 0, Float.SIZE);
      PanelPacking.pack(layout.panels(), List.of(first), panels);
      return;
    }
    out.set(JAVA_INT_UNALIGNED, 0, Short.SIZE);
    int columns = Math.toIntExact(first.shape().getFirst());
    int depth = columns == 0 ? 0 : values.length / columns;
    int width = layout.width();
    int words = width * Math.ceilDiv(depth, 2);
    int[] packed = new int[Math.ceilDiv(columns, width) * words];
    for (int column = 0; column < columns; column++) {
      int at = column / width * words + column % width;
      scatter(values, column * depth, depth, packed, at, width);
    }
    MemorySegment.copy(packed, 0, panels, JAVA_INT_UNALIGNED, 0, packed.length);
  }

  /** Halves in pairs, the last alone if their number is odd. */
  private static void scatter(
      float[] values, int from, int depth, int[] packed, int at, int width) {
    for (int k = 0; k < depth; k++) {
      packed[at + k / 2 * width] |= bits(values[from + k]) << (k % 2 * Short.SIZE);
    }
  }

  /** What each scale is to be multiplied with to give its offset to the bit. */
  private static OptionalDouble factor(float[] offsets, float[] scales) {
    float factor = 0;
    for (int i = 0; i < scales.length && factor == 0; i++) {
      factor = scales[i] == 0 ? 0 : offsets[i] / scales[i];
    }
    for (int i = 0; i < scales.length; i++) {
      if (Float.floatToRawIntBits(factor * scales[i]) != Float.floatToRawIntBits(offsets[i])) {
        return OptionalDouble.empty();
      }
    }
    return OptionalDouble.of(factor);
  }

  /** Whether all are finite binary16 numbers. */
  private static boolean areHalves(float[] values) {
    for (float value : values) {
      float half = Float.float16ToFloat(Float.floatToFloat16(value));
      boolean same = Float.floatToRawIntBits(half) == Float.floatToRawIntBits(value);
      if (!same || !Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  private static int bits(float value) {
    return Short.toUnsignedInt(Float.floatToFloat16(value));
  }
}
