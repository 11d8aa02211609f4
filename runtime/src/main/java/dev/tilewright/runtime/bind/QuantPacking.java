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
  private static final int NIBBLE = 4;
  private static final int SEVEN = 7;
  private static final int GROUP = 4;

  /** Bytes that are looked at together. */
  private static final int PIECE = 1 << 14;

  private final int width;
  private final int depth;
  private final boolean nibbles;
  private final MemorySegment out;

  /** In words of {@link #GROUP} bytes. */
  private final int[] panel;

  private long column;

  private QuantPacking(int width, int depth, boolean nibbles, MemorySegment out) {
    this.width = width;
    this.depth = depth;
    this.nibbles = nibbles;
    this.out = out;
    panel = new int[Math.multiplyExact(width, depth) / (nibbles ? 2 * GROUP : GROUP)];
  }

  static long bytes(Layout.QuantPanels layout, List<TensorType> parts) {
    return Math.addExact(Layout.QuantPanels.HEADER, PanelPacking.bytes(layout.panels(), parts));
  }

  /** Packs row-major parts of {@code [columns, depth]}, one after another along columns. */
  static void pack(Layout.QuantPanels layout, List<WeightTensor> parts, MemorySegment out) {
    int bits = parts.stream().mapToInt(QuantPacking::bits).max().orElse(NIBBLE);
    boolean nibbles = bits == NIBBLE;
    WeightTensor first = parts.getFirst();
    int depth = first.shape().getFirst() == 0 ? 0 : depth(first);
    out.set(JAVA_INT_UNALIGNED, 0, bits);
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

  /** The fewest that hold all elements, of those that kernels tell apart. */
  private static int bits(WeightTensor part) {
    byte[] piece = new byte[PIECE];
    MemorySegment data = part.data();
    long size = part.size();
    int bits = NIBBLE;
    for (long from = 0; from < size && bits < Byte.SIZE; from += PIECE) {
      int count = (int) Math.min(PIECE, size - from);
      MemorySegment.copy(data, JAVA_BYTE, from, piece, 0, count);
      int used = Integer.SIZE - Integer.numberOfLeadingZeros(any(piece, count));
      bits = Math.max(bits, used <= NIBBLE ? NIBBLE : Math.max(used, SEVEN));
    }
    return bits;
  }

  /** The bits that any of the first bytes has. */
  private static int any(byte[] bytes, int count) {
    int any = 0;
    for (int i = 0; i < count; i++) {
      any |= bytes[i];
    }
    return any & 0xFF;
  }

  private void add(WeightTensor part) {
    int[] row = new int[depth / GROUP];
    MemorySegment data = part.data();
    for (long c = 0; c < part.shape().getFirst(); c++) {
      MemorySegment.copy(data, JAVA_INT_UNALIGNED, c * depth, row, 0, row.length);
      int lane = (int) (column % width);
      if (nibbles) {
        scatterPairs(row, lane);
      } else {
        scatter(row, lane);
      }
      column++;
      if (lane == width - 1) {
        flush();
      }
    }
  }

  // Loops by themselves are compiled early and in little time.

  private void scatter(int[] row, int lane) {
    for (int k = 0; k < row.length; k++) {
      panel[k * width + lane] = row[k];
    }
  }

  private void scatterPairs(int[] row, int lane) {
    for (int k = 0; k < row.length; k += 2) {
      panel[k / 2 * width + lane] = row[k] | row[k + 1] << 4;
    }
  }

  /** Writes the panel of the last column and clears it for the next. */
  private void flush() {
    long index = (column - 1) / width;
    long bytes = (long) Integer.BYTES * panel.length;
    MemorySegment.copy(panel, 0, out, JAVA_INT_UNALIGNED, index * bytes, panel.length);
    Arrays.fill(panel, 0);
  }
}
