package dev.tilewright.tests.minilm;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.op.Evaluator;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/** The primitives that an encoder is made of, in binary64 from end to end: what is exact here. */
final class DoubleEvaluator implements Evaluator {
  static final DoubleEvaluator INSTANCE = new DoubleEvaluator();

  /** Tensors are the same if their arrays are. */
  private record Arranged(DoubleTensor tensor, String from, String to) {}

  private static final Map<Arranged, DoubleTensor> ARRANGED = new ConcurrentHashMap<>();

  private DoubleEvaluator() {}

  @Override
  public Tensor apply(Primitive primitive, List<Tensor> operands) {
    TensorType type = primitive.infer(operands.stream().map(Tensor::type).toList());
    List<DoubleTensor> in = operands.stream().map(DoubleTensor.class::cast).toList();
    return new DoubleTensor(type, compute(primitive, type, in));
  }

  private static double[] compute(Primitive primitive, TensorType type, List<DoubleTensor> in) {
    return switch (primitive) {
      case Primitive.Constant constant -> new double[] {constant.value()};
      case Primitive.Extent extent -> new double[] {extent.extent().value()};
      case Primitive.Unary(var kind) -> map(in.getFirst(), unary(kind));
      case Primitive.Binary(var kind) -> map(in.get(0), in.get(1), binary(kind));
      case Primitive.Compare(var kind) ->
          map(in.get(0), in.get(1), (x, y) -> holds(kind, x, y) ? 1 : 0);
      case Primitive.Select _ -> {
        double[] out = in.get(2).elements().clone();
        for (int i = 0; i < out.length; i++) {
          out[i] = in.get(0).elements()[i] != 0 ? in.get(1).elements()[i] : out[i];
        }
        yield out;
      }
      case Primitive.Cast(DType dtype) ->
          map(in.getFirst(), dtype == DType.FLOAT32 ? x -> x : dtype::of);
      case Primitive.Reduce reduce -> reduce(reduce, in.getFirst());
      case Primitive.Contract contract -> contract(contract, in.get(0), in.get(1));
      case Primitive.Reshape _ -> in.getFirst().elements();
      case Primitive.Transpose(List<Integer> permutation) -> {
        int[] strides = in.getFirst().strides();
        yield view(
            type, in.getFirst(), 0, permutation.stream().mapToInt(a -> strides[a]).toArray());
      }
      case Primitive.Broadcast(List<Dim> _, List<Integer> axes) -> {
        int[] strides = new int[type.rank()];
        for (int i = 0; i < axes.size(); i++) {
          strides[axes.get(i)] = in.getFirst().dim(i).is(1) ? 0 : in.getFirst().strides()[i];
        }
        yield view(type, in.getFirst(), 0, strides);
      }
      case Primitive.Slice slice -> {
        int[] strides = in.getFirst().strides();
        int start = slice.start().intValue() * strides[slice.axis()];
        strides[slice.axis()] *= slice.step();
        yield view(type, in.getFirst(), start, strides);
      }
      case Primitive.Gather(int axis) when axis == 0 -> {
        int width = in.get(0).elements().length / in.get(0).dim(0).intValue();
        double[] out = new double[in.get(1).elements().length * width];
        for (int i = 0; i < in.get(1).elements().length; i++) {
          int row = (int) in.get(1).elements()[i];
          System.arraycopy(in.get(0).elements(), row * width, out, i * width, width);
        }
        yield out;
      }
      case Primitive.Iota _,
          Primitive.Append _,
          Primitive.Blocks _,
          Primitive.Gather _,
          Primitive.Concat _,
          Primitive.Pad _,
          Primitive.Window _ ->
          throw new IllegalArgumentException("no encoder here uses " + primitive);
    };
  }

  private static DoubleUnaryOperator unary(Primitive.UnaryKind kind) {
    return switch (kind) {
      case NEG -> x -> -x;
      case ABS -> Math::abs;
      case EXP, COARSE_EXP -> Math::exp;
      case LOG -> Math::log;
      case SQRT -> Math::sqrt;
      case RSQRT -> x -> 1 / Math.sqrt(x);
      case TANH -> Math::tanh;
      case SIN -> Math::sin;
      case COS -> Math::cos;
      case ERF, COARSE_ERF -> DoubleEvaluator::erf;
      case FLOOR -> Math::floor;
      case ROUND -> Math::rint;
      case NOT -> x -> 1 - x;
    };
  }

  private static DoubleBinaryOperator binary(Primitive.BinaryKind kind) {
    return switch (kind) {
      case ADD -> Double::sum;
      case SUB -> (x, y) -> x - y;
      case MUL -> (x, y) -> x * y;
      case DIV -> (x, y) -> x / y;
      case MIN -> Math::min;
      case MAX -> Math::max;
      case POW -> Math::pow;
      case AND -> (x, y) -> x != 0 && y != 0 ? 1 : 0;
      case OR -> (x, y) -> x != 0 || y != 0 ? 1 : 0;
    };
  }

  private static boolean holds(Primitive.CompareKind kind, double x, double y) {
    return switch (kind) {
      case LT -> x < y;
      case LE -> x <= y;
      case GT -> x > y;
      case GE -> x >= y;
      case EQ -> x == y;
      case NE -> x != y;
    };
  }

  /**
   * {@code 2/sqrt(pi) exp(-x^2) sum over n of 2^n x^(2n+1)/(1*3*..*(2n+1))}: positive terms alone.
   */
  private static double erf(double x) {
    if (Math.abs(x) > 6) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  private static double[] map(DoubleTensor x, DoubleUnaryOperator f) {
    double[] out = new double[x.elements().length];
    Arrays.setAll(out, i -> f.applyAsDouble(x.elements()[i]));
    return out;
  }

  private static double[] map(DoubleTensor x, DoubleTensor y, DoubleBinaryOperator f) {
    double[] out = new double[x.elements().length];
    Arrays.setAll(out, i -> f.applyAsDouble(x.elements()[i], y.elements()[i]));
    return out;
  }

  private static double[] reduce(Primitive.Reduce reduce, DoubleTensor x) {
    int inner = x.strides()[reduce.axis()];
    int extent = x.dim(reduce.axis()).intValue();
    double[] out = new double[x.elements().length / extent];
    for (int i = 0; i < out.length; i++) {
      int at = i / inner * inner * extent + i % inner;
      double fold = x.elements()[at];
      for (int n = 1; n < extent; n++) {
        double next = x.elements()[at + n * inner];
        fold =
            switch (reduce.kind()) {
              case SUM -> fold + next;
              case MAX -> Math.max(fold, next);
              case MIN -> Math.min(fold, next);
            };
      }
      out[i] = fold;
    }
    return out;
  }

  /** The elements of a shape, at {@code offset + sum of index*stride}. */
  private static double[] view(TensorType type, DoubleTensor x, int offset, int[] strides) {
    double[] out = new double[type.elements().intValue()];
    fill(type, x.elements(), out, new int[] {0}, 0, offset, strides);
    return out;
  }

  private static void fill(
      TensorType type, double[] in, double[] out, int[] at, int axis, int offset, int[] strides) {
    if (axis == type.rank()) {
      out[at[0]++] = in[offset];
      return;
    }
    int extent = type.dim(axis).intValue();
    for (int i = 0; i < extent; i++) {
      if (axis == type.rank() - 1) {
        out[at[0]++] = in[offset + i * strides[axis]];
      } else {
        fill(type, in, out, at, axis + 1, offset + i * strides[axis], strides);
      }
    }
  }

  /** {@code [batch, rows, depth] x [batch, depth, columns]}, a row of sums at a time. */
  private static double[] contract(Primitive.Contract contract, DoubleTensor a, DoubleTensor b) {
    String batch = letters(contract.out(), contract.left(), true, contract.right(), true);
    String rows = letters(contract.out(), contract.left(), true, contract.right(), false);
    String columns = letters(contract.out(), contract.left(), false, contract.right(), true);
    String depth = letters(contract.left(), contract.out(), false, contract.right(), true);
    DoubleTensor left = arrange(a, contract.left(), batch + rows + depth);
    String order = batch + depth + columns;
    // Without a batch it is a layer's weight, which every call needs in the same order.
    DoubleTensor right =
        batch.isEmpty()
            ? ARRANGED.computeIfAbsent(
                new Arranged(b, contract.right(), order),
                key -> arrange(key.tensor(), key.from(), key.to()))
            : arrange(b, contract.right(), order);
    int batches = size(a, contract.left(), batch);
    int m = size(a, contract.left(), rows);
    int k = size(a, contract.left(), depth);
    int n = size(b, contract.right(), columns);
    double[] out = new double[batches * m * n];
    for (int row = 0; row < batches * m; row++) {
      for (int d = 0; d < k; d++) {
        double factor = left.elements()[row * k + d];
        int from = (row / m * k + d) * n;
        for (int c = 0; c < n; c++) {
          out[row * n + c] += factor * right.elements()[from + c];
        }
      }
    }
    List<Dim> shape = new ArrayList<>();
    for (int letter : (batch + rows).chars().toArray()) {
      shape.add(a.dim(contract.left().indexOf(letter)));
    }
    for (int letter : columns.chars().toArray()) {
      shape.add(b.dim(contract.right().indexOf(letter)));
    }
    DoubleTensor product = new DoubleTensor(new TensorType(DType.FLOAT32, shape), out);
    return arrange(product, batch + rows + columns, contract.out()).elements();
  }

  private static String letters(
      String from, String first, boolean inFirst, String second, boolean inSecond) {
    StringBuilder kept = new StringBuilder();
    for (int letter : from.chars().toArray()) {
      if (first.indexOf(letter) >= 0 == inFirst && second.indexOf(letter) >= 0 == inSecond) {
        kept.appendCodePoint(letter);
      }
    }
    return kept.toString();
  }

  private static DoubleTensor arrange(DoubleTensor x, String from, String to) {
    List<Integer> permutation = to.chars().mapToObj(from::indexOf).toList();
    return from.equals(to)
        ? x
        : (DoubleTensor) x.transpose(permutation.stream().mapToInt(Integer::intValue).toArray());
  }

  private static int size(DoubleTensor x, String names, String letters) {
    int size = 1;
    for (int letter : letters.chars().toArray()) {
      size *= x.dim(names.indexOf(letter)).intValue();
    }
    return size;
  }
}
