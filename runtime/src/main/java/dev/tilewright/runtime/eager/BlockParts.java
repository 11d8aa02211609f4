package dev.tilewright.runtime.eager;

import dev.tilewright.op.Primitive;
import dev.tilewright.op.Primitive.BlockPart;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.UnreadableWeightsException;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.weights.BlockForm;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * {@link Primitive.Blocks} of rows: those of a file in blocks as they stand there, others
 * quantised.
 *
 * @param quants unsigned bytes
 * @param scales one a block
 * @param offsets one a block
 */
record BlockParts(byte[] quants, float[] scales, float[] offsets) {
  private static final int SIZE = Primitive.Blocks.SIZE;
  private static final int LEVELS = 127;
  private static final int ZERO = LEVELS + 1;
  private static final float LEAST_SCALE = 0x1p-100f;

  /** Elements of a file that are decoded at a time, where they must be quantised anew. */
  private static final int PART = 1 << 16;

  private BlockParts(int blocks) {
    this(new byte[Math.multiplyExact(blocks, SIZE)], new float[blocks], new float[blocks]);
  }

  /** Of FLOAT32 rows: of a weight in blocks as it is stored, else of the elements. */
  static BlockParts of(HostTensor x) {
    int depth = Math.toIntExact(x.shape().getLast().value());
    return x.stored()
        .filter(WeightTensor::isRowMajor)
        .map(BlockParts::of)
        .orElseGet(() -> of((float[]) x.elements(), depth));
  }

  /** Of rows of floats. */
  private static BlockParts of(float[] x, int depth) {
    int perRow = Math.ceilDiv(depth, SIZE);
    BlockParts parts =
        new BlockParts(depth == 0 ? 0 : Math.multiplyExact(x.length / depth, perRow));
    for (int block = 0; block < parts.scales.length; block++) {
      int inRow = block % perRow * SIZE;
      int from = block / perRow * depth + inRow;
      parts.quantise(block, x, from, Math.min(SIZE, depth - inRow));
    }
    return parts;
  }

  /** Of a row-major weight in blocks, whose rows are whole blocks. */
  private static BlockParts of(WeightTensor weight) {
    BlockParts parts = new BlockParts(Math.toIntExact(weight.size() / SIZE));
    try {
      BlockForm.of(weight.type())
          .ifPresentOrElse(form -> parts.read(weight, form), () -> parts.requantise(weight));
    } catch (InternalError e) {
      throw new UnreadableWeightsException(
          "weight " + weight.name() + ": the file changed while it was open", e);
    }
    return parts;
  }

  Object part(BlockPart part) {
    return switch (part) {
      case QUANT -> quants;
      case SCALE -> scales;
      case OFFSET -> offsets;
    };
  }

  private void read(WeightTensor weight, BlockForm form) {
    MemorySegment data = weight.data();
    int elements = weight.type().elements();
    long bytes = weight.type().bytes();
    byte[] q = new byte[elements];
    float[] s = new float[elements / SIZE];
    float[] o = new float[elements / SIZE];
    for (int i = 0; i < quants.length / elements; i++) {
      form.read(data.asSlice(i * bytes, bytes), q, s, o);
      System.arraycopy(q, 0, quants, i * elements, elements);
      System.arraycopy(s, 0, scales, i * s.length, s.length);
      System.arraycopy(o, 0, offsets, i * o.length, o.length);
    }
  }

  private void requantise(WeightTensor weight) {
    for (int first = 0; first < quants.length; first += PART) {
      int count = Math.min(PART, quants.length - first);
      float[] x = weight.range(first, count).toFloats();
      for (int from = 0; from < count; from += SIZE) {
        quantise((first + from) / SIZE, x, from, SIZE);
      }
    }
  }

  private void quantise(int block, float[] x, int from, int count) {
    float greatest = 0;
    for (int i = 0; i < count; i++) {
      greatest = Math.max(greatest, Math.abs(x[from + i]));
    }
    float scale = Math.max(greatest * (1f / LEVELS), LEAST_SCALE);
    scales[block] = scale;
    offsets[block] = -ZERO * scale;
    Arrays.fill(quants, block * SIZE, (block + 1) * SIZE, (byte) ZERO);
    for (int i = 0; i < count; i++) {
      quants[block * SIZE + i] = (byte) (int) (Math.rint(x[from + i] / scale) + ZERO);
    }
  }
}
