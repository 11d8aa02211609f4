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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContractionLoweringTest {

  /** {@code tanh(x w^T + bias) + residual}, with tokens and columns that divide by nothing. */
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1",
    "1, 7, 20, 16",
    "3, 7, 100, 7",
    "2, 5, 48, 20",
    "1, 13, 96, 100",
    "5, 1, 17, 33"
  })
  void linearLayerOverPackedWeights(long batch, long tokens, int columns, int depth) {
    Axis b = new Axis("b", Dim.symbol("B"));
    Axis s = new Axis("s", Dim.symbol("S"));
    Axis n = new Axis("n", Dim.of(columns));
    Axis k = new Axis("k", Dim.of(depth));
    Element sum = new Element.Local("sum", DType.FLOAT32);
    Element biased = new Element.Binary(BinaryKind.ADD, sum, read("bias", n));
    Element squashed = new Element.Unary(UnaryKind.TANH, biased);
    Region.Contraction region =
        contraction(
            List.of(b, s, n),
            List.of(k),
            read("x", b, s, k),
            read("w", n, k),
            new Element.Binary(BinaryKind.ADD, squashed, read("residual", b, s, n)),
            b,
            s,
            n);
    RegionRunner runner =
        new RegionRunner(Map.of("B", batch, "S", tokens))
            .input("x", b.extent(), s.extent(), k.extent())
            .weight("w", n.extent(), k.extent())
            .weight("bias", n.extent())
            .input("residual", b.extent(), s.extent(), n.extent())
            .output("out", b.extent(), s.extent(), n.extent());
    check(runner, region, depth);
  }

  /** {@code q k^T}: the right operand's columns lie apart and are packed into scratch memory. */
  @ParameterizedTest
  @CsvSource({"1, 1, 20", "7, 16, 20", "16, 100, 7", "33, 50, 16"})
  void productWithTransposedValue(long queries, long keys, int depth) {
    Axis h = new Axis("h", Dim.of(3));
    Axis q = new Axis("q", Dim.symbol("Q"));
    Axis k = new Axis("k", Dim.symbol("K"));
    Axis d = new Axis("d", Dim.of(depth));
    Region.Contraction region =
        contraction(
            List.of(h, q, k),
            List.of(d),
            read("query", q, h, d),
            read("key", k, h, d),
            new Element.Local("sum", DType.FLOAT32),
            h,
            q,
            k);
    RegionRunner runner =
        new RegionRunner(Map.of("Q", queries, "K", keys))
            .input("query", q.extent(), h.extent(), d.extent())
            .input("key", k.extent(), h.extent(), d.extent())
            .output("out", h.extent(), q.extent(), k.extent());
    check(runner, region, depth);
  }

  /**
   * Token mixing, {@code w x}: the vectors are the activations, in place, and the sum is over
   * tokens.
   */
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "2, 7, 20", "3, 16, 100"})
  void productAlongTokens(long batch, int tokens, int width) {
    Axis b = new Axis("b", Dim.symbol("B"));
    Axis t = new Axis("t", Dim.of(2L * tokens));
    Axis d = new Axis("d", Dim.of(width));
    Axis s = new Axis("s", Dim.of(tokens));
    Region.Contraction region =
        contraction(
            List.of(b, t, d),
            List.of(s),
            read("w", t, s),
            read("x", b, s, d),
            new Element.Local("sum", DType.FLOAT32),
            b,
            t,
            d);
    RegionRunner runner =
        new RegionRunner(Map.of("B", batch))
            .weight("w", t.extent(), s.extent())
            .input("x", b.extent(), s.extent(), d.extent())
            .output("out", b.extent(), t.extent(), d.extent());
    check(runner, region, tokens);
  }

  /**
   * A convolution along time: windows are views of x, the sum is over channels and taps, the weight
   * has three axes.
   */
  @ParameterizedTest
  @ValueSource(longs = {3, 8, 30})
  void convolution(long steps) {
    Dim time = Dim.symbol("T");
    Axis t = new Axis("t", time.minus(2));
    Axis o = new Axis("o", Dim.of(20));
    Axis c = new Axis("c", Dim.of(5));
    Axis j = new Axis("j", Dim.of(3));
    Affine window = Affine.axis(t).plus(Affine.axis(j)).times(c.extent()).plus(Affine.axis(c));
    Region.Contraction region =
        contraction(
            List.of(t, o),
            List.of(c, j),
            new Element.Read("x", DType.FLOAT32, window),
            read("w", o, c, j),
            new Element.Local("sum", DType.FLOAT32),
            t,
            o);
    RegionRunner runner =
        new RegionRunner(Map.of("T", steps))
            .input("x", time, c.extent())
            .weight("w", o.extent(), c.extent(), j.extent())
            .output("out", t.extent(), o.extent());
    check(runner, region, 15);
  }

  /** One number for each row: nothing but the batch can lie across lanes, or nothing at all. */
  @ParameterizedTest
  @CsvSource({"1, 7", "40, 16"})
  void dotProducts(int rows, int depth) {
    Axis r = new Axis("r", Dim.of(rows));
    Axis k = new Axis("k", Dim.of(depth));
    Region.Contraction region =
        contraction(
            List.of(r),
            List.of(k),
            read("x", r, k),
            read("y", r, k),
            new Element.Local("sum", DType.FLOAT32),
            r);
    RegionRunner runner =
        new RegionRunner(Map.of())
            .input("x", r.extent(), k.extent())
            .input("y", r.extent(), k.extent())
            .output("out", r.extent());
    check(runner, region, depth);
  }

  /** Weights stored {@code [in, out]}, as ONNX does. */
  @ParameterizedTest
  @CsvSource({"7, 100, 20", "1, 20, 16"})
  void transposedWeight(long rows, int columns, int depth) {
    Axis m = new Axis("m", Dim.symbol("M"));
    Axis n = new Axis("n", Dim.of(columns));
    Axis k = new Axis("k", Dim.of(depth));
    Region.Contraction region =
        contraction(
            List.of(m, n),
            List.of(k),
            read("x", m, k),
            read("w", k, n),
            new Element.Local("sum", DType.FLOAT32),
            m,
            n);
    RegionRunner runner =
        new RegionRunner(Map.of("M", rows))
            .input("x", m.extent(), k.extent())
            .weight("w", k.extent(), n.extent())
            .output("out", m.extent(), n.extent());
    check(runner, region, depth);
  }

  /** The first columns and the first of their depth, in the panels of the whole weight. */
  @ParameterizedTest
  @CsvSource({"1, 96, 40", "7, 48, 40", "7, 64, 20", "5, 33, 7", "3, 1, 40", "16, 95, 39"})
  void firstOfColumnsAndDepth(long rows, int columns, int depth) {
    Axis m = new Axis("m", Dim.symbol("M"));
    Axis n = new Axis("n", Dim.of(columns));
    Axis k = new Axis("k", Dim.of(depth));
    Affine within = Affine.axis(n).times(Dim.of(40)).plus(Affine.axis(k));
    Affine across = Affine.axis(k).times(Dim.of(96)).plus(Affine.axis(n));
    for (boolean transposed : new boolean[] {false, true}) {
      Region.Contraction region =
          contraction(
              List.of(m, n),
              List.of(k),
              read("x", m, k),
              new Element.Read("w", DType.FLOAT32, transposed ? across : within),
              new Element.Local("sum", DType.FLOAT32),
              m,
              n);
      RegionRunner runner =
          new RegionRunner(Map.of("M", rows))
              .input("x", m.extent(), k.extent())
              .weight("w", Dim.of(transposed ? 40 : 96), Dim.of(transposed ? 96 : 40))
              .output("out", m.extent(), n.extent());
      check(runner, region, depth);
    }
  }

  /** Results that no axis of which lies in a straight line: columns go to (n % 3, n / 3). */
  @Test
  void shuffledResult() {
    Axis m = new Axis("m", Dim.symbol("M"));
    Axis n = new Axis("n", Dim.of(24));
    Axis k = new Axis("k", Dim.of(20));
    Affine column = Affine.axis(n);
    Affine shuffled =
        Affine.of(new Affine.Term.Remainder(column, Dim.of(3)))
            .times(Dim.of(8))
            .plus(Affine.of(new Affine.Term.Quotient(column, Dim.of(3))))
            .plus(Affine.axis(m).times(Dim.of(24)));
    Element sum = new Element.Local("sum", DType.FLOAT32);
    Region.Contraction region =
        new Region.Contraction(
            "r",
            List.of(m, n),
            List.of(k),
            read("x", m, k),
            read("w", n, k),
            "sum",
            List.of(new Region.Output("out", DType.FLOAT32, shuffled, sum, false)),
            Origin.NONE);
    RegionRunner runner =
        new RegionRunner(Map.of("M", 7L))
            .input("x", m.extent(), k.extent())
            .weight("w", n.extent(), k.extent())
            .output("out", m.extent(), n.extent());
    check(runner, region, 20);
  }

  /**
   * Against the formula within {@code (depth + 8) ulp} of the sum of the products' magnitudes,
   * about 5 a product here; and the same bits for any number of workers.
   */
  private static void check(RegionRunner runner, Region region, int depth) {
    float[] expected = runner.expected(region).get("out");
    for (MachineModel machine : Machines.ALL) {
      float[] alone = runner.actual(region, machine, 1).get("out");
      float tolerance = (depth + 8) * Math.ulp(1f) * 5 * depth;
      for (int i = 0; i < expected.length; i++) {
        assertThat(alone[i]).isCloseTo(expected[i], org.assertj.core.data.Offset.offset(tolerance));
      }
      for (int workers = 2; workers <= 3; workers++) {
        assertThat(runner.actual(region, machine, workers).get("out")).containsExactly(alone);
      }
    }
  }

  private static Region.Contraction contraction(
      List<Axis> axes,
      List<Axis> over,
      Element.Read left,
      Element.Read right,
      Element out,
      Axis... shape) {
    Region.Output output = new Region.Output("out", DType.FLOAT32, offset(shape), out, false);
    return new Region.Contraction(
        "r", axes, over, left, right, "sum", List.of(output), Origin.NONE);
  }

  /** The element of a dense buffer whose shape is the axes' extents. */
  private static Element.Read read(String buffer, Axis... shape) {
    return new Element.Read(buffer, DType.FLOAT32, offset(shape));
  }

  private static Affine offset(Axis... shape) {
    Affine sum = Affine.ZERO;
    Dim step = Dim.ONE;
    for (Axis axis : new ArrayList<>(List.of(shape)).reversed()) {
      sum = sum.plus(Affine.axis(axis).times(step));
      step = step.times(axis.extent());
    }
    return sum;
  }
}
