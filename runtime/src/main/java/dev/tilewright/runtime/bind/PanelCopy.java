package dev.tilewright.runtime.bind;

import dev.tilewright.DType;
import dev.tilewright.runtime.UnreadableWeightsException;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.WeightType;
import dev.tilewright.schema.ModelSchema.Layout;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Writes {@link Layout.Panels} of matrices that the file holds as FLOAT32 {@code [depth, columns]},
 * as ONNX does: rows of a panel are copied from the mapped file, without a stop on the Java heap.
 */
final class PanelCopy {
  private final Layout.Panels layout;
  private final long depth;
  private final MemorySegment out;
  private long column;

  private PanelCopy(Layout.Panels layout, long depth, MemorySegment out) {
    this.layout = layout;
    this.depth = depth;
    this.out = out;
  }

  /** Whether all elements can be copied as they are. */
  static boolean canCopy(Layout.Panels layout, List<WeightTensor> parts) {
    for (WeightTensor part : parts) {
      if (!canCopy(layout, part)) {
        return false;
      }
    }
    return true;
  }

  private static boolean canCopy(Layout.Panels layout, WeightTensor part) {
    return part.type() == WeightType.F32
        && layout.element() == DType.FLOAT32
        && part.rank() == 2
        && (layout.transposed() ? part : part.transposed()).isRowMajor()
        && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
  }

  /** Writes all panels of parts that can be copied, zeros beyond the last column. */
  static void copy(Layout.Panels layout, List<WeightTensor> parts, MemorySegment out) {
    long depth = parts.getFirst().shape().get(layout.transposed() ? 0 : 1);
    PanelCopy copy = new PanelCopy(layout, depth, out);
    for (WeightTensor part : parts) {
      try {
        copy.add(part.data(), part.shape().get(layout.transposed() ? 1 : 0));
      } catch (InternalError e) {
        throw new UnreadableWeightsException(
            "weight " + part.name() + ": the file changed while it was open", e);
      } catch (IllegalStateException e) {
        part.data(); // refuses if another thread closed it meanwhile
        throw e;
      }
    }
    copy.clearRest();
  }

  private void add(MemorySegment data, long columns) {
    for (long c = 0; c < columns; ) {
      long run = Math.min(layout.width() - column % layout.width(), columns - c);
      long at = place();
      for (long k = 0; k < depth; k++) {
        long from = Float.BYTES * (k * columns + c);
        MemorySegment.copy(data, from, out, at + k * row(), Float.BYTES * run);
      }
      c += run;
      column += run;
    }
  }

  private void clearRest() {
    long rest = (layout.width() - column % layout.width()) % layout.width();
    for (long k = 0; rest > 0 && k < depth; k++) {
      out.asSlice(place() + k * row(), Float.BYTES * rest).fill((byte) 0);
    }
  }

  /** Where the next column's first element goes. */
  private long place() {
    long panel = column / layout.width();
    return panel * depth * row() + Float.BYTES * (column % layout.width());
  }

  /** Bytes of one row of a panel. */
  private long row() {
    return (long) Float.BYTES * layout.width();
  }
}
