package dev.tilewright.op;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.op.Primitive.BlockPart;
import dev.tilewright.op.Primitive.ReduceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * What stands for a product of FLOAT32 tensors in a precision, in primitives. The compiler's pass
 * and eager execution both use it, so one is the other's oracle.
 *
 * <p>INT8, of x {@code [.., k]} and w {@code [n, k]}, follows the affine scheme of <a
 * href="https://arxiv.org/abs/1712.05877">Jacob et al.</a> with ranges taken from each row at run
 * time. Before, factors move from weights to activations, as in <a
 * href="https://arxiv.org/abs/2211.10438">Xiao et al.</a>: the few large elements that set a row's
 * range mostly meet small weights.
 *
 * <pre>
 * c = (mean over n of w^2)^0.15, x' = x*c, w' = w/c
 * lo = min(min over k of x', 0), hi = max(max over k of x', 0)
 * scale = (hi - lo)/255, zero = round(-lo/scale), q = u8(round(x'/scale) + zero)
 * s = max over k of |w'| / 127, w8 = i8(round(w'/s)), sums = sum over k of w8
 * y = (f32(sum over k of q*w8) - zero*sums)*scale*s
 * </pre>
 *
 * In groups, all but c is taken from each part of k for itself, and y is the sum over the parts.
 *
 * <p>INT8_BLOCKS cuts k into blocks b of 32, filled up with zeros, as {@link Primitive.Blocks} does
 * with w = s*u + m:
 *
 * <pre>
 * scale = max over the block of |x|/127, q = i8(round(x/scale)), sums = sum over the block of q
 * y = sum over b of (f32(sum over the block of q*u)*s + sums*m)*scale
 * </pre>
 */
public final class PrecisionPolicy {
  /** Where a tensor comes from. */
  public enum Role {
    /** Numbers of the declaration alone. */
    CONSTANT,
    /** Weights, with constants or without. */
    WEIGHT,
    /** A call's arguments take part. */
    ACTIVATION;

    /** The role of a primitive's result. */
    public static Role of(Primitive primitive, List<Role> operands) {
      if (primitive instanceof Primitive.Extent || primitive instanceof Primitive.Iota) {
        return ACTIVATION;
      }
      return operands.stream().max(Role::compareTo).orElse(CONSTANT);
    }
  }

  /** A scale below is taken for this one, so that a row or channel of zeros is one. */
  private static final float LEAST_SCALE = 0x1p-100f;

  /** Of the mean square: c is the 0.3rd power of the root. */
  private static final float SMOOTHING = 0.15f;

  private static final float LEVELS = 255;
  private static final float WEIGHT_LEVELS = 127;

  private final Primitive.Contract contract;
  private final Tensor left;
  private final Tensor right;

  private PrecisionPolicy(Primitive.Contract contract, Tensor left, Tensor right) {
    this.contract = contract;
    this.left = left;
    this.right = right;
  }

  /**
   * The product of two FLOAT32 tensors in a precision, FLOAT32, in one group.
   *
   * @param leftRole where the left operand comes from
   */
  public static Tensor product(
      Precision precision,
      Primitive.Contract contract,
      Tensor left,
      Role leftRole,
      Tensor right,
      Role rightRole) {
    return product(precision, contract, left, leftRole, right, rightRole, 1);
  }

  /**
   * The product of two FLOAT32 tensors in a precision, FLOAT32.
   *
   * @param leftRole where the left operand comes from
   * @param groups how many parts of the sum have ranges of their own in INT8, where the extent is a
   *     multiple of four times as many; at least 1
   */
  public static Tensor product(
      Precision precision,
      Primitive.Contract contract,
      Tensor left,
      Role leftRole,
      Tensor right,
      Role rightRole,
      int groups) {
    boolean swapped = leftRole != Role.ACTIVATION && rightRole == Role.ACTIVATION;
    PrecisionPolicy policy =
        swapped
            ? new PrecisionPolicy(
                new Primitive.Contract(
                    /* left= */ contract.right(), /* right= */ contract.left(), contract.out()),
                right,
                left)
            : new PrecisionPolicy(contract, left, right);
    boolean activations = leftRole == Role.ACTIVATION || rightRole == Role.ACTIVATION;
    boolean weight = activations && leftRole != rightRole;
    return switch (precision) {
      case FLOAT32 -> policy.plain();
      case BFLOAT16 -> activations ? policy.bfloat16() : policy.plain();
      case INT8 -> weight ? policy.int8(groups) : activations ? policy.bfloat16() : policy.plain();
      case BFLOAT16_WEIGHTS -> weight ? policy.bfloat16Weights() : policy.plain();
      case INT8_WEIGHTS -> weight ? policy.int8Weights() : policy.plain();
      case INT8_BLOCKS ->
          weight && (leftRole == Role.WEIGHT || rightRole == Role.WEIGHT)
              ? policy.int8Blocks()
              : activations ? policy.bfloat16() : policy.plain();
    };
  }

  /**
   * Rows of a FLOAT32 table in a precision, FLOAT32.
   *
   * @param role where the table comes from
   */
  public static Tensor gather(
      Precision precision, Primitive.Gather gather, Tensor table, Role role, Tensor indices) {
    Evaluator evaluator = table.evaluator();
    int depth = table.rank() - 1;
    if (precision != Precision.INT8_BLOCKS || role != Role.WEIGHT || gather.axis() == depth) {
      return evaluator.apply(gather, table, indices);
    }
    Tensor quants = evaluator.apply(gather, blocks(BlockPart.QUANT, table), indices);
    Tensor values = quants.cast(DType.FLOAT32);
    values =
        values
            .times(rows(gather, blocks(BlockPart.SCALE, table), indices, values))
            .plus(rows(gather, blocks(BlockPart.OFFSET, table), indices, values));
    List<Dim> shape = new ArrayList<>(values.shape());
    shape.removeLast();
    shape.set(shape.size() - 1, shape.getLast().times(Dim.of(Primitive.Blocks.SIZE)));
    Tensor whole = values.evaluator().apply(new Primitive.Reshape(shape), values);
    return whole.slice(whole.rank() - 1, Dim.ZERO, table.dim(depth));
  }

  /** What blocks have one of, repeated for their elements. */
  private static Tensor rows(Primitive.Gather gather, Tensor table, Tensor indices, Tensor like) {
    Tensor found = table.evaluator().apply(gather, table, indices);
    List<Integer> axes = IntStream.range(0, found.rank()).boxed().toList();
    return found.evaluator().apply(new Primitive.Broadcast(like.shape(), axes), found);
  }

  private static Tensor blocks(BlockPart part, Tensor weight) {
    return weight.evaluator().apply(new Primitive.Blocks(part), weight);
  }

  private Tensor plain() {
    return apply(left, right);
  }

  private Tensor bfloat16() {
    return padded(left.cast(DType.BFLOAT16), right.cast(DType.BFLOAT16), 2);
  }

  private Tensor bfloat16Weights() {
    return apply(left, right.cast(DType.BFLOAT16).cast(DType.FLOAT32));
  }

  private Tensor int8Weights() {
    Tensor scale = weightScale();
    Tensor product = apply(left, quantisedWeight(scale).cast(DType.FLOAT32));
    return product.times(alongResult(scale, contract.right(), product));
  }

  private Tensor int8Blocks() {
    Tensor x = inBlocks(depthLast(left, contract.left()));
    Tensor w = depthLast(right, contract.right());
    int inner = x.rank() - 1;
    Tensor scale =
        x.evaluator()
            .apply(new Primitive.Reduce(ReduceKind.MAX, inner), x.abs())
            .times(1 / WEIGHT_LEVELS)
            .max(LEAST_SCALE);
    String block = unused(contract.left() + contract.right());
    String element = unused(contract.left() + contract.right() + block);
    String own = kept(contract.left()) + block;
    Tensor inverse = one(scale).dividedBy(scale);
    Tensor rounded = x.times(spread(inverse, own, x, own + element)).round();
    Tensor sums = x.evaluator().apply(new Primitive.Reduce(ReduceKind.SUM, inner), rounded);
    String others = kept(contract.right()) + block;
    String out = contract.out() + block;
    Tensor product =
        x.evaluator()
            .apply(
                new Primitive.Contract(
                    /* left= */ own + element, /* right= */ others + element, out),
                rounded.cast(DType.INT8),
                blocks(BlockPart.QUANT, w))
            .cast(DType.FLOAT32);
    Tensor scaled = product.times(spread(blocks(BlockPart.SCALE, w), others, product, out));
    Tensor shift =
        spread(sums, own, product, out)
            .times(spread(blocks(BlockPart.OFFSET, w), others, product, out));
    Tensor terms = scaled.plus(shift).times(spread(scale, own, product, out));
    return terms.evaluator().apply(new Primitive.Reduce(ReduceKind.SUM, out.length() - 1), terms);
  }

  /** With all summed axes as one, the last. */
  private Tensor depthLast(Tensor x, String own) {
    String summed = letters(this::isSummed);
    String order = kept(own) + summed;
    List<Integer> permutation = order.chars().mapToObj(own::indexOf).toList();
    Tensor arranged =
        order.equals(own) ? x : x.evaluator().apply(new Primitive.Transpose(permutation), x);
    if (summed.length() == 1) {
      return arranged;
    }
    List<Dim> shape = new ArrayList<>(arranged.shape());
    while (shape.size() > order.length() - summed.length() + 1) {
      Dim last = shape.removeLast();
      shape.set(shape.size() - 1, shape.getLast().times(last));
    }
    return arranged.evaluator().apply(new Primitive.Reshape(shape), arranged);
  }

  /** {@code [.., k]} as {@code [.., ceil(k/32), 32]}, filled up with zeros. */
  private static Tensor inBlocks(Tensor x) {
    long depth = x.dim(x.rank() - 1).value();
    long blocks = Math.ceilDiv(depth, Primitive.Blocks.SIZE);
    long more = blocks * Primitive.Blocks.SIZE - depth;
    Tensor whole = more == 0 ? x : pad(x, x.rank() - 1, Dim.of(more));
    List<Dim> shape = new ArrayList<>(x.shape());
    shape.set(x.rank() - 1, Dim.of(blocks));
    shape.add(Dim.of(Primitive.Blocks.SIZE));
    return whole.evaluator().apply(new Primitive.Reshape(shape), whole);
  }

  private static String unused(String letters) {
    char letter = 'a';
    while (letters.indexOf(letter) >= 0) {
      letter++;
    }
    return String.valueOf(letter);
  }

  private Tensor int8(int groups) {
    String inner = letters(letter -> contract.left().indexOf(letter) >= 0);
    Tensor square = right.times(right);
    for (int axis = contract.right().length() - 1; axis >= 0; axis--) {
      if (inner.indexOf(contract.right().charAt(axis)) < 0) {
        Dim extent = square.dim(axis);
        square = square.evaluator().apply(new Primitive.Reduce(ReduceKind.SUM, axis), square);
        square = extent.isKnown() ? square.times(1f / extent.value()) : square;
      }
    }
    Tensor factor = square.max(LEAST_SCALE).pow(SMOOTHING);
    Tensor x = left.times(spread(factor, inner, left, contract.left()));
    Tensor w = right.dividedBy(spread(factor, inner, right, contract.right()));
    Dim extent = right.dim(contract.right().indexOf(lastSummed()));
    if (groups == 1 || !extent.isKnown() || extent.value() % (4L * groups) != 0) {
      return new PrecisionPolicy(contract, x, w).quantised();
    }
    return inGroups(groups, x, w);
  }

  /** The sum of the products of each part of the last summed axis. */
  private Tensor inGroups(int groups, Tensor x, Tensor w) {
    String letter = String.valueOf(lastSummed());
    String group = unused(contract.left() + contract.right());
    Primitive.Contract each =
        new Primitive.Contract(
            /* left= */ contract.left().replace(letter, group + letter),
            /* right= */ contract.right().replace(letter, group + letter),
            contract.out() + group);
    Tensor terms =
        new PrecisionPolicy(
                each,
                split(x, contract.left().indexOf(letter), groups),
                split(w, contract.right().indexOf(letter), groups))
            .quantised();
    return terms
        .evaluator()
        .apply(new Primitive.Reduce(ReduceKind.SUM, contract.out().length()), terms);
  }

  /** An axis of known extent as an axis of groups and one inside a group. */
  private static Tensor split(Tensor x, int axis, int groups) {
    List<Dim> shape = new ArrayList<>(x.shape());
    shape.set(axis, Dim.of(x.dim(axis).value() / groups));
    shape.add(axis, Dim.of(groups));
    return x.evaluator().apply(new Primitive.Reshape(shape), x);
  }

  private Tensor quantised() {
    Tensor least = reduced(left, contract.left(), ReduceKind.MIN).min(0f);
    Tensor greatest = reduced(left, contract.left(), ReduceKind.MAX).max(0f);
    Tensor scale = greatest.minus(least).times(1 / LEVELS).max(LEAST_SCALE);
    // One division a row, not one an element.
    Tensor inverse = one(scale).dividedBy(scale);
    Tensor zero = least.negate().times(inverse).round();
    Tensor quantised =
        left.times(along(inverse, contract.left(), left, contract.left()))
            .round()
            .plus(along(zero, contract.left(), left, contract.left()))
            .cast(DType.UINT8);
    Tensor weightScale = weightScale();
    Tensor weight = quantisedWeight(weightScale);
    Tensor sums =
        reduced(weight.cast(DType.INT32), contract.right(), ReduceKind.SUM).cast(DType.FLOAT32);
    Tensor product = padded(quantised, weight, 4).cast(DType.FLOAT32);
    Tensor shift =
        alongResult(zero, contract.left(), product)
            .times(alongResult(sums, contract.right(), product));
    return product
        .minus(shift)
        .times(alongResult(scale, contract.left(), product))
        .times(alongResult(weightScale, contract.right(), product));
  }

  /** {@code s} a channel. */
  private Tensor weightScale() {
    return reduced(right.abs(), contract.right(), ReduceKind.MAX)
        .times(1 / WEIGHT_LEVELS)
        .max(LEAST_SCALE);
  }

  private Tensor quantisedWeight(Tensor scale) {
    Tensor inverse = one(scale).dividedBy(scale);
    return right
        .times(along(inverse, contract.right(), right, contract.right()))
        .round()
        .cast(DType.INT8);
  }

  private static Tensor one(Tensor like) {
    return like.evaluator().apply(new Primitive.Constant(1, DType.FLOAT32));
  }

  private Tensor apply(Tensor a, Tensor b) {
    return a.evaluator().apply(contract, a, b);
  }

  /**
   * The product with the last summed axis lengthened by zeros to a multiple of the elements in a
   * 32-bit word, so that kernels read whole words.
   */
  private Tensor padded(Tensor a, Tensor b, int word) {
    char letter = lastSummed();
    Dim extent = b.dim(contract.right().indexOf(letter));
    if (!extent.isKnown() || extent.value() % word == 0) {
      return apply(a, b);
    }
    Dim more = Dim.of(word - extent.value() % word);
    return apply(
        pad(a, contract.left().indexOf(letter), more),
        pad(b, contract.right().indexOf(letter), more));
  }

  private static Tensor pad(Tensor x, int axis, Dim more) {
    return x.evaluator().apply(new Primitive.Pad(axis, Dim.ZERO, more, 0), x);
  }

  private char lastSummed() {
    String summed = letters(this::isSummed);
    return summed.charAt(summed.length() - 1);
  }

  /** Those of the right operand that satisfy a condition. */
  private String letters(Predicate<Character> condition) {
    StringBuilder letters = new StringBuilder();
    for (char letter : contract.right().toCharArray()) {
      if (condition.test(letter)) {
        letters.append(letter);
      }
    }
    return letters.toString();
  }

  private boolean isSummed(char letter) {
    return contract.out().indexOf(letter) < 0;
  }

  /** Over all summed axes; those that stay keep their order. */
  private Tensor reduced(Tensor x, String letters, ReduceKind kind) {
    Tensor result = x;
    for (int axis = letters.length() - 1; axis >= 0; axis--) {
      if (isSummed(letters.charAt(axis))) {
        result = result.evaluator().apply(new Primitive.Reduce(kind, axis), result);
      }
    }
    return result;
  }

  private Tensor alongResult(Tensor x, String from, Tensor product) {
    return along(x, from, product, contract.out());
  }

  /**
   * What {@link #reduced} left of an operand with the letters {@code from}, repeated to the shape
   * of a tensor with the letters {@code to}.
   */
  private Tensor along(Tensor x, String from, Tensor like, String to) {
    return spread(x, kept(from), like, to);
  }

  /** Those that are not summed. */
  private String kept(String letters) {
    StringBuilder kept = new StringBuilder();
    letters.chars().filter(letter -> !isSummed((char) letter)).forEach(kept::appendCodePoint);
    return kept.toString();
  }

  /** Repeated from the letters {@code own} to the shape of a tensor with the letters {@code to}. */
  private static Tensor spread(Tensor x, String own, Tensor like, String to) {
    List<Integer> axes = new ArrayList<>();
    List<Integer> permutation = new ArrayList<>();
    for (int axis = 0; axis < to.length(); axis++) {
      int at = own.indexOf(to.substring(axis, axis + 1));
      if (at >= 0) {
        axes.add(axis);
        permutation.add(at);
      }
    }
    Tensor arranged = x.evaluator().apply(new Primitive.Transpose(permutation), x);
    return arranged.evaluator().apply(new Primitive.Broadcast(like.shape(), axes), arranged);
  }
}
