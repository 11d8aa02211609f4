package dev.tilewright;

import static dev.tilewright.Operators.iota;
import static dev.tilewright.Operators.softmax;
import static dev.tilewright.Operators.tanh;
import static dev.tilewright.Operators.where;

import dev.tilewright.op.Primitive;
import dev.tilewright.op.TensorTypeException;
import dev.tilewright.op.TensorTypeException.Reason;

/**
 * Attention in other operators. Queries are split into {@code [B, Q, G, R, d]}, R heads for each of
 * G heads of keys and values.
 */
final class Attention {
  private Attention() {}

  static Tensor of(Tensor query, Tensor key, Tensor value, AttentionOptions options) {
    if (query.rank() != 3 || key.rank() != 3 || value.rank() != 3) {
      throw new TensorTypeException(
          Reason.RANK,
          "attention takes [batch, tokens, width] tensors, not "
              + query.type()
              + ", "
              + key.type()
              + ", "
              + value.type());
    }
    int heads = options.heads();
    int groups = options.keyHeads();
    if (groups < 1 || heads % groups != 0) {
      throw new TensorTypeException(
          Reason.SHAPE, groups + " heads of keys do not divide " + heads + " heads of queries");
    }
    Tensor q = split(query, heads);
    Tensor k = split(key, groups);
    Tensor v = split(value, groups);
    boolean grouped = groups < heads;
    if (grouped) {
      q = q.unflatten(2, groups, -1);
    }
    Tensor scores = Operators.einsum(grouped ? "bqgrd,bkgd->bgrqk" : "bqhd,bkhd->bhqk", q, k);
    scores = adjust(scores, q, options);
    if (options.bias() != null) {
      scores = scores.plus(grouped ? grouped(options.bias(), heads, groups) : options.bias());
    }
    scores = masked(scores, options);
    Tensor attended =
        Operators.einsum(grouped ? "bgrqk,bkge->bqgre" : "bhqk,bkhe->bqhe", softmax(scores, -1), v);
    return attended.flatten(2, -1);
  }

  /** Scaled and bent. */
  private static Tensor adjust(Tensor scores, Tensor q, AttentionOptions options) {
    float scale =
        options.scale() == null
            ? (float) (1 / Math.sqrt((double) q.dim(-1).value()))
            : options.scale();
    Tensor scaled = scores.times(scale);
    return options.softCap() == null
        ? scaled
        : tanh(scaled.times(1 / options.softCap())).times(options.softCap());
  }

  /** The lowest score where a key takes no part; the last two axes are queries and keys. */
  private static Tensor masked(Tensor scores, AttentionOptions options) {
    Tensor masked = scores;
    if (options.mask() != null) {
      Tensor mask = options.mask();
      Tensor keep = mask.dtype() == DType.BOOL ? mask : mask.notEqualTo(0f);
      // [B, K] to [B, 1, .., K]
      for (int axis = scores.rank(); axis > 2; axis--) {
        keep = keep.unsqueeze(1);
      }
      masked = where(keep, masked, -Float.MAX_VALUE);
    }
    if (options.causal() || options.window() != null) {
      Tensor keys = iota(scores, -1);
      Tensor queries = places(scores).unsqueeze(-1);
      if (options.causal()) {
        masked = where(keys.atMost(queries), masked, -Float.MAX_VALUE);
      }
      if (options.ends() != null) {
        Tensor ends = ofKeys(scores, options.ends());
        masked = where(queries.lessThan(ends), masked, -Float.MAX_VALUE);
        keys = keys.min(ofKeys(scores, options.depths()));
        queries = among(scores, options.depths()).unsqueeze(-1);
      }
      if (options.window() != null) {
        Tensor near = keys.minus(queries).abs().atMost((float) options.window());
        masked = where(near, masked, -Float.MAX_VALUE);
      }
    }
    return masked;
  }

  /** Where the queries stand among the keys: the last is at the last key. */
  private static Tensor places(Tensor scores) {
    return behind(scores, iota(scores, -2));
  }

  /** Numbers of rows of a call as numbers of keys. */
  private static Tensor behind(Tensor scores, Tensor rows) {
    Dim before = before(scores);
    return before.is(0) ? rows : rows.plus(scores.evaluator().apply(new Primitive.Extent(before)));
  }

  /** How many keys there are before those of the call. */
  private static Dim before(Tensor scores) {
    return scores.dim(-1).minus(scores.dim(-2));
  }

  /** {@code [B, Q]} numbers of rows of a call as {@code [B, 1, .., Q]} numbers of keys. */
  private static Tensor among(Tensor scores, Tensor rows) {
    Tensor among = behind(scores, rows);
    for (int axis = scores.rank(); axis > 3; axis--) {
      among = among.unsqueeze(1);
    }
    return among;
  }

  /** The same as {@code [B, 1, .., K]}, and more than any number for the keys before. */
  private static Tensor ofKeys(Tensor scores, Tensor rows) {
    Tensor among = among(scores, rows);
    Primitive pad =
        new Primitive.Pad(among.rank() - 1, before(scores), Dim.ZERO, Integer.MAX_VALUE);
    return scores.evaluator().apply(pad, among).unsqueeze(-2);
  }

  /** What repeats to {@code [B, heads, Q, K]} as what repeats to {@code [B, G, R, Q, K]}. */
  private static Tensor grouped(Tensor bias, int heads, int groups) {
    if (bias.rank() < 3) {
      return bias;
    }
    int axis = bias.rank() - 3;
    return bias.dim(axis).is(heads) ? bias.unflatten(axis, groups, -1) : bias.unsqueeze(axis);
  }

  private static Tensor split(Tensor x, int heads) {
    Dim width = x.dim(2);
    if (heads < 1 || (width.isKnown() && width.value() % heads != 0)) {
      throw new TensorTypeException(
          Reason.SHAPE, heads + " heads do not divide the width of " + x.type());
    }
    return x.unflatten(2, heads, -1);
  }
}
