package dev.tilewright.codegen.fuse;

import static dev.tilewright.codegen.fuse.Fused.floats;
import static dev.tilewright.codegen.fuse.Fused.ints;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Operators;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.graph.GraphBuilder;
import dev.tilewright.op.TensorTypeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Small programs of random operators over {@code [B, S, 6]} tensors and what comes of them. */
final class RandomModel {
  private static final int LARGEST = 700;

  private final Random random;
  private final GraphBuilder builder;
  private final List<Tensor> pool = new ArrayList<>();
  private final Tensor ids;
  private final int firstAxis;
  private int weights;

  private RandomModel(int seed, GraphBuilder builder, int firstAxis) {
    this.random = new Random(seed);
    this.builder = builder;
    this.firstAxis = firstAxis;
    pool.add(builder.input("x", floats("B", "S", 6)));
    pool.add(builder.input("y", floats("B", "T", 6)));
    pool.add(builder.input("z", floats(16, 1)));
    ids = builder.input("ids", ints("B", "S"));
  }

  /** One or two results, the last things computed. */
  static List<Tensor> build(int seed, GraphBuilder builder) {
    RandomModel model = new RandomModel(seed, builder, 0);
    model.steps();
    return List.copyOf(model.pool.subList(model.pool.size() - 1 - seed % 2, model.pool.size()));
  }

  /**
   * What mostly keeps the sequences of a batch apart; the last one or two that a batch may give.
   */
  static List<Tensor> buildRagged(int seed, GraphBuilder builder) {
    RandomModel model = new RandomModel(seed, builder, 1);
    model.steps();
    List<Tensor> results =
        model.pool.stream()
            .filter(x -> Ragged.AXES.fault(x.type().shape(), true) == null)
            .toList()
            .reversed();
    return results.subList(0, Math.min(results.size(), 1 + seed % 2));
  }

  private void steps() {
    int steps = 3 + random.nextInt(12);
    for (int i = 0; i < steps; i++) {
      step();
    }
  }

  static long size(Tensor x) {
    return x.type().elements().evaluate(name -> name.equals("B") ? 2 : name.equals("S") ? 3 : 5);
  }

  private void step() {
    Tensor x = pick();
    try {
      Tensor result = operation(x);
      if (size(result) <= LARGEST && size(result) > 0) {
        pool.add(result);
      }
    } catch (TensorTypeException _) {
      // Did not fit; the next may.
    }
  }

  /** Mostly what was computed last, so that chains grow. */
  private Tensor pick() {
    return pool.get(random.nextInt(3) > 0 ? pool.size() - 1 : random.nextInt(pool.size()));
  }

  private Tensor operation(Tensor x) {
    int rank = x.rank();
    int axis = rank <= firstAxis ? 0 : firstAxis + random.nextInt(rank - firstAxis);
    return switch (random.nextInt(28)) {
      case 0 -> Operators.tanh(x);
      case 1 -> Operators.sigmoid(x).plus(0f);
      case 2 -> x.times(x.abs().plus(0.5f));
      case 3 -> x.plus(pick());
      case 4 -> x.times(pick());
      case 5 -> x.minus(pick()).max(-0.5f);
      case 6 -> x.sum(axis);
      case 7 -> x.maxOver(axis);
      case 8 -> x.minus(x.mean(axis).unsqueeze(axis));
      case 9 -> Operators.softmax(x, axis);
      case 10 -> Operators.rmsNorm(x, weight(x.dim(-1)), 1e-3f);
      case 11 -> Operators.layerNorm(x, weight(x.dim(-1)), weight(x.dim(-1)), 1e-3f);
      case 12, 13 -> linear(x);
      case 14 -> x.matmul(pick());
      case 15 -> x.matmul(pick().swapAxes(-1, -2));
      case 16 -> rank < 2 ? x : x.swapAxes(axis, Math.max(firstAxis, random.nextInt(rank)));
      case 17 -> rank < 2 ? x : x.flatten(Math.min(axis, rank - 2), Math.min(axis, rank - 2) + 1);
      case 18 -> x.unflatten(axis, random.nextBoolean() ? 2 : 3, -1);
      case 19 -> x.slice(axis, Dim.of(random.nextInt(2)), x.dim(axis), 1 + random.nextInt(2));
      case 20 -> x.pad(axis, random.nextInt(2), random.nextInt(3), 0.25f);
      case 21 -> Operators.concat(axis, x, pick(), x.negate());
      case 22 -> x.window(axis, 2, 1 + random.nextInt(2));
      case 23 ->
          Operators.where(
              Operators.iota(x, axis).notEqualTo(1).reshape(column(x, axis)), x, pick());
      case 24 -> x.dim(0).isKnown() && x.dim(0).value() > 2 ? x.gather(0, ids) : attention(x);
      case 25 -> Operators.attention(linear(x), linear(x), linear(x), 3);
      case 26 -> Operators.silu(linear(x)).times(linear(x));
      case 27 -> x.plus(places(x, axis).cast(DType.FLOAT32).reshape(column(x, axis)));
      default -> throw new IllegalStateException();
    };
  }

  private static Dim[] column(Tensor x, int axis) {
    Dim[] shape = new Dim[x.rank()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = i == axis ? x.dim(axis) : Dim.ONE;
    }
    return shape;
  }

  /** Whole numbers that depend on the position along an axis. */
  private static Tensor places(Tensor x, int axis) {
    Tensor place = Operators.iota(x, axis);
    return place.minus(2).abs().min(place.times(3)).max(place.negate());
  }

  private Tensor attention(Tensor x) {
    Tensor memory = pick();
    known(x.dim(-1));
    return Operators.attention(x, linear(memory), memory.times(0.5f), 3);
  }

  private Tensor linear(Tensor x) {
    int out = random.nextBoolean() ? 6 : 7;
    Tensor y = Operators.linear(x, builder.weight("w" + weights++, floats(out, known(x.dim(-1)))));
    return random.nextBoolean() ? y : y.plus(weight(Dim.of(out)));
  }

  private Tensor weight(Dim width) {
    return builder.weight("w" + weights++, floats(known(width)));
  }

  /** Weights are of known shapes. */
  private static int known(Dim dim) {
    if (!dim.isKnown()) {
      throw new TensorTypeException(TensorTypeException.Reason.SHAPE, dim + " is not known");
    }
    return dim.intValue();
  }
}
