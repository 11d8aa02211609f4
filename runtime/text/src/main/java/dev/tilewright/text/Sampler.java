package dev.tilewright.text;

import java.util.Objects;

/**
 * Chooses token after token from logits, as {@link SamplingOptions} say. The same options and
 * logits give the same tokens on every machine. After the first token nothing is allocated, apart
 * from the history as it doubles. Not safe for use by several threads.
 *
 * <p>Random numbers come from SplitMix64 (Steele, Lea and Flood, Fast Splittable Pseudorandom
 * Number Generators, 2014) with the seed as its state; each drawn token takes one, of which the
 * upper 53 bits are a fraction of 1. A token is drawn where the running sum of probabilities, the
 * greatest first, exceeds this fraction of their sum; if neither topK nor topP nor minP limits the
 * choice, the sum runs in the order of ids.
 *
 * {@snippet :
 * Sampler sampler = new Sampler(SamplingOptions.greedy().withTemperature(0.7f).withSeed(1));
 * for (int id : prompt) {
 *   sampler.accept(id);
 * }
 * int next = sampler.sample(logits);
 * }
 */
public final class Sampler {
  private final SamplingOptions options;
  private final LogitsProcessor[] processors;
  private final TokenHistory history = new TokenHistory();
  private long state;
  private float[] scores = {};
  private int[] counts = {};
  private double[] weights = {};
  private Candidates candidates = new Candidates(0);

  /** A sampler with an empty history. */
  public Sampler(SamplingOptions options) {
    this.options = options;
    this.processors = options.processors().toArray(LogitsProcessor[]::new);
    this.state = options.seed();
  }

  /** How tokens are chosen. */
  public SamplingOptions options() {
    return options;
  }

  /** The tokens so far. */
  public TokenHistory history() {
    return history;
  }

  /** Counts a token of the prompt, for penalties and processors. */
  public void accept(int token) {
    history.add(token);
  }

  /**
   * Forgets all but the first tokens, as when a model's state is rolled back. Random numbers go on.
   *
   * @throws IllegalArgumentException if there are fewer tokens
   */
  public void truncate(int length) {
    history.truncate(length);
  }

  /**
   * Chooses a token and takes it into the history.
   *
   * @param logits one for each token; left as they are
   * @throws IllegalArgumentException if there are none, one is not a number or positive infinity,
   *     or all are negative infinity, also after the processors
   */
  public int sample(float[] logits) {
    return sample(logits, 0, logits.length);
  }

  /**
   * Chooses a token by one row of several, as {@link #sample(float[])} does.
   *
   * @param logits left as they are
   * @param from where the row begins
   * @param to where it ends
   * @throws IndexOutOfBoundsException if there are not so many logits
   * @throws IllegalArgumentException as {@link #sample(float[])}
   */
  public int sample(float[] logits, int from, int to) {
    Objects.checkFromToIndex(from, to, logits.length);
    load(logits, from, to - from);
    for (LogitsProcessor processor : processors) {
      processor.process(scores, history);
    }
    if (options.penalises()) {
      penalise();
    }
    int best = best();
    int token = options.temperature() == 0 ? best : draw(scores[best]);
    history.add(token);
    return token;
  }

  private void load(float[] logits, int from, int count) {
    if (count == 0) {
      throw new IllegalArgumentException("There are no logits to choose from.");
    }
    if (scores.length != count) {
      scores = new float[count];
      counts = new int[count];
      weights = new double[count];
      candidates = new Candidates(count);
    }
    System.arraycopy(logits, from, scores, 0, count);
  }

  private void penalise() {
    int window = options.penaltyWindow() == 0 ? history.size() : options.penaltyWindow();
    int first = Math.max(0, history.size() - window);
    for (int i = first; i < history.size(); i++) {
      counts[known(history.get(i))]++;
    }
    for (int i = first; i < history.size(); i++) {
      int token = history.get(i);
      if (counts[token] > 0) {
        float score = scores[token];
        float repetition = options.repetitionPenalty();
        scores[token] =
            (score > 0 ? score / repetition : score * repetition)
                - counts[token] * options.frequencyPenalty()
                - options.presencePenalty();
        counts[token] = 0;
      }
    }
  }

  private int known(int token) {
    if (token < 0 || token >= counts.length) {
      throw new IllegalArgumentException(
          "The history has the token %d, but there are %d logits.".formatted(token, counts.length));
    }
    return token;
  }

  private int best() {
    int best = 0;
    for (int i = 0; i < scores.length; i++) {
      if (Float.isNaN(scores[i]) || scores[i] == Float.POSITIVE_INFINITY) {
        throw new IllegalArgumentException(
            "The logit of token %d is %s; finite numbers are wanted, or negative infinity."
                .formatted(i, scores[i]));
      }
      if (scores[i] > scores[best]) {
        best = i;
      }
    }
    if (scores[best] == Float.NEGATIVE_INFINITY) {
      throw new IllegalArgumentException("All tokens are forbidden: every logit is -Infinity.");
    }
    return best;
  }

  private int draw(float greatest) {
    boolean limited = options.topK() > 0 || options.topP() < 1 || options.minP() > 0;
    int kept = limited ? select(greatest) : scores.length;
    double sum = 0;
    for (int i = 0; i < kept; i++) {
      int token = limited ? candidates.token(i) : i;
      sum += Math.exp(((double) scores[token] - greatest) / options.temperature());
      weights[i] = sum;
    }
    double limit = fraction() * sum;
    int chosen = 0;
    while (chosen < kept - 1 && weights[chosen] <= limit) {
      chosen++;
    }
    return limited ? candidates.token(chosen) : lastPossible(chosen);
  }

  /** Rounding may leave the limit at the sum itself, where tokens of probability 0 follow. */
  private int lastPossible(int chosen) {
    int token = chosen;
    while (scores[token] == Float.NEGATIVE_INFINITY) {
      token--;
    }
    return token;
  }

  /** Brings the tokens that may be drawn to the front of the candidates, the greatest first. */
  private int select(float greatest) {
    candidates.heap(scores);
    int most = options.topK() == 0 ? scores.length : Math.min(options.topK(), scores.length);
    double sum = 0;
    if (options.topP() < 1) {
      sum = options.topK() == 0 ? sumOfAll(greatest) : sumOfBest(most, greatest);
    }
    double running = 0;
    int kept = 0;
    while (kept < most && (kept == 0 || running < options.topP() * sum || options.topP() == 1)) {
      float score = scores[candidates.next(kept)];
      double weight = Math.exp((double) score - greatest);
      if (kept > 0 && (weight < options.minP() || score == Float.NEGATIVE_INFINITY)) {
        break;
      }
      running += weight;
      kept++;
    }
    return kept;
  }

  private double sumOfAll(float greatest) {
    double sum = 0;
    for (float score : scores) {
      sum += Math.exp((double) score - greatest);
    }
    return sum;
  }

  private double sumOfBest(int most, float greatest) {
    double sum = 0;
    for (int i = 0; i < most; i++) {
      sum += Math.exp((double) scores[candidates.next(i)] - greatest);
    }
    return sum;
  }

  private double fraction() {
    state += 0x9E3779B97F4A7C15L;
    long mixed = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return ((mixed ^ (mixed >>> 31)) >>> 11) * 0x1p-53;
  }
}
