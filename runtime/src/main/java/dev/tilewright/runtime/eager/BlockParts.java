package dev.tilewright.runtime.eager;

import dev.tilewright.op.Primitive;
import dev.tilewright.op.Primitive.BlockPart;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.UnreadableWeightsException;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.weights.BlockBytes;
import dev.tilewright.runtime.weights.BlockForm;
import dev.tilewright.runtime.weights.QuantGroups;
import java.util.Arrays;
import java.util.Optional;

/**
 * {@link Primitive.Blocks} of rows: those of a file in blocks as they stand there, others
 * quantised.
 */
final class BlockParts {
  private static final int SIZE = Primitive.Blocks.SIZE;
  private static final int LEVELS = 127;
  private static final int ZERO = LEVELS + 1;
  private static final float LEAST_SCALE = 0x1p-100f;

  /** Elements of a file that are read at a time. */
  private static final int PART = 1 << 16;

  private final QuantGroups groups;

  private BlockParts(int groups) {
    this.groups = new QuantGroups(groups);
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
    int count = depth == 0 ? 0 : Math.multiplyExact(x.length / depth, perRow);
    BlockParts parts = new BlockParts(count);
    for (int group = 0; group < count; group++) {
      int inRow = group % perRow * SIZE;
      int from = group / perRow * depth + inRow;
      parts.quantise(x, from, Math.min(SIZE, depth - inRow));
    }
    return parts;
  }

  /** Of a row-major weight in blocks, whose rows are whole blocks. */
  private static BlockParts of(WeightTensor weight) {
    BlockParts parts = new BlockParts(Math.toIntExact(weight.size() / SIZE));
    Optional<BlockForm> form = BlockForm.of(weight.type());
    try {
      for (long first = 0; first < weight.size(); first += PART) {
        WeightTensor part = weight.range(first, Math.min(PART, weight.size() - first));
        form.ifPresentOrElse(f -> parts.read(part, f), () -> parts.requantise(part));
      }
    } catch (InternalError e) {
      throw new UnreadableWeightsException(
          "weight " + weight.name() + ": the file changed while it was open", e);
    }
    return parts;
  }

  Object part(BlockPart part) {
    return switch (part) {
      case QUANT -> groups.quants();
      case SCALE -> groups.scales();
      case OFFSET -> groups.offsets();
    };
  }

  private void read(WeightTensor part, BlockForm form) {
    BlockBytes blocks = new BlockBytes(part.data(), part.type().bytes());
    while (blocks.next()) {
      form.read(blocks, groups);
    }
  }

  private void requantise(WeightTensor part) {
    float[] x = part.toFloats();
    for (int from = 0; from < x.length; from += SIZE) {
      quantise(x, from, SIZE);
    }
  }

  private void quantise(float[] x, int from, int count) {
    float greatest = 0;
    for (int i = 0; i < count; i++) {
      greatest = Math.max(greatest, Math.abs(x[from + i]));
    }
    float scale = Math.max(greatest * (1f / LEVELS), LEAST_SCALE);
    int at = groups.begin(scale, -ZERO * scale);
    byte[] quants = groups.quants();
    for (int i = 0; i < count; i++) {
      quants[at + i] = (byte) (int) (Math.rint(x[from + i] / scale) + ZERO);
    }
    Arrays.fill(quants, at + count, at + SIZE, (byte) ZERO);
  }
}
