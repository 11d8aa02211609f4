package dev.tilewright.codegen.emit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.tile.Arithmetic;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.ExpandMath;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import dev.tilewright.codegen.tile.Tile.BinaryOp;
import dev.tilewright.codegen.tile.Tile.UnaryOp;
import dev.tilewright.codegen.tile.TileInterpreter;
import dev.tilewright.codegen.tile.TileProgram;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Errors of expanded functions against double precision, in units in the last place of the result.
 */
class MathAccuracyTest {
  private static final int SAMPLES = Integer.getInteger("tilewright.mathSamples", 1 << 15);
  private static final float[] SPECIAL = {
    0,
    -0f,
    1,
    -1,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    0.5f,
    -0.5f,
    2,
    88.72284f,
    88.7229f,
    89,
    -87.4f,
    -103.9f,
    -104,
    -1000,
    3.92f,
    3.93f,
    9.01f,
    9.02f,
    0.70710677f,
    1.4142135f
  };

  @ParameterizedTest
  @EnumSource
  void exp(Machines machine) throws Throwable {
    check(machine, UnaryOp.EXP, Math::exp, -110, 95, limit(machine, 1.1, 0.9, 1.2));
  }

  @ParameterizedTest
  @EnumSource
  void expOfTheGreatestAndSmallest(Machines machine) throws Throwable {
    float[] y =
        run(
            machine,
            UnaryOp.EXP,
            new float[] {0, -0f, -104, -1e30f, Float.NEGATIVE_INFINITY, 89, Float.NaN});
    assertThat(y).startsWith(1, 1, 0, 0, 0, Float.POSITIVE_INFINITY, Float.NaN);
  }

  @ParameterizedTest
  @EnumSource
  void expRisesNearZero(Machines machine) throws Throwable {
    float[] x = new float[4096];
    for (int i = 0; i < x.length; i++) {
      x[i] = (i - 2048) * 0x1p-25f;
    }
    assertThat(run(machine, UnaryOp.EXP, x)).isSorted();
  }

  @ParameterizedTest
  @EnumSource
  void log(Machines machine) throws Throwable {
    check(machine, UnaryOp.LOG, Math::log, 0, 3, 1);
  }

  @ParameterizedTest
  @EnumSource
  void tanh(Machines machine) throws Throwable {
    check(machine, UnaryOp.TANH, Math::tanh, -10, 10, limit(machine, 1.8, 1.6, 1.6));
  }

  @ParameterizedTest
  @EnumSource
  void sineAndCosine(Machines machine) throws Throwable {
    Random random = new Random(1);
    float[] x = new float[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      // All magnitudes up to 2^17, most among those of angles.
      double bound = Math.scalb(1.0, random.nextInt(i % 4 == 0 ? -140 : -2, 18));
      x[i] = (float) random.nextDouble(-bound, bound);
    }
    assertThat(worst(x, run(machine, UnaryOp.SIN, x), StrictMath::sin)).isLessThan(1.7);
    assertThat(worst(x, run(machine, UnaryOp.COS, x), StrictMath::cos)).isLessThan(2.1);
  }

  @ParameterizedTest
  @EnumSource
  void sineOfTheGreatest(Machines machine) throws Throwable {
    float[] x = {0, -0f, 1e7f, -3e9f, 1e38f, Float.POSITIVE_INFINITY, Float.NaN};
    for (UnaryOp op : List.of(UnaryOp.SIN, UnaryOp.COS)) {
      float[] y = run(machine, op, x);
      for (int i = 0; i < 5; i++) {
        assertThat(y[i]).isBetween(-1f, 1f);
      }
      assertThat(y[5]).isNaN();
      assertThat(y[6]).isNaN();
    }
    float[] zeros = run(machine, UnaryOp.SIN, x);
    assertThat(zeros[0] == 0 && zeros[1] == 0).isTrue();
    assertThat(run(machine, UnaryOp.COS, x)).startsWith(1, 1);
  }

  @ParameterizedTest
  @EnumSource
  void erf(Machines machine) throws Throwable {
    check(machine, UnaryOp.ERF, x -> exact(UnaryOp.ERF, x), -4.5, 4.5, limit(machine, 2.3, 1, 2));
  }

  @ParameterizedTest
  @EnumSource
  void erfIsOneFarOut(Machines machine) throws Throwable {
    float[] x = {3.925f, 3.93f, 4, 5, 100, 1e30f, Float.POSITIVE_INFINITY, -3.93f, -1e10f};
    assertThat(run(machine, UnaryOp.ERF, x)).startsWith(1, 1, 1, 1, 1, 1, 1, -1, -1);
  }

  @ParameterizedTest
  @EnumSource
  void coarseExpIsWithin13Bits(Machines machine) throws Throwable {
    float[] x = ramp(-87, 88);
    float[] y = run(machine, UnaryOp.COARSE_EXP, x);
    for (int i = 0; i < x.length; i++) {
      assertThat(y[i] / Math.exp(x[i]) - 1).as("exp %s", x[i]).isBetween(-0x1p-13, 0x1p-13);
    }
    float[] ends = {-1e30f, Float.NEGATIVE_INFINITY, -110, 90, Float.POSITIVE_INFINITY, Float.NaN};
    float infinity = Float.POSITIVE_INFINITY;
    assertThat(run(machine, UnaryOp.COARSE_EXP, ends))
        .startsWith(0, 0, 0, infinity, infinity, Float.NaN);
  }

  @ParameterizedTest
  @EnumSource
  void coarseErfIsWithin12Bits(Machines machine) throws Throwable {
    float[] x = ramp(-5, 5);
    float[] y = run(machine, UnaryOp.COARSE_ERF, x);
    for (int i = 0; i < x.length; i++) {
      assertThat(y[i] - exact(UnaryOp.ERF, x[i])).as("erf %s", x[i]).isBetween(-0x1p-12, 0x1p-12);
      assertThat(Math.signum(y[i])).isEqualTo(Math.signum(x[i]));
    }
    float[] ends = {4, 1e30f, Float.POSITIVE_INFINITY, -4, Float.NEGATIVE_INFINITY, 0, Float.NaN};
    assertThat(run(machine, UnaryOp.COARSE_ERF, ends)).startsWith(1, 1, 1, -1, -1, 0, Float.NaN);
  }

  /** From low to high in equal steps. */
  private static float[] ramp(float low, float high) {
    float[] x = new float[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      x[i] = low + (high - low) * i / (SAMPLES - 1);
    }
    return x;
  }

  @ParameterizedTest
  @EnumSource
  void rsqrt(Machines machine) throws Throwable {
    check(machine, UnaryOp.RSQRT, x -> 1 / Math.sqrt(x), 0, 10, 1.5);
  }

  @ParameterizedTest
  @EnumSource
  void floorAndRound(Machines machine) throws Throwable {
    check(machine, UnaryOp.FLOOR, Math::floor, -1e5, 1e5, 0);
    check(machine, UnaryOp.ROUND, Math::rint, -1e2, 1e2, 0);
  }

  @ParameterizedTest
  @EnumSource
  void powerOfOrdinaryNumbers(Machines machine) throws Throwable {
    for (float y : new float[] {2, 3, 0.5f, -1, -0.25f, 1.7f}) {
      Tile.Fill exponent = new Tile.Fill(shape(machine), Tile.Type.F32, y);
      double worst =
          worst(
              machine,
              x -> new Tile.Binary(BinaryOp.POW, x, exponent),
              x -> Math.pow(x, y),
              0.01,
              100);
      assertThat(worst).as("x^" + y).isLessThan(30);
    }
  }

  @ParameterizedTest
  @EnumSource
  void powerOfSpecialNumbers(Machines machine) throws Throwable {
    for (float y :
        new float[] {
          0,
          -0f,
          1,
          -1,
          2,
          3,
          -3,
          0.5f,
          -0.5f,
          Float.POSITIVE_INFINITY,
          Float.NEGATIVE_INFINITY,
          Float.NaN
        }) {
      Tile.Fill exponent = new Tile.Fill(shape(machine), Tile.Type.F32, y);
      float[] x = {
        0, -0f, 1, -1, 2, -2, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN
      };
      float[] got = run(machine, a -> new Tile.Binary(BinaryOp.POW, a, exponent), x);
      for (int i = 0; i < x.length; i++) {
        float expected = (float) Math.pow(x[i], y);
        assertThat(error(expected, got[i], expected))
            .as(x[i] + "^" + y + " = " + got[i])
            .isLessThan(4);
      }
    }
  }

  private static double limit(Machines machine, double tables, double fused, double twice) {
    return switch (machine) {
      case DOTS -> tables;
      case WIDE -> fused;
      case NARROW -> twice;
    };
  }

  private static double exact(UnaryOp op, double x) {
    return Float.intBitsToFloat(
        Arithmetic.unary(op, Tile.Type.F32, Float.floatToIntBits((float) x)));
  }

  private static void check(
      Machines machine,
      UnaryOp op,
      DoubleUnaryOperator exact,
      double low,
      double high,
      double limit)
      throws Throwable {
    double worst = worst(machine, x -> new Tile.Unary(op, x), exact, low, high);
    assertThat(worst).as(op.toString()).isLessThanOrEqualTo(limit);
  }

  /** Over numbers of the range, numbers of all exponents near it, and special ones. */
  private static double worst(
      Machines machine,
      java.util.function.UnaryOperator<Tile> function,
      DoubleUnaryOperator exact,
      double low,
      double high)
      throws Throwable {
    Random random = new Random(1);
    float[] x = new float[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      float any = Float.intBitsToFloat(random.nextInt());
      x[i] =
          i < SPECIAL.length && low < 0
              ? SPECIAL[i]
              : i % 4 == 0 && low <= 0
                  ? low < 0 ? any : Math.abs(any)
                  : (float) random.nextDouble(low, high);
    }
    return worst(x, run(machine, function, x), exact);
  }

  private static double worst(float[] x, float[] y, DoubleUnaryOperator exact) {
    double worst = 0;
    for (int i = 0; i < x.length; i++) {
      double expected = exact.applyAsDouble(x[i]);
      double error = error(expected, y[i], (float) expected);
      assertThat(error).as(x[i] + ": expected " + expected + ", got " + y[i]).isLessThan(100);
      worst = Math.max(worst, error);
    }
    return worst;
  }

  private static double error(double expected, float got, float rounded) {
    if (Float.isNaN(rounded)
        || Float.isInfinite(rounded)
        || rounded == 0
        || Float.isInfinite(got)) {
      boolean same =
          Float.compare(rounded, got) == 0 || (rounded == 0 && Math.abs(got) <= Float.MIN_VALUE);
      return same || Math.abs(expected - got) <= Math.ulp(Float.MAX_VALUE) ? 0 : 1e9;
    }
    return Math.abs(expected - got) / Math.ulp(rounded);
  }

  private static float[] run(Machines machine, UnaryOp op, float[] x) throws Throwable {
    return run(machine, a -> new Tile.Unary(op, a), x);
  }

  private static Tile.Shape shape(Machines machine) {
    return new Tile.Shape(1, machine.model().lanes());
  }

  private static float[] run(
      Machines machine, java.util.function.UnaryOperator<Tile> function, float[] x)
      throws Throwable {
    int lanes = machine.model().lanes();
    Buffer from = new Buffer("x", DType.FLOAT32, false);
    Buffer to = new Buffer("y", DType.FLOAT32, false);
    Index i = Index.variable("i");
    Index columns = Index.of(x.length).minus(i).min(Index.of(lanes));
    Tile load = new Tile.Load(from, i, Index.ZERO, Index.ONE, shape(machine), columns, 0);
    Statement store =
        new Statement.Store(to, i, Index.ZERO, Index.ONE, function.apply(load), columns);
    Statement loop =
        new Statement.Loop("i", Index.ZERO, Index.of(x.length), lanes, 1, List.of(store));
    Kernel kernel =
        new Kernel("f", List.of(), List.of(from, to), List.of(), List.of(loop), "y = f(x)");
    List<TileProgram.Argument> arguments =
        List.of(new TileProgram.Argument.Parameter(0), new TileProgram.Argument.Parameter(1));
    TileProgram program =
        ExpandMath.apply(
            new TileProgram(
                "math",
                List.of(kernel),
                List.of(
                    new TileProgram.TileFunction(
                        "main",
                        List.of(),
                        2,
                        0,
                        Dim.ZERO,
                        List.of(new TileProgram.Step.Run("f", arguments)))),
                List.of(new TileProgram.Entry("f", "main", 0))),
            machine.model());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment in = arena.allocateFrom(ValueLayout.JAVA_FLOAT, x);
      MemorySegment out = arena.allocate(4L * x.length, 4);
      if (machine.runsHere()) {
        try (NativeLibrary library = new NativeLibrary(program, machine, Language.LLVM);
            Arena shared = Arena.ofShared()) {
          MemorySegment a = shared.allocateFrom(ValueLayout.JAVA_FLOAT, x);
          MemorySegment b = shared.allocate(4L * x.length, 4);
          library.run("f", Map.of(), List.of(a, b), List.of(), 1);
          return b.toArray(ValueLayout.JAVA_FLOAT);
        }
      }
      new TileInterpreter(program, machine.model())
          .run("f", Map.of(), List.of(in, out), List.of(), 1);
      return out.toArray(ValueLayout.JAVA_FLOAT);
    }
  }
}
