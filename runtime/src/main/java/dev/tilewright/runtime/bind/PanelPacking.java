package dev.tilewright.runtime.bind;

import dev.tilewright.DType;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.DamagedModelException;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.schema.ModelSchema.Layout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * Writes {@link Layout.Panels}: {@code out[panel][k/group][lane][k%group] = w[panel*width +
 * lane][k]}, where w is the parts one after another along columns. Elements of narrow types are
 * floats on the way, which hold each of them exactly.
 */
final class PanelPacking {
  /** Rows of a panel that are written together, so that they stay in the L1 cache. */
  private static final int TILE = 64;

  private final Layout.Panels layout;
  private final int width;
  private final int depth;
  private final MemorySegment out;

  private final float[] panel;

  private PanelPacking(Layout.Panels layout, int depth, MemorySegment out) {
    this.layout = layout;
    this.width = layout.width();
    this.depth = depth;
    this.out = out;
    panel = new float[Math.multiplyExact(width, depth)];
  }

  /** The size of the packed form, {@code ceil(columns/width)*width*depth} elements. */
  static long bytes(Layout.Panels layout, List<TensorType> parts) {
    long columns = 0;
    for (TensorType part : parts) {
      columns = Math.addExact(columns, layout.transposed() ? rest(part) : first(part));
    }
    TensorType part = parts.getFirst();
    long depth = layout.transposed() ? first(part) : rest(part);
    long lanes = Math.multiplyExact(Math.ceilDiv(columns, layout.width()), (long) layout.width());
    return Math.multiplyExact(layout.element().bytes(), Math.multiplyExact(lanes, depth));
  }

  private static long first(TensorType type) {
    return type.shape().getFirst().value();
  }

  /** The elements at one index of the first axis. */
  private static long rest(TensorType type) {
    long count = 1;
    for (int axis = 1; axis < type.shape().size(); axis++) {
      count = Math.multiplyExact(count, type.shape().get(axis).value());
    }
    return count;
  }

  /** Packs the parts into memory of {@link #bytes}. */
  static void pack(Layout.Panels layout, List<WeightTensor> parts, MemorySegment out) {
    if (PanelCopy.canCopy(layout, parts)) {
      PanelCopy.copy(layout, parts, out);
      return;
    }
    int depth = Math.toIntExact(depth(layout, parts.getFirst()));
    PanelPacking packing = new PanelPacking(layout, depth, out);
    long column = 0;
    for (WeightTensor part : parts) {
      column = packing.add(part, layout.transposed(), column);
    }
    if (column % layout.width() != 0) {
      packing.flush(column);
    }
  }

  private static long depth(Layout.Panels layout, WeightTensor part) {
    return layout.transposed() ? part.shape().getFirst() : part.size() / part.shape().getFirst();
  }

  /**
   * Appends a part's columns, the first of which is the given one of all; answers which column
   * comes next.
   */
  private long add(WeightTensor part, boolean transposed, long column) {
    // Reading in the order of storage is many times faster, and costs nothing: only the strides
    // exchange.
    boolean flip = !part.isRowMajor() && part.rank() == 2 && part.transposed().isRowMajor();
    WeightTensor stored = flip ? part.transposed() : part;
    boolean depthFirst = transposed != flip;
    int columns = Math.toIntExact(part.size() / depth);
    boolean byRows = !depthFirst && stored.isRowMajor();
    float[] whole = byRows ? null : stored.toFloats();
    for (int c = 0; c < columns; ) {
      int lane = (int) ((column + c) % width);
      int run = Math.min(width - lane, columns - c);
      if (depthFirst) {
        for (int k = 0; k < depth; k++) {
          System.arraycopy(whole, k * columns + c, panel, k * width + lane, run);
        }
      } else {
        float[] rows = byRows ? rows(stored, c, run) : whole;
        int first = byRows ? 0 : c;
        for (int k = 0; k < depth; k += TILE) {
          for (int i = 0; i < run; i++) {
            scatter(rows, (first + i) * depth, lane + i, k, Math.min(depth, k + TILE));
          }
        }
      }
      c += run;
      if (lane + run == width) {
        flush(column + c - 1);
      }
    }
    return column + columns;
  }

  /** Some rows of a row-major matrix {@code [columns, depth]}, of which depth may be many axes. */
  private float[] rows(WeightTensor from, int first, int count) {
    return from.range((long) first * depth, (long) count * depth).toFloats();
  }

  private void scatter(float[] source, int from, int lane, int start, int stop) {
    for (int k = start; k < stop; k++) {
      panel[k * width + lane] = source[from + k];
    }
  }

  /** Writes the panel that holds the column and clears it for the next. */
  private void flush(long column) {
    MemorySegment packed =
        switch (layout.element()) {
          case FLOAT32 -> MemorySegment.ofArray(panel);
          case BFLOAT16 -> MemorySegment.ofArray(shorts());
          case INT8, UINT8 -> MemorySegment.ofArray(bytes());
          case INT32, BOOL ->
              throw new DamagedModelException("panels of " + layout.element() + " are unknown");
        };
    long bytes = packed.byteSize();
    MemorySegment.copy(packed, 0, out, column / width * bytes, bytes);
    Arrays.fill(panel, 0);
  }

  private short[] shorts() {
    short[] packed = new short[panel.length];
    int group = layout.group();
    for (int k = 0; k < depth; k++) {
      int at = (k / group) * group * width + k % group;
      for (int lane = 0; lane < width; lane++) {
        packed[at + lane * group] = DType.bfloat16Bits(panel[k * width + lane]);
      }
    }
    return packed;
  }

  private byte[] bytes() {
    byte[] packed = new byte[panel.length];
    int group = layout.group();
    for (int k = 0; k < depth; k++) {
      int at = (k / group) * group * width + k % group;
      for (int lane = 0; lane < width; lane++) {
        packed[at + lane * group] = (byte) (int) panel[k * width + lane];
      }
    }
    return packed;
  }
}
