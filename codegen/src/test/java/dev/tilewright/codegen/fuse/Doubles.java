package dev.tilewright.codegen.fuse;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.op.Evaluator;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Primitives in double precision, each straight from its definition: the oracle for regions. */
final class Doubles implements Evaluator {
  static final Doubles EVALUATOR = new Doubles();

  /** Elements of any type as doubles. */
  static final class Value implements Tensor {
    private final TensorType type;
    private final double[] elements;

    Value(TensorType type, double[] elements) {
      this.type = type;
      this.elements = elements;
    }

    @Override
    public TensorType type() {
      return type;
    }

    double[] elements() {
      return elements;
    }

    @Override
    public Evaluator evaluator() {
      return EVALUATOR;
    }

    @Override
    public float[] toFloats() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int[] toInts() {
      throw new UnsupportedOperationException();
    }

    double at(List<Long> index) {
      long offset = 0;
      for (int axis = 0; axis < index.size(); axis++) {
        offset = offset * type.dim(axis).value() + index.get(axis);
      }
      return elements[Math.toIntExact(offset)];
    }
  }

  @Override
  public Tensor apply(Primitive primitive, List<Tensor> operands) {
    TensorType type = primitive.infer(operands.stream().map(Tensor::type).toList());
    List<Value> in = operands.stream().map(Value.class::cast).toList();
    double[] elements = new double[Math.toIntExact(type.elements().value())];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = element(primitive, in, index(i, type), type);
    }
    return new Value(type, elements);
  }

  private static List<Long> index(long offset, TensorType type) {
    Long[] index = new Long[type.rank()];
    long rest = offset;
    for (int axis = type.rank() - 1; axis >= 0; axis--) {
      index[axis] = rest % type.dim(axis).value();
      rest /= type.dim(axis).value();
    }
    return new ArrayList<>(Arrays.asList(index));
  }

  private static double element(
      Primitive primitive, List<Value> in, List<Long> index, TensorType type) {
    return switch (primitive) {
      case Primitive.Constant constant ->
          constant.dtype() == DType.FLOAT32 ? (float) constant.value() : constant.value();
      case Primitive.Extent extent -> extent.extent().value();
      case Primitive.Iota iota -> index.get(iota.axis());
      case Primitive.Unary unary -> {
        double x = in.getFirst().at(index);
        yield switch (unary.kind()) {
          case NEG -> -x;
          case ABS -> Math.abs(x);
          case EXP, COARSE_EXP -> Math.exp(x);
          case LOG -> Math.log(x);
          case SQRT -> Math.sqrt(x);
          case RSQRT -> 1 / Math.sqrt(x);
          case TANH -> Math.tanh(x);
          case SIN -> Math.sin(x);
          case COS -> Math.cos(x);
          case ERF, COARSE_ERF -> ElementValues.erf(x);
          case FLOOR -> Math.floor(x);
          case ROUND -> Math.rint(x);
          case NOT -> 1 - x;
        };
      }
      case Primitive.Binary binary -> {
        double x = in.get(0).at(index);
        double y = in.get(1).at(index);
        double value =
            switch (binary.kind()) {
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
        yield type.dtype() == DType.INT32 ? (int) (long) value : value;
      }
      case Primitive.Compare compare -> {
        double x = in.get(0).at(index);
        double y = in.get(1).at(index);
        boolean holds =
            switch (compare.kind()) {
              case LT -> x < y;
              case LE -> x <= y;
              case GT -> x > y;
              case GE -> x >= y;
              case EQ -> x == y;
              case NE -> x != y;
            };
        yield holds ? 1 : 0;
      }
      case Primitive.Select _ -> in.get(in.getFirst().at(index) != 0 ? 1 : 2).at(index);
      case Primitive.Cast cast -> {
        double x = in.getFirst().at(index);
        yield switch (cast.dtype()) {
          case FLOAT32 -> x;
          case BFLOAT16, INT32, INT8, UINT8, BOOL -> cast.dtype().of(x);
        };
      }
      case Primitive.Reduce reduce -> reduce(reduce, in.getFirst(), index);
      case Primitive.Contract contract -> contract(contract, in, index);
      case Primitive.Reshape _ -> {
        long offset = 0;
        for (int axis = 0; axis < index.size(); axis++) {
          offset = offset * type.dim(axis).value() + index.get(axis);
        }
        yield in.getFirst().elements()[Math.toIntExact(offset)];
      }
      case Primitive.Transpose transpose -> {
        Long[] inner = new Long[index.size()];
        for (int i = 0; i < inner.length; i++) {
          inner[transpose.permutation().get(i)] = index.get(i);
        }
        yield in.getFirst().at(Arrays.asList(inner));
      }
      case Primitive.Broadcast broadcast -> {
        List<Long> inner = new ArrayList<>();
        for (int i = 0; i < broadcast.axes().size(); i++) {
          inner.add(in.getFirst().type().dim(i).is(1) ? 0 : index.get(broadcast.axes().get(i)));
        }
        yield in.getFirst().at(inner);
      }
      case Primitive.Slice slice -> {
        index.set(slice.axis(), slice.start().value() + index.get(slice.axis()) * slice.step());
        yield in.getFirst().at(index);
      }
      case Primitive.Concat concat -> {
        long at = index.get(concat.axis());
        int part = 0;
        while (at >= in.get(part).type().dim(concat.axis()).value()) {
          at -= in.get(part++).type().dim(concat.axis()).value();
        }
        index.set(concat.axis(), at);
        yield in.get(part).at(index);
      }
      case Primitive.Append append -> {
        long rows = in.get(1).type().dim(append.axis()).value();
        long own = index.get(append.axis()) - (type.dim(append.axis()).value() - rows);
        if (own >= 0) {
          index.set(append.axis(), own);
        }
        yield in.get(own < 0 ? 0 : 1).at(index);
      }
      case Primitive.Pad pad -> {
        long at = index.get(pad.axis()) - pad.low().value();
        index.set(pad.axis(), at);
        boolean inside = at >= 0 && at < in.getFirst().type().dim(pad.axis()).value();
        yield inside ? in.getFirst().at(index) : pad.value();
      }
      case Primitive.Blocks blocks -> blocks(blocks.part(), in.getFirst(), index);
      case Primitive.Window window -> {
        long at =
            index.get(window.axis()) * window.stride() + index.removeLast() * window.dilation();
        index.set(window.axis(), at);
        yield in.getFirst().at(index);
      }
      case Primitive.Gather gather -> {
        int rank = in.get(1).type().rank();
        List<Long> inner = new ArrayList<>(index.subList(0, gather.axis()));
        inner.add((long) in.get(1).at(index.subList(gather.axis(), gather.axis() + rank)));
        inner.addAll(index.subList(gather.axis() + rank, index.size()));
        yield in.getFirst().at(inner);
      }
    };
  }

  private static double blocks(Primitive.BlockPart part, Value x, List<Long> index) {
    List<Long> at = new ArrayList<>(index);
    long inside = part == Primitive.BlockPart.QUANT ? at.removeLast() : 0;
    long first = at.removeLast() * Primitive.Blocks.SIZE;
    long depth = x.type().dim(x.type().rank() - 1).value();
    double greatest = 0;
    for (long i = first; i < Math.min(depth, first + Primitive.Blocks.SIZE); i++) {
      at.addLast(i);
      greatest = Math.max(greatest, Math.abs(x.at(at)));
      at.removeLast();
    }
    double scale = Math.max(greatest / 127, 0x1p-100);
    at.addLast(first + inside);
    return switch (part) {
      case QUANT -> 128 + (first + inside < depth ? Math.rint(x.at(at) / scale) : 0);
      case SCALE -> scale;
      case OFFSET -> -128 * scale;
    };
  }

  private static double reduce(Primitive.Reduce reduce, Value x, List<Long> index) {
    double fold =
        switch (reduce.kind()) {
          case SUM -> 0;
          case MAX -> Double.NEGATIVE_INFINITY;
          case MIN -> Double.POSITIVE_INFINITY;
        };
    index.add(reduce.axis(), 0L);
    for (long i = 0; i < x.type().dim(reduce.axis()).value(); i++) {
      index.set(reduce.axis(), i);
      double value = x.at(index);
      fold =
          switch (reduce.kind()) {
            case SUM -> fold + value;
            case MAX -> Math.max(fold, value);
            case MIN -> Math.min(fold, value);
          };
    }
    return fold;
  }

  private static double contract(Primitive.Contract contract, List<Value> in, List<Long> index) {
    Map<Character, Long> letters = new HashMap<>();
    for (int i = 0; i < index.size(); i++) {
      letters.put(contract.out().charAt(i), index.get(i));
    }
    List<Character> summed = new ArrayList<>();
    for (char letter : contract.left().toCharArray()) {
      if (contract.out().indexOf(letter) < 0) {
        summed.add(letter);
      }
    }
    return sum(
        summed,
        letters,
        letter -> in.get(0).type().dim(contract.left().indexOf(letter)),
        at -> in.get(0).at(at(contract.left(), at)) * in.get(1).at(at(contract.right(), at)));
  }

  private static double sum(
      List<Character> summed,
      Map<Character, Long> letters,
      java.util.function.Function<Character, Dim> extent,
      ToDoubleFunction<Map<Character, Long>> term) {
    if (summed.isEmpty()) {
      return term.applyAsDouble(letters);
    }
    double sum = 0;
    for (long i = 0; i < extent.apply(summed.getFirst()).value(); i++) {
      letters.put(summed.getFirst(), i);
      sum += sum(summed.subList(1, summed.size()), letters, extent, term);
    }
    return sum;
  }

  private static List<Long> at(String letters, Map<Character, Long> index) {
    return letters.chars().mapToObj(letter -> index.get((char) letter)).toList();
  }
}
