package dev.tilewright.codegen.lower;

import static dev.tilewright.codegen.lower.StreamedLoweringTest.H;
import static dev.tilewright.codegen.lower.StreamedLoweringTest.K;
import static dev.tilewright.codegen.lower.StreamedLoweringTest.LOWEST;
import static dev.tilewright.codegen.lower.StreamedLoweringTest.Q;
import static dev.tilewright.codegen.lower.StreamedLoweringTest.keep;
import static dev.tilewright.codegen.lower.StreamedLoweringTest.read;
import static dev.tilewright.codegen.lower.StreamedLoweringTest.runner;
import static dev.tilewright.codegen.lower.StreamedLoweringTest.scaled;
import static dev.tilewright.codegen.lower.StreamedLoweringTest.softmax;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.DType;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.op.Primitive.BinaryKind;
import dev.tilewright.op.Primitive.CompareKind;
import dev.tilewright.op.Primitive.UnaryKind;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VisibleKeysTest {
  private static final int WIDTH = 16;

  /** Among them queries that see no key, for which all keys count. */
  @ParameterizedTest
  @CsvSource({
    "1, 1, 0",
    "7, 300, 0",
    "40, 300, 260",
    "150, 150, 0",
    "70, 33, 0",
    "40, 300, -13",
    "3, 200, -200",
    "5, 1, 400"
  })
  void causal(long queries, long keys, int shift) {
    check(queries, keys, hidden(CompareKind.LE, key(), query(shift), scaled()));
  }

  @ParameterizedTest
  @CsvSource({
    "7, 600, 0, 3",
    "300, 300, 0, 100",
    "3, 700, 650, 128",
    "40, 300, 400, 20",
    "40, 300, 290, 20"
  })
  void windowed(long queries, long keys, int shift, int window) {
    Element away = binary(BinaryKind.SUB, key(), query(shift));
    Element distance = new Element.Unary(UnaryKind.ABS, away);
    Element near = hidden(CompareKind.LE, distance, whole(window), scaled());
    check(queries, keys, near);
    check(queries, keys, hidden(CompareKind.LE, key(), query(shift), near));
  }

  /** {@code key < query + shift} and {@code key > query}: each relation bounds one side. */
  @ParameterizedTest
  @CsvSource({"40, 300, 150", "9, 140, 1", "9, 140, 130"})
  void openBounds(long queries, long keys, int shift) {
    Element upTo = hidden(CompareKind.LT, key(), query(shift), scaled());
    check(queries, keys, upTo);
    check(queries, keys, hidden(CompareKind.GT, key(), query(0), upTo));
    check(queries, keys, hidden(CompareKind.GE, query(shift), key(), scaled()));
  }

  @Test
  void keysOutOfSightAreNotRead() {
    assertThat(seesNaN(hidden(CompareKind.LE, key(), query(0), scaled()), 256, 300)).isFalse();
    Element after = hidden(CompareKind.GE, key(), query(200), scaled());
    assertThat(seesNaN(after, 0, 128)).isFalse();
    assertThat(seesNaN(after, 128, 129)).isTrue();
  }

  /** A query that sees masked keys alone would take the average of all. */
  @Test
  void masksOfDataLeaveNothingOut() {
    Element masked = new Element.Select(keep(), scaled(), LOWEST);
    assertThat(seesNaN(hidden(CompareKind.LE, key(), query(0), masked), 256, 300)).isTrue();
    Element causal = hidden(CompareKind.LE, key(), query(0), scaled());
    assertThat(seesNaN(new Element.Select(keep(), causal, LOWEST), 256, 300)).isTrue();
    Element biased = binary(BinaryKind.ADD, scaled(), read("bias", H, Q, K));
    assertThat(seesNaN(hidden(CompareKind.LE, key(), query(0), biased), 256, 300)).isTrue();
  }

  @Test
  void onlyTheLowestNumberHides() {
    Element low = new Element.Constant(-10_000, DType.FLOAT32);
    Element seen = new Element.Compare(CompareKind.LE, key(), query(0));
    Element causal = new Element.Select(seen, scaled(), low);
    assertThat(VisibleKeys.of((Region.Streamed) softmax(causal, WIDTH, WIDTH)))
        .isEqualTo(Optional.empty());
  }

  /** Whether some machine's result of 40 queries over 300 keys tells of values that are NaN. */
  private static boolean seesNaN(Element score, int from, int to) {
    Region region = softmax(score, WIDTH, WIDTH);
    RegionRunner runner = runner(1, 40, 300, WIDTH, WIDTH);
    int row = (int) H.extent().value() * WIDTH;
    Arrays.fill(runner.data("value"), from * row, to * row, Float.NaN);
    boolean any = false;
    for (MachineModel machine : Machines.ALL) {
      for (float value : runner.actual(region, machine, 1).get("out")) {
        any |= Float.isNaN(value);
      }
    }
    return any;
  }

  private static void check(long queries, long keys, Element score) {
    StreamedLoweringTest.check(
        runner(1, queries, keys, WIDTH, WIDTH), softmax(score, WIDTH, WIDTH), keys);
  }

  private static Element hidden(CompareKind kind, Element left, Element right, Element score) {
    return new Element.Select(new Element.Compare(kind, left, right), score, LOWEST);
  }

  private static Element key() {
    return new Element.Position(Affine.axis(K));
  }

  private static Element query(int shift) {
    return binary(BinaryKind.ADD, new Element.Position(Affine.axis(Q)), whole(shift));
  }

  private static Element whole(int value) {
    return new Element.Constant(value, DType.INT32);
  }

  private static Element binary(BinaryKind kind, Element left, Element right) {
    return new Element.Binary(kind, left, right);
  }
}
