package dev.tilewright;

import dev.tilewright.op.TensorTypeException;
import dev.tilewright.op.TensorTypeException.Reason;

/** Distances in buckets, of which the farther hold more. */
final class RelativeBuckets {
  private RelativeBuckets() {}

  static Tensor of(Tensor queries, Tensor keys, int buckets, int farthest, boolean bothWays) {
    if (queries.rank() != 1 || keys.rank() != 1) {
      throw new TensorTypeException(
          Reason.RANK,
          "relativeBuckets takes places [Q] and [K], not "
              + queries.type()
              + " and "
              + keys.type());
    }
    int each = bothWays ? buckets / 2 : buckets;
    int exact = each / 2;
    if (each < 2 || each % 2 != 0 || farthest <= exact) {
      throw new TensorTypeException(
          Reason.SPECIFICATION,
          "relativeBuckets takes %s buckets, and a farthest distance above %s, not %s and %s"
              .formatted(bothWays ? "4, 8, 12, .." : "2, 4, 6, ..", exact, buckets, farthest));
    }
    Tensor ahead = keys.minus(queries.unsqueeze(-1));
    Tensor distance = bothWays ? ahead.abs() : ahead.negate().max(0f);
    Tensor bucket = distance.min((float) exact);
    for (int i = exact + 1; i < each; i++) {
      bucket = bucket.plus(distance.atLeast((float) first(i, each, farthest)).cast(DType.INT32));
    }
    return bothWays
        ? bucket.plus(ahead.greaterThan(0f).cast(DType.INT32).times((float) each))
        : bucket;
  }

  /**
   * The least distance n in the bucket or above: with e exact buckets of all, {@code e + (all - e)
   * log(n/e)/log(farthest/e)}, in single precision as transformers computes it, is not below it.
   */
  private static int first(int bucket, int all, int farthest) {
    int exact = all / 2;
    double about = exact * Math.pow((double) farthest / exact, (double) (bucket - exact) / exact);
    int n = Math.max(exact, (int) (about * 0.99999) - 1);
    while (logarithmic(n, exact, all, farthest) < bucket) {
      n++;
    }
    return n;
  }

  private static int logarithmic(int n, int exact, int all, int farthest) {
    float log = (float) Math.log((float) n / exact);
    float share = log / (float) Math.log((double) farthest / exact);
    return exact + (int) (share * (all - exact));
  }
}
