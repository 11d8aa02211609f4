package dev.tilewright.tests.level;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.op.Evaluator;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.Primitive.BinaryKind;
import dev.tilewright.op.Primitive.CompareKind;
import dev.tilewright.op.Primitive.ReduceKind;
import dev.tilewright.op.Primitive.UnaryKind;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.eager.EagerEvaluator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Evaluates primitives in double precision with forward error bounds: with operands known to {@code
 * a +- ea}, {@code b +- eb}, the result is bounded by what these can do to it plus what the
 * operation itself may round ({@link Tolerance}).
 */
final class BoundedEvaluator implements Evaluator {
  static final BoundedEvaluator INSTANCE = new BoundedEvaluator();

  private BoundedEvaluator() {}

  @Override
  public Bounded apply(Primitive primitive, List<Tensor> operands) {
    List<Bounded> in = operands.stream().map(Bounded.class::cast).toList();
    TensorType type = primitive.infer(in.stream().map(Bounded::type).toList());
    Bounded out = empty(type);
    switch (primitive) {
      case Primitive.Constant _, Primitive.Extent _, Primitive.Iota _ -> {
        return Bounded.exactly(HostTensor.of(EagerEvaluator.INSTANCE.apply(primitive)));
      }
      case Primitive.Unary(UnaryKind kind) -> unary(kind, in.getFirst(), out);
      case Primitive.Binary(BinaryKind kind) -> binary(kind, in.get(0), in.get(1), out);
      case Primitive.Compare(CompareKind kind) -> compare(kind, in.get(0), in.get(1), out);
      case Primitive.Select _ -> select(in.get(0), in.get(1), in.get(2), out);
      case Primitive.Cast(DType dtype) -> cast(dtype, in.getFirst(), out);
      case Primitive.Reduce reduce -> reduce(reduce, in.getFirst(), out);
      case Primitive.Contract contract -> contract(contract, in.get(0), in.get(1), out);
      case Primitive.Gather _ -> pick(primitive, in.subList(0, 1), in.subList(1, 2), 0, out);
      case Primitive.Pad pad ->
          pick(
              new Primitive.Pad(pad.axis(), pad.low(), pad.high(), -1),
              in,
              List.of(),
              pad.value(),
              out);
      case Primitive.Blocks _ ->
          throw new IllegalArgumentException("blocks are made when a model is loaded");
      case Primitive.Append _ ->
          throw new IllegalArgumentException("a session's rows are concatenated");
      case Primitive.Reshape _,
          Primitive.Transpose _,
          Primitive.Broadcast _,
          Primitive.Slice _,
          Primitive.Concat _,
          Primitive.Window _ ->
          pick(primitive, in, List.of(), 0, out);
    }
    return out;
  }

  private static Bounded empty(TensorType type) {
    int count = HostTensor.elementCount(type);
    return new Bounded(type, new double[count], new double[count]);
  }

  private static void unary(UnaryKind kind, Bounded a, Bounded out) {
    for (int i = 0; i < out.values().length; i++) {
      double x = a.values()[i];
      double e = a.errors()[i];
      double y = function(kind, x);
      double spread =
          switch (kind) {
            case ABS, SIN, COS -> e; // their slope is at most 1
            default -> // monotone
                e == 0
                    ? 0
                    : Math.max(
                        Math.abs(function(kind, x + e) - y), Math.abs(function(kind, x - e) - y));
          };
      out.values()[i] = y;
      out.errors()[i] =
          orInfinite(spread) + (a.dtype() == DType.FLOAT32 ? Tolerance.function(kind, y) : 0);
    }
  }

  private static double function(UnaryKind kind, double x) {
    return switch (kind) {
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
      case NOT -> 1 - x;
    };
  }

  /**
   * The series {@code 2/sqrt(pi) e^(-x^2) sum 2^n x^(2n+1)/(1*3*..*(2n+1))}, whose terms are all of
   * one sign (Abramowitz, Stegun 7.1.6).
   */
  static double erf(double x) {
    if (Double.isNaN(x) || Math.abs(x) > 6) {
      return Double.isNaN(x) ? x : Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  private static void binary(BinaryKind kind, Bounded a, Bounded b, Bounded out) {
    boolean floats = a.dtype() == DType.FLOAT32;
    for (int i = 0; i < out.values().length; i++) {
      double x = a.values()[i];
      double y = b.values()[i];
      double ex = a.errors()[i];
      double ey = b.errors()[i];
      double z =
          switch (kind) {
            case ADD -> x + y;
            case SUB -> x - y;
            case MUL -> x * y;
            case DIV -> x / y;
            case MIN -> Math.min(x, y);
            case MAX -> Math.max(x, y);
            case POW -> Math.pow(x, y);
            case AND -> x * y;
            case OR -> Math.max(x, y);
          };
      double spread =
          switch (kind) {
            case ADD, SUB -> ex + ey;
            case MUL -> Math.abs(x) * ey + Math.abs(y) * ex + ex * ey;
            case DIV ->
                Math.abs(y) > ey
                    ? (ex + Math.abs(z) * ey) / (Math.abs(y) - ey)
                    : Double.POSITIVE_INFINITY;
            case MIN, MAX, AND, OR -> Math.max(ex, ey);
            case POW -> powSpread(x, ex, y, ey, z);
          };
      boolean exact =
          switch (kind) {
            case MIN, MAX, AND, OR -> true;
            case ADD, SUB, MUL, DIV, POW -> !floats;
          };
      double own =
          exact
              ? 0
              : kind == BinaryKind.POW
                  ? Tolerance.gamma(16) * (1 + Math.abs(y)) * Math.abs(z) + Tolerance.TINY
                  : Tolerance.rounding(z);
      out.values()[i] = z;
      out.errors()[i] = orInfinite(spread) + own;
    }
  }

  private static double powSpread(double x, double ex, double y, double ey, double z) {
    if (ex == 0 && ey == 0) {
      return 0;
    }
    double spread = 0;
    for (double dx : new double[] {-ex, ex}) {
      for (double dy : new double[] {-ey, ey}) {
        spread = Math.max(spread, Math.abs(Math.pow(x + dx, y + dy) - z));
      }
    }
    return spread;
  }

  private static void compare(CompareKind kind, Bounded a, Bounded b, Bounded out) {
    for (int i = 0; i < out.values().length; i++) {
      double x = a.values()[i];
      double y = b.values()[i];
      boolean truth =
          switch (kind) {
            case LT -> x < y;
            case LE -> x <= y;
            case GT -> x > y;
            case GE -> x >= y;
            case EQ -> x == y;
            case NE -> x != y;
          };
      double doubt = a.errors()[i] + b.errors()[i];
      out.values()[i] = truth ? 1 : 0;
      out.errors()[i] = doubt > 0 && Math.abs(x - y) <= doubt ? 1 : 0;
    }
  }

  private static void select(Bounded condition, Bounded yes, Bounded no, Bounded out) {
    for (int i = 0; i < out.values().length; i++) {
      boolean first = condition.values()[i] != 0;
      out.values()[i] = first ? yes.values()[i] : no.values()[i];
      out.errors()[i] =
          condition.errors()[i] == 0
              ? (first ? yes.errors()[i] : no.errors()[i])
              : Math.abs(yes.values()[i] - no.values()[i])
                  + Math.max(yes.errors()[i], no.errors()[i]);
    }
  }

  private static void cast(DType dtype, Bounded a, Bounded out) {
    for (int i = 0; i < out.values().length; i++) {
      double x = a.values()[i];
      double e = a.errors()[i];
      out.values()[i] = dtype.of(x);
      out.errors()[i] =
          switch (dtype) {
            case FLOAT32 -> e + (e > 0 ? Tolerance.rounding(x) : 0);
            // Another multiple of what was computed may be rounded: each by up to 2^-8 of itself.
            case BFLOAT16 -> dtype.of(x + e) - dtype.of(x - e) + (e > 0 ? Math.abs(x) * 0x1p-7 : 0);
            case INT32, INT8, UINT8 -> dtype.of(x + e) - dtype.of(x - e);
            case BOOL -> e > 0 && Math.abs(x) <= e ? 1 : 0;
          };
    }
  }

  private static void reduce(Primitive.Reduce reduce, Bounded a, Bounded out) {
    long extent = a.dim(reduce.axis()).value();
    long inner = product(a.shape().subList(reduce.axis() + 1, a.rank()));
    boolean floats = a.dtype() == DType.FLOAT32;
    for (int i = 0; i < out.values().length; i++) {
      long start = i / inner * extent * inner + i % inner;
      double folded =
          switch (reduce.kind()) {
            case SUM -> 0;
            case MAX -> floats ? Double.NEGATIVE_INFINITY : Integer.MIN_VALUE;
            case MIN -> floats ? Double.POSITIVE_INFINITY : Integer.MAX_VALUE;
          };
      double errors = 0;
      double magnitude = 0;
      double error = 0;
      for (long j = 0; j < extent; j++) {
        int at = (int) (start + j * inner);
        double x = a.values()[at];
        folded =
            switch (reduce.kind()) {
              case SUM -> folded + x;
              case MAX -> Math.max(folded, x);
              case MIN -> Math.min(folded, x);
            };
        errors += a.errors()[at];
        error = Math.max(error, a.errors()[at]);
        magnitude += Math.abs(x) + a.errors()[at];
      }
      out.values()[i] = folded;
      out.errors()[i] =
          reduce.kind() == ReduceKind.SUM
              ? errors + (floats ? Tolerance.sum(extent, magnitude) : 0)
              : error;
    }
  }

  private static long product(List<Dim> extents) {
    return extents.stream().mapToLong(Dim::value).reduce(1, (a, b) -> a * b);
  }

  private static void contract(Primitive.Contract contract, Bounded a, Bounded b, Bounded out) {
    String letters =
        contract.out()
            + contract
                .left()
                .chars()
                .filter(c -> contract.out().indexOf(c) < 0)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append);
    int[] extents = new int[letters.length()];
    int[] inA = strides(contract.left(), a, letters, extents);
    int[] inB = strides(contract.right(), b, letters, extents);
    int free = contract.out().length();
    int depth = 1;
    for (int i = free; i < extents.length; i++) {
      depth *= extents[i];
    }
    for (int i = 0; i < out.values().length; i++) {
      double sum = 0;
      double spread = 0;
      double magnitude = 0;
      for (int k = 0; k < depth; k++) {
        int atA = 0;
        int atB = 0;
        int rest = k;
        for (int axis = extents.length - 1; axis >= 0; axis--) {
          if (axis == free - 1) {
            rest = i;
          }
          int index = rest % extents[axis];
          rest /= extents[axis];
          atA += index * inA[axis];
          atB += index * inB[axis];
        }
        double x = a.values()[atA];
        double y = b.values()[atB];
        double ex = a.errors()[atA];
        double ey = b.errors()[atB];
        sum += x * y;
        spread += Math.abs(x) * ey + Math.abs(y) * ex + ex * ey;
        magnitude += (Math.abs(x) + ex) * (Math.abs(y) + ey);
      }
      out.values()[i] = sum;
      out.errors()[i] = spread + Tolerance.sum(depth, magnitude);
    }
  }

  /** The stride of each letter in the operand, 0 where it has none; notes the letters' extents. */
  private static int[] strides(String own, Bounded operand, String letters, int[] extents) {
    int[] strides = new int[letters.length()];
    int stride = 1;
    for (int axis = own.length() - 1; axis >= 0; axis--) {
      int at = letters.indexOf(own.charAt(axis));
      strides[at] = stride;
      extents[at] = Math.toIntExact(operand.dim(axis).value());
      stride *= extents[at];
    }
    return strides;
  }

  /**
   * A primitive that only moves elements, found out by moving their positions. A position of -1
   * stands for the value given.
   */
  private static void pick(
      Primitive primitive, List<Bounded> from, List<Bounded> indices, double other, Bounded out) {
    List<Tensor> positions = new ArrayList<>();
    int first = 0;
    for (Bounded operand : from) {
      int[] own = new int[operand.values().length];
      int base = first;
      Arrays.setAll(own, i -> base + i);
      first += own.length;
      positions.add(HostTensor.wrap(operand.type().withDType(DType.INT32), own));
    }
    for (Bounded index : indices) {
      positions.add(HostTensor.wrap(index.type(), index.toInts()));
    }
    int[] sources = EagerEvaluator.INSTANCE.apply(primitive, positions).toInts();
    for (int i = 0; i < sources.length; i++) {
      int at = sources[i];
      if (at < 0) {
        out.values()[i] = other;
        continue;
      }
      for (Bounded operand : from) {
        if (at < operand.values().length) {
          out.values()[i] = operand.values()[at];
          out.errors()[i] = operand.errors()[at];
          break;
        }
        at -= operand.values().length;
      }
    }
  }

  private static double orInfinite(double bound) {
    return Double.isNaN(bound) ? Double.POSITIVE_INFINITY : bound;
  }
}
