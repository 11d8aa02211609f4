package dev.tilewright.runtime.weights;

import dev.tilewright.runtime.UnsupportedWeightsException;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.WeightType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A matrix {@code [out, in]} of integers in words of 32 bits, put into {@link GroupBlocks} when
 * first asked for. With the group g(i) of an input, {@code i / (in/groups)} or the table's:
 *
 * <pre>
 * w[o, i] = scales[g(i), o] * (q[i, o] - z[g(i), o])
 * </pre>
 *
 * <p>GPTQ (<a href="https://arxiv.org/abs/2210.17323">Frantar et al.</a>) puts neighbouring inputs
 * into a word of {@code qweight [in*bits/32, out]} and neighbouring outputs into one of {@code
 * qzeros [groups, out*bits/32]}; AWQ (<a href="https://arxiv.org/abs/2306.00978">Lin et al.</a>)
 * puts outputs 0, 2, 4, 6, 1, 3, 5, 7 of eight into one of both, {@code [in, out/8]} and {@code
 * [groups, out/8]}.
 *
 * <p>Where a group is not whole blocks of neighbours, as with GPTQ's {@code desc_act}, the matrix
 * becomes floats.
 */
final class PackedLinear implements Supplier<WeightTensor> {
  private static final int WORD = 32;
  private static final int BLOCK = GroupBlocks.SIZE;

  /** Which of eight outputs AWQ has at each place of a word. */
  private static final int[] AWQ_ORDER = {0, 2, 4, 6, 1, 3, 5, 7};

  private final Parts parts;
  private final int added;
  private final Arena arena;
  private WeightTensor result;

  /**
   * The tensors of one matrix.
   *
   * @param zeros absent where all are in the middle
   * @param groups the group of each input, where they are not neighbours
   */
  record Parts(
      String name,
      Supplier<WeightTensor> weight,
      Optional<Supplier<WeightTensor>> zeros,
      Supplier<WeightTensor> scales,
      Optional<Supplier<WeightTensor>> groups) {}

  /**
   * @param added to GPTQ's zeros: its first form keeps them less 1
   * @param arena what the matrix is put into
   */
  PackedLinear(Parts parts, int added, Arena arena) {
    this.parts = parts;
    this.added = added;
    this.arena = arena;
  }

  @Override
  public synchronized WeightTensor get() {
    if (result == null) {
      result = new Reading().tensor();
    }
    return result;
  }

  /** What the parts say together. */
  private final class Reading {
    private final int in;
    private final int out;
    private final int bits;
    private final boolean awq;
    private final int[] words;
    private final int columns;
    private final float[] scales;
    private final int[] zeros;
    private final int[] group;
    private final boolean isInOrder;
    private final int groupSize;

    Reading() {
      WeightTensor weight = matrix(parts.weight(), "qweight", false);
      WeightTensor scale = matrix(parts.scales(), "scales", true);
      Optional<WeightTensor> zero = parts.zeros().map(zeros -> matrix(zeros, "qzeros", false));
      columns = extent(weight, 1);
      out = extent(scale, 1);
      int groups = extent(scale, 0);
      awq = columns != out;
      bits = awq ? 4 : zero.map(this::bitsOf).orElse(0);
      boolean fits = awq ? columns * 8L == out : (bits == 2 || bits == 4 || bits == 8);
      long inputs = awq ? extent(weight, 0) : (long) extent(weight, 0) * WORD / Math.max(1, bits);
      fits &= groups > 0 && inputs > 0 && inputs <= Integer.MAX_VALUE && groups <= inputs;
      fits &=
          zero.isEmpty()
              || (extent(zero.get(), 0) == groups
                  && (long) extent(zero.get(), 1) * WORD == (long) out * bits);
      if (!fits) {
        throw unsupported(
            "qweight %s, scales %s and qzeros %s are neither GPTQ's with 2, 4 or 8 bits nor AWQ's (GEMM) with 4"
                .formatted(
                    weight.shape(),
                    scale.shape(),
                    zero.map(z -> z.shape().toString()).orElse("(none)")));
      }
      in = (int) inputs;
      groupSize = Math.ceilDiv(in, groups);
      words = integers(weight);
      scales = scale.toFloats();
      zeros = zero.map(z -> zeros(integers(z), groups)).orElseGet(() -> middle(groups));
      group = groups(groups);
      isInOrder = IntStream.range(0, in).allMatch(i -> group[i] == i / groupSize);
    }

    private int bitsOf(WeightTensor zeros) {
      return out == 0 ? 0 : (int) ((long) extent(zeros, 1) * WORD / out);
    }

    private WeightTensor matrix(Supplier<WeightTensor> part, String what, boolean floating) {
      WeightTensor tensor = part.get();
      boolean integers = tensor.type() == WeightType.I32 || tensor.type() == WeightType.U32;
      if (tensor.rank() != 2 || !(floating ? tensor.type().isFloating() : integers)) {
        throw unsupported(
            "%s is %s%s; a matrix of %s expected"
                .formatted(what, tensor.type(), tensor.shape(), floating ? "floats" : "I32"));
      }
      return tensor;
    }

    private int[] zeros(int[] packed, int groups) {
      int[] all = new int[Math.multiplyExact(groups, out)];
      int perWord = WORD / bits;
      for (int i = 0; i < all.length; i++) {
        int place = i % perWord;
        int word = packed[i / perWord];
        int at = awq ? i - place + AWQ_ORDER[place] : i;
        all[at] = quant(word, place) + (awq ? 0 : added);
      }
      return all;
    }

    private int[] middle(int groups) {
      int[] all = new int[Math.multiplyExact(groups, out)];
      Arrays.fill(all, 1 << (bits - 1));
      return all;
    }

    private int[] groups(int count) {
      if (parts.groups().isEmpty()) {
        return IntStream.range(0, in).map(i -> i / groupSize).toArray();
      }
      int[] given = integers(parts.groups().get().get());
      if (given.length != in || Arrays.stream(given).anyMatch(g -> g < 0 || g >= count)) {
        throw unsupported(
            "g_idx must give one of %s groups for each of %s inputs".formatted(count, in));
      }
      return given;
    }

    private int quant(int word, int place) {
      return word >>> (place * bits) & ((1 << bits) - 1);
    }

    WeightTensor tensor() {
      boolean whole = isInOrder && groupSize % BLOCK == 0 && in % BLOCK == 0;
      WeightType type =
          !whole ? WeightType.F32 : bits == 8 ? WeightType.U8_GROUP : WeightType.U4_GROUP;
      List<Long> shape = List.of((long) out, (long) in);
      long size = (long) out * Math.ceilDiv(in, type.elements()) * type.bytes();
      MemorySegment data = arena.allocate(size, 64);
      int blocks = Math.ceilDiv(in, BLOCK);
      IntStream.range(0, blocks)
          .parallel()
          .forEach(
              block -> {
                byte[] quants = quants(block);
                if (whole) {
                  writeBlocks(data, type, block, quants);
                } else {
                  writeFloats(data, block, quants);
                }
              });
      return WeightTensor.of(parts.name(), type, shape, data);
    }

    /** Of 32 neighbouring inputs (fewer at the end), {@code [out, 32]}. */
    private byte[] quants(int block) {
      byte[] quants = new byte[Math.multiplyExact(out, BLOCK)];
      int perWord = WORD / bits;
      int first = block * BLOCK;
      int rows = awq ? BLOCK : BLOCK / perWord;
      for (int r = 0; r < rows; r++) {
        int row = awq ? first + r : first / perWord + r;
        if ((long) row * columns >= words.length) {
          break;
        }
        for (int c = 0; c < columns; c++) {
          int word = words[row * columns + c];
          for (int place = 0; place < perWord; place++) {
            int o = awq ? c * perWord + AWQ_ORDER[place] : c;
            int i = awq ? r : r * perWord + place;
            quants[o * BLOCK + i] = (byte) quant(word, place);
          }
        }
      }
      return quants;
    }

    private void writeBlocks(MemorySegment data, WeightType type, int block, byte[] quants) {
      byte[] own = new byte[BLOCK];
      int perRow = in / BLOCK;
      int at = block * BLOCK / groupSize * out;
      for (int o = 0; o < out; o++) {
        System.arraycopy(quants, o * BLOCK, own, 0, BLOCK);
        float scale = scales[at + o];
        float offset = -scale * zeros[at + o];
        long place = ((long) o * perRow + block) * type.bytes();
        if (type == WeightType.U8_GROUP) {
          GroupBlocks.writeBytes(data, place, scale, offset, own);
        } else {
          GroupBlocks.writeNibbles(data, place, scale, offset, own);
        }
      }
    }

    private void writeFloats(MemorySegment data, int block, byte[] quants) {
      for (int i = block * BLOCK; i < Math.min(in, (block + 1) * BLOCK); i++) {
        for (int o = 0; o < out; o++) {
          int at = group[i] * out + o;
          int quant = Byte.toUnsignedInt(quants[o * BLOCK + i % BLOCK]);
          long place = ((long) o * in + i) * Float.BYTES;
          data.set(LittleEndian.F32, place, scales[at] * (quant - zeros[at]));
        }
      }
    }

    private UnsupportedWeightsException unsupported(String problem) {
      return new UnsupportedWeightsException("weight " + parts.name() + ": " + problem);
    }
  }

  private static int extent(WeightTensor tensor, int axis) {
    return Math.toIntExact(tensor.shape().get(axis));
  }

  private static int[] integers(WeightTensor tensor) {
    return tensor.data().toArray(LittleEndian.I32);
  }
}
