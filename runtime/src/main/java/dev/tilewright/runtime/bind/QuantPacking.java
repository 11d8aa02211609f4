package dev.tilewright.runtime.bind;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.schema.ModelSchema.Layout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/** Writes {@link Layout.QuantPanels} of matrices of bytes. */
final class QuantPacking {
  private static final int NIBBLE = 16;
  private static final int GROUP = 4;

  private final int width;
  private final int depth;
  private final boolean nibbles;
  private final MemorySegment out;
  private final byte[] panel;
  private long column;

  private QuantPacking(int width, int depth, boolean nibbles, MemorySegment out) {
    this.width = width;
    this.depth = depth;
    this.nibbles = nibbles;
    this.out = out;
    panel = new byte[Math.multiplyExact(width, depth) / (nibbles ? 2 : 1)];
  }

  static long bytes(Layout.QuantPanels layout, List<TensorType> parts) {
    return Math.addExact(Layout.QuantPanels.HEADER, PanelPacking.bytes(layout.panels(), parts));
  }

  /** Packs row-major parts of {@code [columns, depth]}, one after another along columns. */
  static void pack(Layout.QuantPanels layout, List<WeightTensor> parts, MemorySegment out) {
    boolean nibbles = parts.stream().allMatch(QuantPacking::areNibbles);
    WeightTensor first = parts.getFirst();
    int depth = first.shape().getFirst() == 0 ? 0 : depth(first);
    out.set(JAVA_INT_UNALIGNED, 0, nibbles ? 4 : 8);
    MemorySegment panels = out.asSlice(Layout.QuantPanels.HEADER);
    QuantPacking packing = new QuantPacking(layout.width(), depth, nibbles, panels);
    parts.forEach(packing::add);
    if (packing.column % layout.width() != 0) {
      packing.flush();
    }
  }

  private static int depth(WeightTensor part) {
    return Math.toIntExact(part.size() / part.shape().getFirst());
  }

  private static boolean areNibbles(WeightTensor part) {
    MemorySegment data = part.data();
    for (long i = 0; i < part.size(); i++) {
      if ((data.get(JAVA_BYTE, i) & -NIBBLE) != 0) {
        return false;
      }
    }
    return true;
  }

  private void add(WeightTensor part) {
    byte[] row = new byte[depth];
    MemorySegment data = part.data();
    for (long c = 0; c < part.shape().getFirst(); c++) {
      MemorySegment.copy(data, JAVA_BYTE, c * depth, row, 0, depth);
      int lane = (int) (column % width);
      for (int k = 0; k < depth; k++) {
        if (nibbles) {
          int word = k / (2 * GROUP) * width + lane;
          int upper = k / GROUP % 2 * 4;
          panel[word * GROUP + k % GROUP] |= (byte) (row[k] << upper);
        } else {
          panel[(k / GROUP * width + lane) * GROUP + k % GROUP] = row[k];
        }
      }
      column++;
      if (lane == width - 1) {
        flush();
      }
    }
  }

  /** Writes the panel of the last column and clears it for the next. */
  private void flush() {
    long index = (column - 1) / width;
    MemorySegment.copy(panel, 0, out, JAVA_BYTE, index * panel.length, panel.length);
    Arrays.fill(panel, (byte) 0);
  }
}
