package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What contractions and streamed regions mean, in double precision and straight from the formulas.
 */
final class RegionReference {
  private final Map<String, float[]> buffers;
  private final Map<String, Long> symbols;
  private final Map<String, Long> at = new HashMap<>();
  private final Map<String, Double> locals = new HashMap<>();

  private RegionReference(Map<String, float[]> buffers, Map<String, Long> symbols) {
    this.buffers = buffers;
    this.symbols = symbols;
  }

  /** Writes the region's outputs into the buffers. */
  static void run(Region region, Map<String, float[]> buffers, Map<String, Long> symbols) {
    RegionReference reference = new RegionReference(buffers, symbols);
    switch (region) {
      case Region.Contraction contraction -> reference.run(contraction);
      case Region.Streamed streamed -> reference.run(streamed);
      case Region.Pointwise _, Region.RowReduction _ ->
          throw new IllegalArgumentException(region.name());
    }
  }

  private void run(Region.Contraction region) {
    each(
        region.axes(),
        0,
        () -> {
          double[] sum = {0};
          each(region.over(), 0, () -> sum[0] += value(region.left()) * value(region.right()));
          locals.put(region.result(), sum[0]);
          region.outputs().forEach(this::store);
        });
  }

  private void run(Region.Streamed region) {
    each(
        region.axes(),
        0,
        () -> {
          double[] maximum = {Double.NEGATIVE_INFINITY};
          region
              .maximum()
              .ifPresent(
                  max -> {
                    each(
                        List.of(region.keys()),
                        0,
                        () -> {
                          score(region);
                          maximum[0] = Math.max(maximum[0], value(max.element()));
                        });
                    locals.put(max.name(), maximum[0]);
                  });
          for (Region.Reduction sum : region.sums()) {
            double[] total = {0};
            each(
                List.of(region.keys()),
                0,
                () -> {
                  score(region);
                  total[0] += value(sum.element());
                });
            locals.put(sum.name(), total[0]);
          }
          int width = (int) extent(region.width());
          double[] result = new double[width];
          each(
              List.of(region.keys()),
              0,
              () -> {
                score(region);
                double weight = value(region.weight());
                each(
                    List.of(region.width()),
                    0,
                    () ->
                        result[at.get(region.width().name()).intValue()] +=
                            weight * value(region.value()));
              });
          each(
              List.of(region.width()),
              0,
              () -> {
                locals.put(region.result(), result[at.get(region.width().name()).intValue()]);
                region.outputs().forEach(this::store);
              });
        });
  }

  private void score(Region.Streamed region) {
    double[] sum = {0};
    each(List.of(region.depth()), 0, () -> sum[0] += value(region.query()) * value(region.key()));
    locals.put(region.score(), sum[0]);
  }

  private void store(Region.Output output) {
    buffers.get(output.buffer())[Math.toIntExact(evaluate(output.offset()))] =
        (float) value(output.element());
  }

  private void each(List<Axis> axes, int depth, Runnable body) {
    if (depth == axes.size()) {
      body.run();
      return;
    }
    Axis axis = axes.get(depth);
    for (long i = 0; i < extent(axis); i++) {
      at.put(axis.name(), i);
      each(axes, depth + 1, body);
    }
  }

  private long extent(Axis axis) {
    return axis.extent().evaluate(symbols::get);
  }

  private double value(Element element) {
    return switch (element) {
      case Element.Constant constant -> constant.value();
      case Element.Read read ->
          buffers.get(read.buffer())[Math.toIntExact(evaluate(read.offset()))];
      case Element.Local local -> locals.get(local.name());
      case Element.Position position -> evaluate(position.value());
      case Element.Unary unary -> unary(unary, value(unary.operand()));
      case Element.Binary binary -> binary(binary, value(binary.left()), value(binary.right()));
      case Element.Compare compare ->
          compare(compare, value(compare.left()), value(compare.right())) ? 1 : 0;
      case Element.Select select ->
          value(select.condition()) != 0 ? value(select.yes()) : value(select.no());
      case Element.Cast cast ->
          cast.dtype() == DType.FLOAT32
              ? value(cast.operand())
              : cast.dtype().of(value(cast.operand()));
    };
  }

  private static double unary(Element.Unary unary, double x) {
    return switch (unary.kind()) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case EXP, COARSE_EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case SQRT -> Math.sqrt(x);
      case RSQRT -> 1 / Math.sqrt(x);
      case TANH -> Math.tanh(x);
      case SIN -> Math.sin(x);
      case COS -> Math.cos(x);
      case FLOOR -> Math.floor(x);
      case ROUND -> Math.rint(x);
      case NOT -> 1 - x;
      case ERF, COARSE_ERF -> throw new IllegalArgumentException("no reference for erf");
    };
  }

  private static double binary(Element.Binary binary, double a, double b) {
    return switch (binary.kind()) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case MIN -> Math.min(a, b);
      case MAX -> Math.max(a, b);
      case POW -> Math.pow(a, b);
      case AND -> a * b;
      case OR -> Math.max(a, b);
    };
  }

  private static boolean compare(Element.Compare compare, double a, double b) {
    return switch (compare.kind()) {
      case LT -> a < b;
      case LE -> a <= b;
      case GT -> a > b;
      case GE -> a >= b;
      case EQ -> a == b;
      case NE -> a != b;
    };
  }

  private long evaluate(Affine affine) {
    long sum = affine.base().evaluate(symbols::get);
    for (var entry : affine.terms().entrySet()) {
      sum += term(entry.getKey()) * entry.getValue().evaluate(symbols::get);
    }
    return sum;
  }

  private long term(Affine.Term term) {
    return switch (term) {
      case Affine.Term.Of of -> at.get(of.axis());
      case Affine.Term.Quotient q ->
          Math.floorDiv(evaluate(q.dividend()), q.divisor().evaluate(symbols::get));
      case Affine.Term.Remainder r ->
          Math.floorMod(evaluate(r.dividend()), r.divisor().evaluate(symbols::get));
      case Affine.Term.Clamp c ->
          Math.clamp(evaluate(c.value()), 0, c.bound().evaluate(symbols::get) - 1);
      case Affine.Term.Start _, Affine.Term.Place _, Affine.Term.Lookup _ ->
          throw new IllegalArgumentException("no reference for " + term);
    };
  }
}
