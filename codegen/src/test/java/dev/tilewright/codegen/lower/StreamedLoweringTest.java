package dev.tilewright.codegen.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.cost.TileSize;
import dev.tilewright.codegen.cost.Tuning;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.graph.Origin;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.op.Primitive.BinaryKind;
import dev.tilewright.op.Primitive.CompareKind;
import dev.tilewright.op.Primitive.ReduceKind;
import dev.tilewright.op.Primitive.UnaryKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamedLoweringTest {
  private static final int HEADS = 3;
  static final Axis B = new Axis("b", Dim.symbol("B"));
  static final Axis H = new Axis("h", Dim.of(HEADS));
  static final Axis Q = new Axis("q", Dim.symbol("Q"));
  static final Axis K = new Axis("k", Dim.symbol("K"));
  private static final Element SCORE = new Element.Local("score", DType.FLOAT32);
  private static final Element MAXIMUM = new Element.Local("maximum", DType.FLOAT32);
  static final Element LOWEST = constant(-Float.MAX_VALUE);

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1, 1",
    "2, 7, 7, 20, 20",
    "1, 16, 100, 16, 7",
    "2, 33, 20, 7, 16",
    "1, 7, 140, 20, 20"
  })
  void maskedSoftmax(long batch, long queries, long keys, int depth, int width) {
    Element masked = new Element.Select(keep(), scaled(), LOWEST);
    check(runner(batch, queries, keys, depth, width), softmax(masked, depth, width), keys);
  }

  @ParameterizedTest
  @CsvSource({"1, 7, 7, 20, 20", "1, 40, 150, 16, 7"})
  void causalWithBias(long batch, long queries, long keys, int depth, int width) {
    Element biased = new Element.Binary(BinaryKind.ADD, scaled(), read("bias", H, Q, K));
    Element causal =
        new Element.Select(
            new Element.Compare(
                CompareKind.LE,
                new Element.Position(Affine.axis(K)),
                new Element.Position(Affine.axis(Q))),
            biased,
            LOWEST);
    check(runner(batch, queries, keys, depth, width), softmax(causal, depth, width), keys);
  }

  /** A bias shared by four queries and four keys: neither can lie across a tile. */
  @Test
  void biasByBlocks() {
    Affine block =
        Affine.of(new Affine.Term.Quotient(Affine.axis(Q), Dim.of(4)))
            .times(Dim.of(5))
            .plus(Affine.of(new Affine.Term.Quotient(Affine.axis(K), Dim.of(4))));
    Element bias = new Element.Read("bias", DType.FLOAT32, block);
    Element biased = new Element.Binary(BinaryKind.ADD, scaled(), bias);
    check(runner(1, 7, 20, 16, 16), softmax(biased, 16, 16), 20);
  }

  /** A weight that uses the score in another way than the maximum does. */
  @Test
  void gatedWeights() {
    Element biased = new Element.Binary(BinaryKind.ADD, scaled(), read("bias", H, Q, K));
    Element weight = new Element.Binary(BinaryKind.MUL, exponential(biased), SCORE);
    Region region = streamed(16, 16, Optional.of(biased), exponential(biased), weight);
    check(runner(1, 7, 150, 16, 16), region, 150);
  }

  /** {@code sum of score^2*value / (sum of score^2)}: no maximum, nothing is rescaled. */
  @Test
  void withoutMaximum() {
    Element squared = new Element.Binary(BinaryKind.MUL, SCORE, SCORE);
    check(runner(2, 7, 150, 20, 16), streamed(20, 16, Optional.empty(), squared, squared), 150);
  }

  /** Whole blocks of keys at minus infinity, before and after others. */
  @Test
  void blocksWithoutKeys() {
    Element causal =
        new Element.Select(
            new Element.Compare(
                CompareKind.EQ,
                new Element.Position(Affine.axis(K)),
                new Element.Constant(140, DType.INT32)),
            scaled(),
            constant(Double.NEGATIVE_INFINITY));
    check(runner(1, 7, 300, 16, 16), softmax(causal, 16, 16), 300);
  }

  @Test
  void noKeyAtAllIsNaN() {
    Element none = new Element.Select(keep(), scaled(), constant(Double.NEGATIVE_INFINITY));
    RegionRunner runner = runner(1, 7, 20, 16, 16);
    Arrays.fill(runner.data("mask"), 0f);
    for (MachineModel machine : Machines.ALL) {
      assertThat(runner.actual(softmax(none, 16, 16), machine, 1).get("out"))
          .containsOnly(Float.NaN);
    }
  }

  /**
   * A sequence gives the same bits when its keys are padded and masked, and other sequences stand
   * beside it.
   */
  @Test
  void paddingChangesNoBit() {
    int depth = 20;
    Region region = softmax(new Element.Select(keep(), scaled(), LOWEST), depth, depth);
    int length = 13;
    for (MachineModel machine : Machines.ALL) {
      for (int padded : new int[] {16, 40, 140}) {
        RegionRunner alone = runner(1, length, length, depth, depth);
        Arrays.fill(alone.data("mask"), 1f);
        RegionRunner batch = runner(2, padded, padded, depth, depth);
        Arrays.fill(batch.data("mask"), padded, padded + length, 1f);
        Arrays.fill(batch.data("mask"), padded + length, 2 * padded, 0f);
        int token = HEADS * depth;
        for (String name : List.of("query", "key", "value")) {
          System.arraycopy(alone.data(name), 0, batch.data(name), padded * token, length * token);
        }
        float[] expected = alone.actual(region, machine, 1).get("out");
        float[] together = batch.actual(region, machine, 2).get("out");
        assertThat(Arrays.copyOfRange(together, padded * token, padded * token + length * token))
            .containsExactly(expected);
      }
    }
  }

  /** Two vectors of queries in a block unless another size was measured; the bits are the same. */
  @Test
  void blocksOfAnySizeGiveTheSameBits() {
    Region region = softmax(new Element.Select(keep(), scaled(), LOWEST), 20, 16);
    RegionRunner runner = runner(2, 53, 140, 20, 16);
    for (MachineModel machine : Machines.ALL) {
      TraceOfChoices trace = new TraceOfChoices();
      TileChoice byDefault = new TileChoice("any", machine, Tuning.NONE, trace);
      float[] expected = runner.actual(region, machine, 1, byDefault).get("out");
      Trace.Choice choice = trace.choices.getFirst();
      assertThat(choice.product())
          .isEqualTo("f32 x f32, weights x f32, queries Q, keys K, depth 20, columns 16");
      assertThat(choice.chosen().columns()).isEqualTo(2 * machine.lanes());
      assertThat(choice.sizes().keySet())
          .extracting(TileSize::columns)
          .containsExactly(2 * machine.lanes(), machine.lanes(), 3 * machine.lanes());
      for (TileSize size : choice.sizes().keySet()) {
        Tuning tuning = new Tuning(Map.of(Tuning.key("any", choice.product()), size));
        TileChoice measured = new TileChoice("any", machine, tuning, trace);
        assertThat(runner.actual(region, machine, 2, measured).get("out"))
            .containsExactly(expected);
        assertThat(trace.choices.getLast().chosen()).isEqualTo(size);
      }
    }
  }

  private static final class TraceOfChoices implements Trace {
    private final List<Choice> choices = new ArrayList<>();

    @Override
    public void choose(Choice choice) {
      choices.add(choice);
    }
  }

  static RegionRunner runner(long batch, long queries, long keys, int depth, int width) {
    RegionRunner runner =
        new RegionRunner(Map.of("B", batch, "Q", queries, "K", keys))
            .input("query", B.extent(), Q.extent(), H.extent(), Dim.of(depth))
            .input("key", B.extent(), K.extent(), H.extent(), Dim.of(depth))
            .input("value", B.extent(), K.extent(), H.extent(), Dim.of(width))
            .input("mask", B.extent(), K.extent())
            .input("bias", H.extent(), Q.extent(), K.extent())
            .output("out", B.extent(), Q.extent(), H.extent(), Dim.of(width));
    float[] mask = runner.data("mask");
    for (int i = 0; i < mask.length; i++) {
      mask[i] = i % 5 == 3 ? 0 : 1;
    }
    return runner;
  }

  static Region softmax(Element score, int depth, int width) {
    return streamed(depth, width, Optional.of(score), exponential(score), exponential(score));
  }

  private static Region streamed(
      int depth, int width, Optional<Element> maximum, Element sum, Element weight) {
    Axis d = new Axis("d", Dim.of(depth));
    Axis e = new Axis("e", Dim.of(width));
    Element out =
        new Element.Binary(
            BinaryKind.DIV,
            new Element.Local("result", DType.FLOAT32),
            new Element.Local("sum", DType.FLOAT32));
    return new Region.Streamed(
        "r",
        List.of(B, H, Q),
        K,
        d,
        read("query", B, Q, H, d),
        read("key", B, K, H, d),
        "score",
        maximum.map(element -> new Region.Reduction("maximum", ReduceKind.MAX, element)),
        List.of(new Region.Reduction("sum", ReduceKind.SUM, sum)),
        weight,
        e,
        read("value", B, K, H, e),
        "result",
        List.of(new Region.Output("out", DType.FLOAT32, offset(B, Q, H, e), out, false)),
        Origin.NONE);
  }

  /**
   * Against the formula. A score of depth d is off by about {@code d} roundings of 1, which exp
   * passes on to weights and so to the result, an average of values of about 3; the sums add a
   * rounding a key.
   */
  static void check(RegionRunner runner, Region region, long keys) {
    float[] expected = runner.expected(region).get("out");
    Offset<Float> tolerance = Offset.offset((keys + 100) * Math.ulp(1f) * 3);
    for (MachineModel machine : Machines.ALL) {
      float[] alone = runner.actual(region, machine, 1).get("out");
      for (int i = 0; i < expected.length; i++) {
        assertThat(alone[i]).isCloseTo(expected[i], tolerance);
      }
      for (int workers = 2; workers <= 3; workers++) {
        assertThat(runner.actual(region, machine, workers).get("out")).containsExactly(alone);
      }
    }
  }

  private static Element exponential(Element score) {
    return new Element.Unary(UnaryKind.EXP, new Element.Binary(BinaryKind.SUB, score, MAXIMUM));
  }

  static Element scaled() {
    return new Element.Binary(BinaryKind.MUL, SCORE, constant(0.25));
  }

  static Element keep() {
    return new Element.Compare(CompareKind.NE, read("mask", B, K), constant(0));
  }

  static Element constant(double value) {
    return new Element.Constant(value, DType.FLOAT32);
  }

  static Element.Read read(String buffer, Axis... shape) {
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
