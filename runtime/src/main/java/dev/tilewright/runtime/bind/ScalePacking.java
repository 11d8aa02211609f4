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
    int words = Math.ceilDiv(depth, 2);
    for (int c = 0; c < columns; c++) {
      for (int word = 0; word < words; word++) {
        int k = 2 * word;
        int low = bits(values[c * depth + k]);
        int high = k + 1 < depth ? bits(values[c * depth + k + 1]) : 0;
        long at = ((long) c / layout.width() * words + word) * layout.width() + c % layout.width();
        panels.set(JAVA_INT_UNALIGNED, Integer.BYTES * at, low | high << Short.SIZE);
      }
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
