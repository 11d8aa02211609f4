package dev.tilewright;

import static dev.tilewright.Operators.concat;
import static dev.tilewright.Operators.cos;
import static dev.tilewright.Operators.exp;
import static dev.tilewright.Operators.iota;
import static dev.tilewright.Operators.sin;

import dev.tilewright.op.TensorTypeException;
import dev.tilewright.op.TensorTypeException.Reason;

/**
 * How {@link Operators#rotary} turns. Pair i of a head's first {@code width} elements is turned by
 * {@code position * scale * base^(-2i/width) / factors[i]}.
 *
 * {@snippet :
 * Rotary llama = Rotary.heads(9).base(100_000);
 * Rotary gptj = Rotary.heads(16).interleaved(true).width(64);
 * }
 *
 * @param heads how many heads the tokens are split into
 * @param base of the frequencies
 * @param interleaved whether pairs are neighbours {@code (2i, 2i+1)}, or else {@code (i, i +
 *     width/2)}
 * @param width how many elements of a head are turned; 0 for all
 * @param scale what positions are multiplied by
 * @param factors {@code [width/2]}, what angles are divided by; null for nothing
 * @param stretch how slow pairs are slowed further; null for not at all
 */
public record Rotary(
    int heads,
    double base,
    boolean interleaved,
    int width,
    double scale,
    Tensor factors,
    Stretch stretch) {
  /**
   * Slow pairs turn more slowly, so that a model reads further than it was trained to: the
   * frequency f of pair i becomes {@code f*(keep + (1 - keep)/factor)}, where keep rises from 0 to
   * 1 as {@code (measure - from)/(to - from)}.
   *
   * @param factor how many times further
   * @param turns whether the measure is how often a pair turns in so many tokens, or else -i
   * @param tokens that count, if turns do
   * @param from the measure up to which pairs are slowed by the whole factor
   * @param to the measure from which on pairs are left alone
   * @param gain what turned elements are multiplied by
   */
  public record Stretch(
      double factor, boolean turns, double tokens, double from, double to, double gain) {
    Tensor slowed(Tensor frequencies, Tensor pairs) {
      Tensor measure = turns ? frequencies.times((float) (tokens / (2 * Math.PI))) : pairs.negate();
      Tensor rise = measure.minus((float) from).times((float) (1 / (to - from)));
      Tensor keep = rise.max(0f).min(1f);
      return frequencies.times(keep.times((float) (1 - 1 / factor)).plus((float) (1 / factor)));
    }
  }

  /**
   * Of so many heads, turned whole, of base 10,000, in halves.
   *
   * {@snippet :
   * Rotary how = Rotary.heads(12);
   * }
   */
  public static Rotary heads(int heads) {
    return new Rotary(heads, 10_000, false, 0, 1, null, null);
  }

  /**
   * With frequencies of another base (theta).
   *
   * {@snippet :
   * Rotary how = Rotary.heads(9).base(100_000);
   * }
   */
  public Rotary base(double newBase) {
    return new Rotary(heads, newBase, interleaved, width, scale, factors, stretch);
  }

  /**
   * With neighbours as pairs, as GPT-J and files converted for llama.cpp have them, or with the
   * halves of a head, as GPT-NeoX and transformers have them.
   *
   * {@snippet :
   * // x = [[[1, 0, 0, 0]]], INT32 at = [[1]]
   * Tensor y = rotary(x, at, Rotary.heads(1).interleaved(true));   // gives [[[0.540302, 0.841471, 0, 0]]]
   * }
   */
  public Rotary interleaved(boolean newInterleaved) {
    return new Rotary(heads, base, newInterleaved, width, scale, factors, stretch);
  }

  /**
   * With the first elements of each head turned and the others left alone.
   *
   * {@snippet :
   * // x = [[[1, 0, 5, 6]]], INT32 at = [[1]]
   * Tensor y = rotary(x, at, Rotary.heads(1).width(2));   // gives [[[0.540302, 0.841471, 5, 6]]]
   * }
   */
  public Rotary width(int newWidth) {
    return new Rotary(heads, base, interleaved, newWidth, scale, factors, stretch);
  }

  /**
   * With positions multiplied: 1/4 stretches a model to four times its length (<a
   * href="https://arxiv.org/abs/2306.15595">Chen et al.</a>).
   *
   * {@snippet :
   * // x = [[[1, 0]]], INT32 at = [[4]]
   * Tensor y = rotary(x, at, Rotary.heads(1).scale(0.25));   // gives [[[0.540302, 0.841471]]]
   * }
   */
  public Rotary scale(double newScale) {
    return new Rotary(heads, base, interleaved, width, newScale, factors, stretch);
  }

  /**
   * With the angles of each pair divided by a factor of its own, as Llama 3.1 and LongRoPE do.
   *
   * {@snippet :
   * // x = [[[1, 0]]], INT32 at = [[2]], factors = [2]
   * Tensor y = rotary(x, at, Rotary.heads(1).factors(factors));   // gives [[[0.540302, 0.841471]]]
   * }
   */
  public Rotary factors(Tensor newFactors) {
    return new Rotary(heads, base, interleaved, width, scale, newFactors, stretch);
  }

  /**
   * Stretched as Llama 3.1 is (<a href="https://arxiv.org/abs/2407.21783">Dubey et al.</a>): pairs
   * that turn less than {@code low} times in the tokens of the training are slowed by the whole
   * factor, those that turn more than {@code high} times not at all.
   *
   * {@snippet :
   * // x = [[[1, 0]]], INT32 at = [[2]]
   * Tensor y = rotary(x, at, Rotary.heads(1).llama3(2, 1, 4, 5));   // gives [[[0.540302, 0.841471]]]
   * }
   */
  public Rotary llama3(double factor, double low, double high, int tokens) {
    Stretch slowed = new Stretch(factor, true, tokens, low, high, 1);
    return new Rotary(heads, base, interleaved, width, scale, factors, slowed);
  }

  /**
   * Stretched by YaRN (<a href="https://arxiv.org/abs/2309.00071">Peng et al.</a>): pairs that turn
   * less than once in the tokens of the training are slowed by the whole factor, those that turn
   * more than 32 times not at all; results grow by {@code 0.1 ln(factor) + 1}.
   *
   * {@snippet :
   * // x = [[[1, 0]]], INT32 at = [[1]]
   * Tensor y = rotary(x, at, Rotary.heads(1).yarn(2, 2, 8));   // gives [[[0.577753, 0.899797]]]
   * }
   *
   * @param turned how many elements of a head are turned
   */
  public Rotary yarn(double factor, int turned, int tokens) {
    double fast = Math.max(0, Math.floor(pair(32, turned, tokens)));
    double slow = Math.min(turned - 1, Math.ceil(pair(1, turned, tokens)));
    double end = slow == fast ? slow + 0.001 : slow;
    Stretch slowed = new Stretch(factor, false, 0, -end, -fast, 0.1 * Math.log(factor) + 1);
    return new Rotary(heads, base, interleaved, width, scale, factors, slowed);
  }

  /** The pair, not a whole number, that turns so often in the tokens. */
  private double pair(double turns, int turned, int tokens) {
    return turned * Math.log(tokens / (turns * 2 * Math.PI)) / (2 * Math.log(base));
  }

  Tensor turn(Tensor x, Tensor positions) {
    if (x.rank() != 3 || !x.dim(2).isKnown()) {
      throw new TensorTypeException(
          Reason.RANK, "rotary takes [batch, tokens, width] of known width, not " + x.type());
    }
    long all = x.dim(2).value();
    if (heads < 1 || all % heads != 0) {
      throw new TensorTypeException(
          Reason.SHAPE, heads + " heads do not divide the width of " + x.type());
    }
    long head = all / heads;
    long turned = width == 0 ? head : width;
    if (turned < 2 || turned > head || turned % 2 != 0) {
      throw new TensorTypeException(
          Reason.SHAPE,
          turned
              + " elements of heads of "
              + head
              + " cannot be turned: take an even number of them");
    }
    Tensor split = x.unflatten(2, heads, -1);
    Tensor angles = angles(split, positions, turned);
    Tensor result = turn(split.slice(3, 0, turned), cos(angles), sin(angles), turned / 2);
    if (stretch != null && stretch.gain() != 1) {
      result = result.times((float) stretch.gain());
    }
    if (turned < head) {
      result = concat(3, result, split.slice(3, turned, head));
    }
    return result.flatten(2, 3);
  }

  /** {@code [B, S, 1, turned/2]}, or without B. */
  private Tensor angles(Tensor x, Tensor positions, long turned) {
    Tensor pairs = iota(x.slice(3, 0, turned / 2), 3).cast(DType.FLOAT32);
    Tensor frequencies = exp(pairs.times((float) (-2 * Math.log(base) / turned)));
    if (factors != null) {
      frequencies = frequencies.dividedBy(factors);
    }
    if (stretch != null) {
      frequencies = stretch.slowed(frequencies, pairs);
    }
    Tensor at = positions.cast(DType.FLOAT32).times((float) scale);
    return at.unsqueeze(-1).times(frequencies).unsqueeze(-2);
  }

  private Tensor turn(Tensor x, Tensor cos, Tensor sin, long pairs) {
    if (interleaved) {
      Tensor split = x.unflatten(3, pairs, 2);
      Tensor even = split.select(4, 0);
      Tensor odd = split.select(4, 1);
      Tensor newEven = even.times(cos).minus(odd.times(sin));
      Tensor newOdd = odd.times(cos).plus(even.times(sin));
      return concat(4, newEven.unsqueeze(-1), newOdd.unsqueeze(-1)).flatten(3, 4);
    }
    Tensor first = x.slice(3, 0, pairs);
    Tensor second = x.slice(3, pairs, 2 * pairs);
    return concat(
        3, first.times(cos).minus(second.times(sin)), second.times(cos).plus(first.times(sin)));
  }
}
