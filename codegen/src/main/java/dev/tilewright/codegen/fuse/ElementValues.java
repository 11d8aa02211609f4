package dev.tilewright.codegen.fuse;

import dev.tilewright.DType;
import dev.tilewright.State;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.schema.RaggedAxes;
import java.util.HashMap;
import java.util.Map;

/** The values of formulas at the present values of axes and reductions. */
final class ElementValues {
  private final Map<String, Long> symbols;
  private final Map<String, double[]> buffers;
  private final RegionFunction function;
  private final Map<String, Long> axes = new HashMap<>();
  private final Map<String, Double> locals = new HashMap<>();

  /**
   * @param symbols where the length of the sequence at hand is put, too
   */
  ElementValues(Map<String, Long> symbols, Map<String, double[]> buffers, RegionFunction function) {
    this.symbols = symbols;
    this.buffers = buffers;
    this.function = function;
  }

  void axis(Axis axis, long value) {
    axes.put(axis.name(), value);
    if (axis.ragged()) {
      RaggedAxes ragged = function.ragged().orElseThrow();
      symbols.put(ragged.own().toString(), start(value + 1) - start(value));
      if (function.symbols().contains(State.CONTEXT)) {
        symbols.put(ragged.ownContext().toString(), table(2, value));
      }
      if (function.symbols().contains(State.RECENT)) {
        symbols.put(ragged.ownRecent().toString(), table(4, value));
      }
    }
  }

  private long start(long sequence) {
    return (long) buffers.get(function.inputs().getLast())[Math.toIntExact(sequence)];
  }

  /** An entry of a part of the table behind what is there without sessions. */
  private long table(int part, long sequence) {
    long count = symbols.get(function.ragged().orElseThrow().batch());
    return start(part * count + 2 + sequence);
  }

  void local(String name, double value) {
    locals.put(name, value);
  }

  void store(Region.Output output) {
    buffers.get(output.buffer())[Math.toIntExact(of(output.offset()))] = of(output.element());
  }

  private long of(Affine affine) {
    long sum = affine.base().evaluate(symbols::get);
    for (var entry : affine.terms().entrySet()) {
      long value =
          switch (entry.getKey()) {
            case Affine.Term.Of of -> axes.get(of.axis());
            case Affine.Term.Start start -> start(axes.get(start.axis()));
            case Affine.Term.Place place -> table(3, axes.get(place.axis()));
            case Affine.Term.Quotient(Affine dividend, var divisor) ->
                Math.floorDiv(of(dividend), divisor.evaluate(symbols::get));
            case Affine.Term.Remainder(Affine dividend, var divisor) ->
                Math.floorMod(of(dividend), divisor.evaluate(symbols::get));
            case Affine.Term.Clamp(Affine inner, var bound) ->
                Math.clamp(of(inner), 0, bound.evaluate(symbols::get) - 1);
            case Affine.Term.Lookup lookup -> lookup(lookup);
          };
      sum += value * entry.getValue().evaluate(symbols::get);
    }
    return sum;
  }

  private long lookup(Affine.Term.Lookup lookup) {
    long index = (long) buffers.get(lookup.buffer())[Math.toIntExact(of(lookup.offset()))];
    long bound = lookup.bound().evaluate(symbols::get);
    if (index < 0 || index >= bound) {
      throw new IndexOutOfBoundsException(
          "index "
              + index
              + " of "
              + bound
              + " at "
              + function.sites().get(lookup.site()).origin());
    }
    return index;
  }

  double of(Element element) {
    return switch (element) {
      case Element.Constant constant -> constant.value();
      case Element.Read read -> buffers.get(read.buffer())[Math.toIntExact(of(read.offset()))];
      case Element.Local local -> locals.get(local.name());
      case Element.Position position -> of(position.value());
      case Element.Unary unary -> unary(unary);
      case Element.Binary binary -> binary(binary);
      case Element.Compare compare -> compare(compare) ? 1 : 0;
      case Element.Select select ->
          of(select.condition()) != 0 ? of(select.yes()) : of(select.no());
      case Element.Cast(DType dtype, Element operand) ->
          dtype == DType.FLOAT32 ? of(operand) : dtype.of(of(operand));
    };
  }

  private double unary(Element.Unary unary) {
    double x = of(unary.operand());
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
      case ERF, COARSE_ERF -> erf(x);
      case FLOOR -> Math.floor(x);
      case ROUND -> Math.rint(x);
      case NOT -> x == 0 ? 1 : 0;
    };
  }

  private double binary(Element.Binary binary) {
    double x = of(binary.left());
    double y = of(binary.right());
    double value =
        switch (binary.kind()) {
          case ADD -> x + y;
          case SUB -> x - y;
          case MUL -> x * y;
          case DIV -> x / y;
          case MIN -> Math.min(x, y);
          case MAX -> Math.max(x, y);
          case POW -> Math.pow(x, y);
          case AND -> x != 0 && y != 0 ? 1 : 0;
          case OR -> x != 0 || y != 0 ? 1 : 0;
        };
    return binary.dtype() == DType.INT32 ? (int) (long) value : value;
  }

  private boolean compare(Element.Compare compare) {
    double x = of(compare.left());
    double y = of(compare.right());
    return switch (compare.kind()) {
      case LT -> x < y;
      case LE -> x <= y;
      case GT -> x > y;
      case GE -> x >= y;
      case EQ -> x == y;
      case NE -> x != y;
    };
  }

  /**
   * {@code 2/sqrt(pi) * sum over n of (-1)^n x^(2n+1)/(n! (2n+1))}, summed as {@code exp(-x^2)}
   * times a series of positive terms so that nothing cancels.
   */
  static double erf(double x) {
    if (Math.abs(x) > 6) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; n < 200 && Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / StrictMath.sqrt(Math.PI) * StrictMath.exp(-x * x) * sum;
  }
}
