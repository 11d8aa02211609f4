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

  static IntStream seeds() {
    return IntStream.range(0, 50);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void agreesWithTheFormula(int seed) {
    Random random = new Random(seed);
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
    Element sum = new Element.Local("sum", DType.FLOAT32);
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
            read("left", left),
            read("right", right),
            "sum",
            List.of(new Region.Output("out", DType.FLOAT32, offset(out), value, false)),
            Origin.NONE);
    RegionRunner runner = new RegionRunner(symbols);
    add(runner, "left", left, random);
    add(runner, "right", right, random);
    add(runner, "bias", bias, random);
    runner.output("out", shape(out));
    check(runner, region, over, symbols);
  }

  /**
   * Within {@code depth + 8} roundings of {@code depth} products of about 5, times tanh's slope.
   */
  private static void check(
      RegionRunner runner, Region region, List<Axis> over, Map<String, Long> symbols) {
    long depth = points(over, symbols);
    float[] expected = runner.expected(region).get("out");
    Offset<Float> tolerance = Offset.offset((depth + 8) * Math.ulp(1f) * 10 * depth);
    for (MachineModel machine : Machines.ALL) {
      float[] alone = runner.actual(region, machine, 1).get("out");
      for (int i = 0; i < expected.length; i++) {
        assertThat(alone[i]).isCloseTo(expected[i], tolerance);
      }
      assertThat(runner.actual(region, machine, 3).get("out")).containsExactly(alone);
    }
  }

  /** Weights have known shapes, inputs any. */
  private static void add(RegionRunner runner, String name, List<Axis> axes, Random random) {
    boolean known = axes.stream().allMatch(axis -> axis.extent().isKnown());
    if (known && random.nextBoolean()) {
      runner.weight(name, shape(axes));
    } else {
      runner.input(name, shape(axes));
    }
  }

  private static List<Axis> axes(
      String letter, int count, Random random, Map<String, Long> symbols) {
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long extent = EXTENTS[random.nextInt(EXTENTS.length)];
      String name = letter + i;
      boolean known = random.nextBoolean();
      if (!known) {
        symbols.put("N" + name, extent);
      }
      axes.add(new Axis(name, known ? Dim.of(extent) : Dim.symbol("N" + name)));
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
    return new Element.Read(buffer, DType.FLOAT32, offset(shape));
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
