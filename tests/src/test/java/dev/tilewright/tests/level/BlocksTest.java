package dev.tilewright.tests.level;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.Primitive.BlockPart;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.WeightType;
import dev.tilewright.runtime.eager.EagerEvaluator;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Products in blocks: depths that are no whole blocks, columns and rows that are no whole tiles.
 */
class BlocksTest {
  private static final int BLOCK = Primitive.Blocks.SIZE;
  private static final List<Integer> DEPTHS = List.of(1, 5, 31, 32, 33, 64, 95, 100, 577);
  private static final List<Integer> COLUMNS = List.of(1, 3, 16, 17, 48, 50);
  private static final List<Map<String, Long>> ROWS =
      List.of(Map.of("S", 1L), Map.of("S", 2L), Map.of("S", 13L), Map.of("S", 40L));

  /**
   * One of so many matrices for each row of a batch, or a single one.
   *
   * @param type how the weights are stored
   */
  private record Product(int matrices, int columns, int depth, WeightType type) {
    Product(int matrices, int columns, int depth) {
      this(matrices, columns, depth, WeightType.F32);
    }

    String name() {
      return "product_" + matrices + "_" + columns + "_" + depth + "_" + type;
    }

    TensorType weight() {
      return matrices == 1
          ? TensorType.of(DType.FLOAT32, columns, depth)
          : TensorType.of(DType.FLOAT32, matrices, columns, depth);
    }

    Case asCase() {
      Primitive.Contract contract =
          matrices == 1
              ? new Primitive.Contract("sk", "nk", "sn")
              : new Primitive.Contract("sek", "enk", "sen");
      String input = matrices == 1 ? "f32[S, %d]" : "f32[S, " + matrices + ", %d]";
      return Case.of(
          name(),
          List.of(input.formatted(depth)),
          (in, weights) -> {
            Tensor x = in.getFirst();
            return List.of(x.evaluator().apply(contract, x, weights.weight("w", weight())));
          },
          ROWS);
    }
  }

  private static List<Product> products() {
    List<Product> products = new ArrayList<>();
    for (int i = 0; i < DEPTHS.size(); i++) {
      products.add(new Product(1, COLUMNS.get(i % COLUMNS.size()), DEPTHS.get(i)));
      products.add(new Product(1, COLUMNS.get((i + 3) % COLUMNS.size()), DEPTHS.get(i)));
    }
    products.add(new Product(3, 17, 70));
    for (WeightType type :
        List.of(
            WeightType.Q4_0,
            WeightType.Q4_1,
            WeightType.Q5_1,
            WeightType.Q8_0,
            WeightType.U8_GROUP)) {
      products.add(new Product(1, 50, 96, type));
      products.add(new Product(1, 100, 32, type));
      products.add(new Product(2, 5, 64, type));
    }
    return products;
  }

  /** Floats, or the bytes of blocks with scales that are no NaN. */
  private static HostTensor weight(String name, TensorType declared) {
    WeightType type = WeightType.valueOf(name.replaceAll(".*\\d_([FQU].*)\\.w", "$1"));
    if (!type.isBlocked()) {
      return Case.weight(name, declared);
    }
    byte[] bytes = new byte[HostTensor.elementCount(declared) / type.elements() * type.bytes()];
    new Random(name.hashCode()).nextBytes(bytes);
    if (type == WeightType.U8_GROUP) {
      sevenBits(bytes);
    } else {
      finiteScales(bytes, type.bytes());
    }
    List<Long> shape = declared.shape().stream().map(Dim::value).toList();
    return HostTensor.of(
        WeightTensor.of(name, type, shape, MemorySegment.ofArray(bytes)), declared);
  }

  private static void finiteScales(byte[] bytes, int size) {
    for (int block = 0; block < bytes.length; block += size) {
      bytes[block + 1] = (byte) ((bytes[block + 1] & 0x83) | 0x20);
      bytes[block + 3] = (byte) ((bytes[block + 3] & 0x83) | 0x20);
    }
  }

  /** Quants below 128, many of them the greatest, so that sums of 16 bits would show. */
  private static void sevenBits(byte[] bytes) {
    ByteBuffer blocks = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    while (blocks.hasRemaining()) {
      blocks.putFloat(1f / 64).putFloat(-1);
      for (int i = 0; i < BLOCK; i++) {
        byte random = blocks.get(blocks.position());
        blocks.put(random < 32 ? 127 : random);
      }
    }
  }

  @Test
  void nativeCodeIsNearTheExactProduct() {
    List<Product> products = products();
    Program program = Case.program(products.stream().map(Product::asCase).toList());
    for (Target target : NativeRunner.targets(Precision.INT8_BLOCKS)) {
      try (NativeRunner runner = NativeRunner.compile(program, target, Precision.INT8_BLOCKS)) {
        for (Product product : products) {
          Case one = product.asCase();
          for (Map<String, Long> size : ROWS) {
            List<HostTensor> arguments = one.arguments(size);
            float[] first =
                runner
                    .run(one.name(), arguments, BlocksTest::weight, size, 1)
                    .getFirst()
                    .toFloats();
            check(product, arguments.getFirst().toFloats(), first);
            assertThat(
                    runner
                        .run(one.name(), arguments, BlocksTest::weight, size, 3)
                        .getFirst()
                        .toFloats())
                .as("%s with 3 workers on %s", product, target.name())
                .isEqualTo(first);
          }
        }
      }
    }
  }

  @Test
  void theInterpreterIsNearTheExactProduct() {
    List<Product> products = products();
    Program program = Case.program(products.stream().map(Product::asCase).toList());
    TileRunner runner = new TileRunner(program, Levels.PLAIN, Precision.INT8_BLOCKS);
    for (Product product : products) {
      Case one = product.asCase();
      for (Map<String, Long> size : ROWS.subList(0, 3)) {
        List<HostTensor> arguments = one.arguments(size);
        float[] result =
            runner.run(one.name(), arguments, BlocksTest::weight, size, 2).getFirst().toFloats();
        check(product, arguments.getFirst().toFloats(), result);
      }
    }
  }

  /**
   * Against the product of the weights as their blocks have them: an activation is off by half of
   * its block's scale, and sums of FLOAT32 by a few units in the last place of what they sum.
   */
  private static void check(Product product, float[] x, float[] result) {
    HostTensor weight = weight(product.name() + ".w", product.weight());
    double[] w = stored(weight, product.depth());
    int rows = result.length / product.columns();
    for (int row = 0; row < rows; row++) {
      int matrix = row % product.matrices();
      for (int column = 0; column < product.columns(); column++) {
        double sum = 0;
        double bound = 0;
        for (int k = 0; k < product.depth(); k++) {
          double factor = w[(matrix * product.columns() + column) * product.depth() + k];
          int first = row * product.depth() + k / BLOCK * BLOCK;
          int end = Math.min(first + BLOCK, (row + 1) * product.depth());
          double greatest =
              IntStream.range(first, end).mapToDouble(i -> Math.abs(x[i])).max().orElse(0);
          sum += x[row * product.depth() + k] * factor;
          // Quants are unsigned: what cancels in a block is 128 times its scale at most.
          bound += Math.abs(factor) * greatest / 254 + 1e-4 * greatest * Math.abs(factor);
          bound += 256 * greatest * 1e-7;
        }
        assertThat((double) result[row * product.columns() + column])
            .as("%s, row %d, column %d", product, row, column)
            .isCloseTo(sum, within(bound + 1e-30));
      }
    }
  }

  /** {@code scale*quant + offset}. */
  private static double[] stored(HostTensor weight, int depth) {
    float[] scales = blocks(BlockPart.SCALE, weight).toFloats();
    float[] offsets = blocks(BlockPart.OFFSET, weight).toFloats();
    int[] quants = blocks(BlockPart.QUANT, weight).toInts();
    float[] original = weight.toFloats();
    double[] values = new double[original.length];
    int perRow = Math.ceilDiv(depth, BLOCK);
    for (int i = 0; i < values.length; i++) {
      int block = i / depth * perRow + i % depth / BLOCK;
      values[i] = scales[block] * (double) quants[block * BLOCK + i % depth % BLOCK];
      values[i] += offsets[block];
      // What a file holds in blocks is exact but for the rounding of the sum.
      double off =
          weight.stored().isPresent() ? Math.abs(offsets[block]) * 1e-6 : scales[block] / 2;
      assertThat(values[i]).isCloseTo(original[i], within(1.0001 * off + 1e-7));
    }
    return values;
  }

  private static HostTensor blocks(BlockPart part, HostTensor weight) {
    return HostTensor.of(EagerEvaluator.INSTANCE.apply(new Primitive.Blocks(part), weight));
  }
}
