package dev.tilewright;

import dev.tilewright.op.Primitive;
import dev.tilewright.op.Primitive.UnaryKind;
import dev.tilewright.op.TensorTypeException;
import dev.tilewright.op.TensorTypeException.Reason;
import java.util.ArrayList;
import java.util.List;

/**
 * The operators that read best as functions; import them statically. Each is plain Java over {@link
 * Tensor}, so what it means is what it says here, and a model's own functions are worth exactly as
 * much.
 *
 * {@snippet :
 * Tensor y = relu(x.plus(1f)).times(sigmoid(x));   // x = [0, -2] gives [0.5, 0]
 * }
 */
public final class Operators {
  private static final double SQRT_HALF = Math.sqrt(0.5);

  private Operators() {}

  // Functions of one number.

  /**
   * {@code e^x}.
   *
   * {@snippet :
   * Tensor y = exp(x);   // x = [0, 1] gives [1, 2.718282]
   * }
   */
  public static Tensor exp(Tensor x) {
    return unary(UnaryKind.EXP, x);
  }

  /**
   * The natural logarithm.
   *
   * {@snippet :
   * Tensor y = log(x);   // x = [1, 10, 0] gives [0, 2.302585, -Infinity]
   * }
   */
  public static Tensor log(Tensor x) {
    return unary(UnaryKind.LOG, x);
  }

  /**
   * The square root; of negative numbers NaN.
   *
   * {@snippet :
   * Tensor y = sqrt(x);   // x = [4, 2, -1] gives [2, 1.414214, NaN]
   * }
   */
  public static Tensor sqrt(Tensor x) {
    return unary(UnaryKind.SQRT, x);
  }

  /**
   * {@code 1/sqrt(x)}.
   *
   * {@snippet :
   * Tensor y = rsqrt(x);   // x = [4, 100] gives [0.5, 0.1]
   * }
   */
  public static Tensor rsqrt(Tensor x) {
    return unary(UnaryKind.RSQRT, x);
  }

  /**
   * The hyperbolic tangent.
   *
   * {@snippet :
   * Tensor y = tanh(x);   // x = [0, 1] gives [0, 0.761594]
   * }
   */
  public static Tensor tanh(Tensor x) {
    return unary(UnaryKind.TANH, x);
  }

  /**
   * The sine of angles in radians. In kernels within 2.1 units in the last place up to 2^17 in
   * magnitude; the error grows with the angle from there on, and from 2^22 on nothing is right but
   * that results lie between -1 and 1. NaN for infinities.
   *
   * {@snippet :
   * Tensor y = sin(x);   // x = [0, 1, -1.570796] gives [0, 0.841471, -1]
   * }
   */
  public static Tensor sin(Tensor x) {
    return unary(UnaryKind.SIN, x);
  }

  /**
   * The cosine of angles in radians, as exact as {@link #sin}.
   *
   * {@snippet :
   * Tensor y = cos(x);   // x = [0, 1, 3.141593] gives [1, 0.540302, -1]
   * }
   */
  public static Tensor cos(Tensor x) {
    return unary(UnaryKind.COS, x);
  }

  /**
   * The error function.
   *
   * {@snippet :
   * Tensor y = erf(x);   // x = [0, 1] gives [0, 0.842701]
   * }
   */
  public static Tensor erf(Tensor x) {
    return unary(UnaryKind.ERF, x);
  }

  /**
   * The greatest whole number that is not above.
   *
   * {@snippet :
   * Tensor y = floor(x);   // x = [1.7, -1.2] gives [1, -2]
   * }
   */
  public static Tensor floor(Tensor x) {
    return unary(UnaryKind.FLOOR, x);
  }

  /**
   * As {@link Tensor#abs}.
   *
   * {@snippet :
   * Tensor y = abs(x);   // x = [1, -2] gives [1, 2]
   * }
   */
  public static Tensor abs(Tensor x) {
    return x.abs();
  }

  /**
   * {@code max(x, 0)}.
   *
   * {@snippet :
   * Tensor y = relu(x);   // x = [-1, 2] gives [0, 2]
   * }
   */
  public static Tensor relu(Tensor x) {
    return x.max(0f);
  }

  /**
   * {@code 1/(1 + e^-x)}.
   *
   * {@snippet :
   * Tensor y = sigmoid(x);   // x = [0, 2] gives [0.5, 0.880797]
   * }
   */
  public static Tensor sigmoid(Tensor x) {
    Tensor one = x.evaluator().apply(new Primitive.Constant(1, DType.FLOAT32));
    return one.dividedBy(exp(x.negate()).plus(1f));
  }

  /**
   * {@code x*sigmoid(x)}, also called swish (<a href="https://arxiv.org/abs/1702.03118">Elfwing et
   * al.</a>).
   *
   * {@snippet :
   * Tensor y = silu(x);   // x = [0, 2] gives [0, 1.761594]
   * }
   */
  public static Tensor silu(Tensor x) {
    return x.dividedBy(exp(x.negate()).plus(1f));
  }

  /**
   * {@code x*Phi(x) = x/2*(1 + erf(x/sqrt 2))} (<a
   * href="https://arxiv.org/abs/1606.08415">Hendrycks, Gimpel</a>).
   *
   * {@snippet :
   * Tensor y = gelu(x);   // x = [0, 1] gives [0, 0.841345]
   * }
   */
  public static Tensor gelu(Tensor x) {
    return x.times(0.5f).times(erf(x.times((float) SQRT_HALF)).plus(1f));
  }

  /**
   * The approximation {@code x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715 x^3)))} of {@link #gelu}, same
   * paper.
   *
   * {@snippet :
   * Tensor y = geluTanh(x);   // x = [0, 1] gives [0, 0.841192]
   * }
   */
  public static Tensor geluTanh(Tensor x) {
    Tensor inner =
        x.plus(x.times(x).times(x).times(0.044715f)).times((float) Math.sqrt(2 / Math.PI));
    return x.times(0.5f).times(tanh(inner).plus(1f));
  }

  // Functions of several tensors.

  /**
   * As {@link Tensor#min(Tensor)}.
   *
   * {@snippet :
   * Tensor z = min(x, y);   // x = [1, 5], y = [4, 2] gives [1, 2]
   * }
   */
  public static Tensor min(Tensor a, Tensor b) {
    return a.min(b);
  }

  /**
   * As {@link Tensor#max(Tensor)}.
   *
   * {@snippet :
   * Tensor z = max(x, y);   // x = [1, 5], y = [4, 2] gives [4, 5]
   * }
   */
  public static Tensor max(Tensor a, Tensor b) {
    return a.max(b);
  }

  /**
   * As {@link Tensor#pow(Tensor)}.
   *
   * {@snippet :
   * Tensor z = pow(x, y);   // x = [2, 9], y = [3, 0.5] gives [8, 3]
   * }
   */
  public static Tensor pow(Tensor base, Tensor exponent) {
    return base.pow(exponent);
  }

  /**
   * {@code condition ? yes : no}, element by element with broadcasting; the condition is BOOL.
   *
   * {@snippet :
   * Tensor z = where(x.lessThan(y), x, y);   // x = [1, 5], y = [4, 2] gives [1, 2]
   * }
   */
  public static Tensor where(Tensor condition, Tensor yes, Tensor no) {
    List<Tensor> values = broadcast(yes, no);
    List<Tensor> first = broadcast(condition, values.get(0));
    List<Tensor> second = broadcast(first.get(0), values.get(1));
    Dim[] shape = second.get(0).shape().toArray(Dim[]::new);
    return condition
        .evaluator()
        .apply(
            new Primitive.Select(), second.get(0), first.get(1).broadcastTo(shape), second.get(1));
  }

  /**
   * {@link #where(Tensor, Tensor, Tensor)} with a number for what is not chosen.
   *
   * {@snippet :
   * Tensor y = where(keep, x, -1f);   // keep = [true, false], x = [5, 6] gives [5, -1]
   * }
   */
  public static Tensor where(Tensor condition, Tensor yes, float no) {
    return where(condition, yes, like(yes, no));
  }

  /**
   * {@link #where(Tensor, Tensor, Tensor)} with a number for what is chosen.
   *
   * {@snippet :
   * Tensor y = where(drop, 0f, x);   // drop = [true, false], x = [5, 6] gives [0, 6]
   * }
   */
  public static Tensor where(Tensor condition, float yes, Tensor no) {
    return where(condition, like(no, yes), no);
  }

  /**
   * The position along an axis of x, INT32 of the extent of that axis: {@code [0, 1, .., n-1]}.
   *
   * {@snippet :
   * Tensor places = iota(x, 1);   // x = [[7, 7, 7], [8, 8, 8]] gives [0, 1, 2]
   * }
   */
  public static Tensor iota(Tensor x, int axis) {
    return x.evaluator().apply(new Primitive.Iota(List.of(x.dim(axis)), 0));
  }

  /**
   * A tensor of x's shape and element type filled with the value.
   *
   * {@snippet :
   * Tensor ones = full(x, 1f);   // x = [[7, 7], [8, 8]] gives [[1, 1], [1, 1]]
   * }
   */
  public static Tensor full(Tensor x, float value) {
    return like(x, value).broadcastTo(x.shape().toArray(Dim[]::new));
  }

  /**
   * As {@link Tensor#gather}.
   *
   * {@snippet :
   * Tensor rows = gather(table, 0, ids);   // table = [[1, 2], [3, 4]], INT32 ids = [1, 0] gives [[3, 4], [1, 2]]
   * }
   */
  public static Tensor gather(Tensor table, int axis, Tensor indices) {
    return table.gather(axis, indices);
  }

  /**
   * One after another along the axis.
   *
   * {@snippet :
   * Tensor z = concat(1, x, y);   // x = [[1], [2]], y = [[3, 4], [5, 6]] gives [[1, 3, 4], [2, 5, 6]]
   * }
   */
  public static Tensor concat(int axis, Tensor... parts) {
    if (parts.length == 0) {
      throw new TensorTypeException(Reason.SPECIFICATION, "concat takes at least one tensor");
    }
    int at = axis < 0 ? axis + parts[0].rank() : axis;
    return parts[0].evaluator().apply(new Primitive.Concat(at), List.of(parts));
  }

  /**
   * As {@link Tensor#matmul}.
   *
   * {@snippet :
   * Tensor c = matmul(a, b);   // a = [[1, 2]], b = [[3, 4], [5, 6]] gives [[13, 16]]
   * }
   */
  public static Tensor matmul(Tensor a, Tensor b) {
    if (a.rank() < 2 || b.rank() < 2) {
      throw new TensorTypeException(
          Reason.RANK,
          "matmul takes matrices or batches of them, not " + a.type() + " and " + b.type());
    }
    // Letters from the right: m, n, k for the matrices, then one a batch axis. An axis of 1 against
    // a wider one repeats.
    int batches = Math.max(a.rank(), b.rank()) - 2;
    StringBuilder left = new StringBuilder();
    StringBuilder right = new StringBuilder();
    StringBuilder out = new StringBuilder();
    Tensor x = a;
    Tensor y = b;
    for (int i = batches; i >= 1; i--) {
      char letter = (char) ('A' + i - 1);
      boolean inLeft = x.rank() - 2 >= i;
      boolean inRight = y.rank() - 2 >= i;
      if (inLeft && inRight && !x.dim(-2 - i).equals(y.dim(-2 - i))) {
        if (x.dim(-2 - i).is(1)) {
          x = x.squeeze(-2 - i);
          inLeft = false;
        } else if (y.dim(-2 - i).is(1)) {
          y = y.squeeze(-2 - i);
          inRight = false;
        }
      }
      left.append(inLeft ? letter : "");
      right.append(inRight ? letter : "");
      out.append(letter);
    }
    return contract(left + "mk," + right + "kn->" + out + "mn", x, y);
  }

  /**
   * A contraction of two tensors in Einstein's notation, one letter an axis: {@code
   * einsum("bshd,bthd->bhst", q, k)}. Letters in neither the result nor both operands are refused:
   * sum over them first.
   *
   * {@snippet :
   * Tensor c = einsum("ik,jk->ij", a, b);   // a = [[1, 2]], b = [[3, 4], [5, 6]] gives [[11, 17]]
   * }
   */
  public static Tensor einsum(String equation, Tensor a, Tensor b) {
    return contract(equation, a, b);
  }

  // Composites.

  /**
   * {@code e^(x - max) / sum e^(x - max)} along an axis.
   *
   * {@snippet :
   * Tensor y = softmax(x, -1);   // x = [[1, 1], [0, 1]] gives [[0.5, 0.5], [0.268941, 0.731059]]
   * }
   */
  public static Tensor softmax(Tensor x, int axis) {
    int at = axis < 0 ? axis + x.rank() : axis;
    Tensor exponentials = exp(x.minus(x.maxOver(at).unsqueeze(at)));
    return exponentials.dividedBy(exponentials.sum(at).unsqueeze(at));
  }

  /**
   * {@code (x - mean)/sqrt(variance + eps)*gain + bias} over the last axis (<a
   * href="https://arxiv.org/abs/1607.06450">Ba et al.</a>).
   *
   * {@snippet :
   * // x = [[1, 3], [5, 5]], gain = [1, 2], bias = [0, 10]
   * Tensor y = layerNorm(x, gain, bias, 1e-5f);   // gives [[-1.000, 12.000], [0, 10]]
   * }
   */
  public static Tensor layerNorm(Tensor x, Tensor gain, Tensor bias, float eps) {
    Tensor centred = x.minus(x.mean(-1).unsqueeze(-1));
    Tensor variance = centred.times(centred).mean(-1).unsqueeze(-1);
    return centred.times(rsqrt(variance.plus(eps))).times(gain).plus(bias);
  }

  /**
   * {@code x/sqrt(mean(x^2) + eps)*gain} over the last axis (<a
   * href="https://arxiv.org/abs/1910.07467">Zhang, Sennrich</a>).
   *
   * {@snippet :
   * Tensor y = rmsNorm(x, gain, 1e-6f);   // x = [[3, 4]], gain = [1, 10] gives [[0.848528, 11.31371]]
   * }
   */
  public static Tensor rmsNorm(Tensor x, Tensor gain, float eps) {
    return x.times(rsqrt(x.times(x).mean(-1).unsqueeze(-1).plus(eps))).times(gain);
  }

  /**
   * {@code x W^T}: x is {@code [.., in]}, the weight {@code [out, in]}.
   *
   * {@snippet :
   * Tensor y = linear(x, weight);   // x = [[1, 2]], weight = [[3, 4], [5, 6], [7, 8]] gives [[11, 17, 23]]
   * }
   */
  public static Tensor linear(Tensor x, Tensor weight) {
    StringBuilder lead = new StringBuilder();
    for (int i = 0; i < x.rank() - 1; i++) {
      lead.append((char) ('A' + i));
    }
    return contract(lead + "k,nk->" + lead + "n", x, weight);
  }

  /**
   * {@code x W^T + bias}.
   *
   * {@snippet :
   * // x = [[1, 2]], weight = [[3, 4], [5, 6], [7, 8]], bias = [0, 1, 2]
   * Tensor y = linear(x, weight, bias);   // gives [[11, 18, 25]]
   * }
   */
  public static Tensor linear(Tensor x, Tensor weight, Tensor bias) {
    return linear(x, weight).plus(bias);
  }

  /**
   * {@code x/max(|x|, 1e-12)} over the last axis.
   *
   * {@snippet :
   * Tensor y = l2Normalize(x);   // x = [[3, 4], [0, 2]] gives [[0.6, 0.8], [0, 1]]
   * }
   */
  public static Tensor l2Normalize(Tensor x) {
    Tensor norm = sqrt(x.times(x).sum(-1)).max(1e-12f);
    return x.dividedBy(norm.unsqueeze(-1));
  }

  /**
   * The mean over the tokens whose mask is not 0: x is {@code [B, S, D]}, the mask {@code [B, S]},
   * the result {@code [B, D]}.
   *
   * {@snippet :
   * Tensor y = meanPool(x, mask);   // x = [[[1, 2], [3, 4], [9, 9]]], INT32 mask = [[1, 1, 0]] gives [[2, 3]]
   * }
   */
  public static Tensor meanPool(Tensor x, Tensor mask) {
    Tensor weight = mask.cast(DType.FLOAT32);
    return x.times(weight.unsqueeze(-1)).sum(1).dividedBy(weight.sum(1).max(1e-9f).unsqueeze(-1));
  }

  /**
   * The sum over the tokens whose mask is not 0; shapes as in {@link #meanPool}.
   *
   * {@snippet :
   * Tensor y = sumPool(x, mask);   // x = [[[1, 2], [3, 4], [9, 9]]], INT32 mask = [[1, 1, 0]] gives [[4, 6]]
   * }
   */
  public static Tensor sumPool(Tensor x, Tensor mask) {
    return x.times(mask.cast(DType.FLOAT32).unsqueeze(-1)).sum(1);
  }

  /**
   * The greatest over the tokens whose mask is not 0; shapes as in {@link #meanPool}.
   *
   * {@snippet :
   * Tensor y = maxPool(x, mask);   // x = [[[1, 4], [3, 2], [9, 9]]], INT32 mask = [[1, 1, 0]] gives [[3, 4]]
   * }
   */
  public static Tensor maxPool(Tensor x, Tensor mask) {
    return where(mask.notEqualTo(0f).unsqueeze(-1), x, Float.NEGATIVE_INFINITY).maxOver(1);
  }

  /**
   * Whether an element is among the k greatest of the last axis; of equal ones the first are. For
   * mixtures of experts, whose shares are {@code where(largest(p, k), p, 0f)}.
   *
   * {@snippet :
   * Tensor keep = largest(x, 2);   // x = [[3, 1, 2, 3]] gives [[true, false, false, true]]
   * }
   */
  public static Tensor largest(Tensor x, int k) {
    Tensor own = x.unsqueeze(-1);
    Tensor others = x.unsqueeze(-2);
    Tensor place = iota(x, -1);
    Tensor earlier = place.lessThan(place.unsqueeze(-1));
    Tensor before = others.greaterThan(own).or(others.equalTo(own).and(earlier));
    return before.cast(DType.INT32).sum(-1).lessThan((float) k);
  }

  // Attention.

  /**
   * {@link #attention(Tensor, Tensor, Tensor, AttentionOptions)} over all keys.
   *
   * {@snippet :
   * // One query that likes both keys alike: q = [[[0, 0]]], k = [[[1, 2], [3, 4]]], v = [[[2, 20], [4, 40]]]
   * Tensor y = attention(q, k, v, 2);   // gives [[[3, 30]]]
   * }
   */
  public static Tensor attention(Tensor query, Tensor key, Tensor value, int heads) {
    return attention(query, key, value, AttentionOptions.heads(heads));
  }

  /**
   * {@link #attention(Tensor, Tensor, Tensor, AttentionOptions)} over the keys whose mask is not 0.
   *
   * {@snippet :
   * // q = [[[0, 0]]], k = [[[1, 2], [3, 4]]], v = [[[2, 20], [4, 40]]], INT32 mask = [[1, 0]]
   * Tensor y = attention(q, k, v, 2, mask);   // gives [[[2, 20]]]
   * }
   */
  public static Tensor attention(Tensor query, Tensor key, Tensor value, int heads, Tensor mask) {
    return attention(query, key, value, AttentionOptions.heads(heads).mask(mask));
  }

  /**
   * Scaled dot-product attention with several heads, {@code softmax(Q K^T * scale + bias) V} for
   * each (<a href="https://arxiv.org/abs/1706.03762">Vaswani et al.</a>).
   *
   * {@snippet :
   * // q = [[[0], [0]]], k = [[[1], [2]]], v = [[[2], [4]]]
   * Tensor y = attention(q, k, v, AttentionOptions.heads(1).causal(true));   // gives [[[2], [3]]]
   * }
   *
   * @param query {@code [B, Q, heads*d]}
   * @param key {@code [B, K, heads*d]}
   * @param value {@code [B, K, heads*e]}; e may differ from d
   * @return {@code [B, Q, heads*e]}
   */
  public static Tensor attention(Tensor query, Tensor key, Tensor value, AttentionOptions options) {
    return Attention.of(query, key, value, options);
  }

  // Positions.

  /**
   * Tokens with each head turned by angles that grow with their positions (rotary embedding, <a
   * href="https://arxiv.org/abs/2104.09864">Su et al.</a>), so that products of two of them know
   * how far apart they are. For queries and keys, before attention.
   *
   * {@snippet :
   * // One head of width 2 at the places 0 and 1: x = [[[1, 0], [1, 0]]], INT32 at = [[0, 1]]
   * Tensor y = rotary(x, at, Rotary.heads(1));   // gives [[[1, 0], [0.540302, 0.841471]]]
   * }
   *
   * @param x {@code [B, S, heads*d]}
   * @param positions {@code [B, S]} or {@code [S]}, INT32 or FLOAT32
   * @return as x
   */
  public static Tensor rotary(Tensor x, Tensor positions, Rotary how) {
    return how.turn(x, positions);
  }

  /**
   * What to add to the scores of each head so that it prefers near keys: {@code -slope[head]*|i -
   * j|} with slopes from 1/2 down to 1/256 (<a href="https://arxiv.org/abs/2108.12409">Press et
   * al.</a>), for {@link AttentionOptions#bias}.
   *
   * {@snippet :
   * // Two queries and two keys: q = [[[0], [0]]], k = [[[1], [2]]]
   * Tensor y = alibi(q, k, 8).slice(1, 0, 1);   // gives [[[[0, -0.5], [-0.5, 0]]]]
   * }
   *
   * @param query {@code [B, Q, ..]}
   * @param key {@code [B, K, ..]}
   * @return {@code [1, heads, Q, K]}
   */
  public static Tensor alibi(Tensor query, Tensor key, int heads) {
    return Alibi.bias(query, key, heads);
  }

  /**
   * Which of some buckets the way from each query to each key falls into: half of them hold one
   * distance each, the others ever more, up to the farthest (<a
   * href="https://arxiv.org/abs/1910.10683">T5, Raffel et al.</a>). A table {@code [buckets,
   * heads]} gives the bias for {@link AttentionOptions#bias}:
   *
   * {@snippet :
   * // Keys 0 to 5 seen from the place 5: INT32 queries = [5], INT32 keys = [0, 1, 2, 3, 4, 5]
   * Tensor y = relativeBuckets(queries, keys, 6, 10, false);   // gives [[4, 3, 3, 2, 1, 0]]
   * }
   *
   * {@snippet :
   * // table = [[0.5], [2]], INT32 at = [0, 1]
   * Tensor bias = table.gather(0, relativeBuckets(at, at, 2, 4, false)).transpose(2, 0, 1).unsqueeze(0);   // gives [[[[0.5, 0.5], [2, 0.5]]]]
   * }
   *
   * @param queries places, INT32 {@code [Q]}
   * @param keys places, INT32 {@code [K]}
   * @param buckets an even number of them, of which keys after the query get the upper half if
   *     {@code bothWays}
   * @param farthest distance from which on all share the last bucket
   * @param bothWays whether keys after the query count; otherwise these share bucket 0
   * @return INT32 {@code [Q, K]}
   */
  public static Tensor relativeBuckets(
      Tensor queries, Tensor keys, int buckets, int farthest, boolean bothWays) {
    return RelativeBuckets.of(queries, keys, buckets, farthest, bothWays);
  }

  // Shared pieces.

  /** Both operands repeated to their common shape. */
  static List<Tensor> broadcast(Tensor a, Tensor b) {
    int rank = Math.max(a.rank(), b.rank());
    List<Dim> shape = new ArrayList<>();
    for (int i = rank; i >= 1; i--) {
      Dim x = a.rank() >= i ? a.dim(-i) : Dim.ONE;
      Dim y = b.rank() >= i ? b.dim(-i) : Dim.ONE;
      if (!x.equals(y) && !x.is(1) && !y.is(1)) {
        throw new TensorTypeException(
            Reason.SHAPE,
            a.type()
                + " and "
                + b.type()
                + " do not fit together: from the right, each extent must be equal or 1, but "
                + x
                + " meets "
                + y);
      }
      shape.add(x.is(1) ? y : x);
    }
    Dim[] common = shape.toArray(Dim[]::new);
    return List.of(a.broadcastTo(common), b.broadcastTo(common));
  }

  private static Tensor contract(String equation, Tensor a, Tensor b) {
    int comma = equation.indexOf(',');
    int arrow = equation.indexOf("->");
    if (comma < 0 || arrow < comma) {
      throw new TensorTypeException(
          Reason.SPECIFICATION, "'" + equation + "' is no product: write it like \"bik,bkj->bij\"");
    }
    return a.evaluator()
        .apply(
            new Primitive.Contract(
                equation.substring(0, comma).strip(),
                equation.substring(comma + 1, arrow).strip(),
                equation.substring(arrow + 2).strip()),
            a,
            b);
  }

  private static Tensor like(Tensor x, float value) {
    return x.evaluator().apply(new Primitive.Constant(value, x.dtype()));
  }

  private static Tensor unary(UnaryKind kind, Tensor x) {
    return x.evaluator().apply(new Primitive.Unary(kind), x);
  }
}
