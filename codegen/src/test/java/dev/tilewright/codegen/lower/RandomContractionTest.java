package dev.tilewright.codegen.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.graph.Origin;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.op.Primitive.BinaryKind;
import dev.tilewright.op.Primitive.UnaryKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Contractions with any axes in any order, symbolic or not, over weights or not. */
class RandomContractionTest {
  private static final int[] EXTENTS = {1, 2, 7, 16, 20, 33};
  private static final int MOST_PRODUCTS = 20_000;

  /** What may be multiplied, in what the sum is. */
  private enum Product {
    REAL(DType.FLOAT32, DType.FLOAT32, DType.FLOAT32),
    BF16(DType.BFLOAT16, DType.BFLOAT16, DType.FLOAT32),
    U8I8(DType.UINT8, DType.INT8, DType.INT32),
    I8U8(DType.INT8, DType.UINT8, DType.INT32),
    BF16_WEIGHT(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT32),
    I8_WEIGHT(DType.FLOAT32, DType.INT8, DType.FLOAT32);

    private final DType left;
    private final DType right;
    private final DType sum;

    Product(DType left, DType right, DType sum) {
      this.left = left;
      this.right = right;
      this.sum = sum;
    }

    /** How great a product may be. */
    double magnitude() {
      return magnitude(left) * magnitude(right);
    }

    private static double magnitude(DType dtype) {
      return dtype == DType.UINT8 ? 255 : dtype == DType.INT8 ? 128 : 4;
    }
  }

  static IntStream seeds() {
    return IntStream.range(0, 120);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void agreesWithTheFormula(int seed) {
    Random random = new Random(seed);
    Product product = Product.values()[seed % Product.values().length];
    Map<String, Long> symbols = new HashMap<>();
    List<Axis> free;
    List<Axis> over;
    do {
      symbols.clear();
      free = axes("i", 1 + random.nextInt(4), random, symbols);
      over = axes("k", 1 + random.nextInt(2), random, symbols);
    } while (points(free, symbols) * points(over, symbols) > MOST_PRODUCTS);
    List<Axis> left = new ArrayList<>(over);
    List<Axis> right = new ArrayList<>(over);
    for (Axis axis : free) {
      int side = random.nextInt(5);
      if (side != 0) {
        left.add(axis);
      }
      if (side <= 1) {
        right.add(axis);
      }
      if (side == 2) {
        left.remove(axis);
        right.add(axis);
      }
    }
    List<Axis> bias = new ArrayList<>(free.subList(0, random.nextInt(free.size() + 1)));
    List<Axis> out = new ArrayList<>(free);
    List.of(left, right, bias, out).forEach(axes -> Collections.shuffle(axes, random));
    Element local = new Element.Local("sum", product.sum);
    Element sum = product.sum == DType.FLOAT32 ? local : new Element.Cast(DType.FLOAT32, local);
    Element biased = new Element.Binary(BinaryKind.ADD, sum, read("bias", bias));
    Element value =
        random.nextBoolean()
            ? new Element.Binary(BinaryKind.MUL, new Element.Unary(UnaryKind.TANH, biased), sum)
            : biased;
    Region region =
        new Region.Contraction(
            "r",
            free,
            over,
            read("left", product.left, left),
            read("right", product.right, right),
            "sum",
            List.of(new Region.Output("out", DType.FLOAT32, offset(out), value, false)),
            Origin.NONE);
    RegionRunner runner = new RegionRunner(symbols);
    add(runner, "left", product.left, left, random);
    add(runner, "right", product.right, right, random);
    add(runner, "bias", DType.FLOAT32, bias, random);
    runner.output("out", shape(out));
    check(runner, region, product, points(over, symbols));
  }

  /**
   * Within {@code depth + 8} roundings of {@code depth} products, which on average are at most a
   * third of the greatest, times tanh's slope and the sum. Products of whole numbers are exact up
   * to there.
   */
  private static void check(RegionRunner runner, Region region, Product product, long depth) {
    float[] expected = runner.expected(region).get("out");
    double greatest = depth * product.magnitude() / 3;
    Offset<Float> tolerance = Offset.offset((float) ((depth + 8) * Math.ulp(1f) * greatest * 2));
    for (MachineModel machine : Machines.ALL) {
      float[] alone = runner.actual(region, machine, 1).get("out");
      for (int i = 0; i < expected.length; i++) {
        assertThat(alone[i]).isCloseTo(expected[i], tolerance);
      }
      assertThat(runner.actual(region, machine, 3).get("out")).containsExactly(alone);
    }
  }

  /** Weights have known shapes, inputs any. */
  private static void add(
      RegionRunner runner, String name, DType dtype, List<Axis> axes, Random random) {
    boolean known = axes.stream().allMatch(axis -> axis.extent().isKnown());
    if (known && random.nextBoolean()) {
      runner.weight(name, dtype, shape(axes));
    } else {
      runner.input(name, dtype, shape(axes));
    }
  }

  private static List<Axis> axes(
      String letter, int count, Random random, Map<String, Long> symbols) {
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long extent = EXTENTS[random.nextInt(EXTENTS.length)];
      String name = letter + i;
      boolean known = random.nextBoolean();
      boolean words = !known && extent % 4 == 0;
      if (!known) {
        symbols.put("N" + name, words ? extent / 4 : extent);
      }
      Dim symbol = Dim.symbol("N" + name);
      axes.add(new Axis(name, known ? Dim.of(extent) : words ? symbol.times(4) : symbol));
    }
    return axes;
  }

  private static long points(List<Axis> axes, Map<String, Long> symbols) {
    return Extents.points(axes).evaluate(symbols::get);
  }

  private static Dim[] shape(List<Axis> axes) {
    return axes.stream().map(Axis::extent).toArray(Dim[]::new);
  }

  private static Element.Read read(String buffer, List<Axis> shape) {
    return read(buffer, DType.FLOAT32, shape);
  }

  private static Element.Read read(String buffer, DType dtype, List<Axis> shape) {
    return new Element.Read(buffer, dtype, offset(shape));
  }

  private static Affine offset(List<Axis> shape) {
    Affine sum = Affine.ZERO;
    Dim step = Dim.ONE;
    for (Axis axis : shape.reversed()) {
      sum = sum.plus(Affine.axis(axis).times(step));
      step = step.times(axis.extent());
    }
    return sum;
  }
}
