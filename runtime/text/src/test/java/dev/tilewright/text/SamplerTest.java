package dev.tilewright.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final SamplingOptions WARM = SamplingOptions.greedy().withTemperature(1);

  @Property(tries = 1000)
  void onlyWhatTheLimitsLeaveIsDrawn(
      @ForAll @Size(min = 1, max = 40) List<@FloatRange(min = -9, max = 9) Float> numbers,
      @ForAll @IntRange(max = 45) int topK,
      @ForAll @FloatRange(min = 0.01f, max = 1) float topP,
      @ForAll @FloatRange(max = 1) float minP,
      @ForAll long seed) {
    float[] logits = array(numbers);
    SamplingOptions options =
        WARM.withTopK(topK).withTopP(topP).withMinP(minP).withTemperature(3).withSeed(seed);
    Sampler sampler = new Sampler(options);
    List<Integer> allowed = allowed(logits, options);
    for (int i = 0; i < 10; i++) {
      assertThat(allowed).contains(sampler.sample(logits));
    }
    Sampler again = new Sampler(options);
    IntStream.range(0, 10)
        .forEach(i -> assertThat(again.sample(logits)).isEqualTo(sampler.history().get(i)));
  }

  /** What the record's description says, by sorting; sums of floats this near 1 are not decided. */
  private static List<Integer> allowed(float[] logits, SamplingOptions options) {
    List<Integer> order =
        IntStream.range(0, logits.length)
            .boxed()
            .sorted((a, b) -> Float.compare(logits[b], logits[a]))
            .limit(options.topK() == 0 ? logits.length : options.topK())
            .toList();
    double greatest = Math.exp(logits[order.getFirst()]);
    double sum = order.stream().mapToDouble(i -> Math.exp(logits[i])).sum();
    double before = 0;
    int kept = 0;
    for (int i : order) {
      double weight = Math.exp(logits[i]);
      boolean in = before < options.topP() * sum * (1 + 1e-12);
      if (kept > 0 && (!in || weight < options.minP() * greatest * (1 - 1e-12))) {
        break;
      }
      before += weight;
      kept++;
    }
    return order.subList(0, kept);
  }

  @Property
  void greedyTakesTheFirstOfTheGreatest(
      @ForAll @Size(min = 1, max = 20) List<@IntRange(min = -2, max = 2) Integer> numbers) {
    float[] logits = new float[numbers.size()];
    IntStream.range(0, logits.length).forEach(i -> logits[i] = numbers.get(i));
    int best = numbers.indexOf(numbers.stream().max(Integer::compare).orElseThrow());
    assertThat(new Sampler(SamplingOptions.greedy()).sample(logits)).isEqualTo(best);
    assertThat(new Sampler(WARM.withTopK(1)).sample(logits)).isEqualTo(best);
  }

  /**
   * Hoeffding: a frequency in N draws is off by more than e with probability 2 exp(-2 N e^2) at
   * most, which is 1e-9 for e = sqrt(ln(2e9) / 2N).
   */
  @Test
  void frequenciesAreTheSoftmaxOfTheTemperature() {
    int draws = 100_000;
    double bound = Math.sqrt(Math.log(2e9) / (2.0 * draws));
    float[] logits = {0.5f, -1, 2, 1.5f, Float.NEGATIVE_INFINITY, 0};
    for (float temperature : new float[] {0.3f, 1, 2}) {
      for (SamplingOptions options : List.of(WARM, WARM.withTopK(6), WARM.withTopK(3))) {
        double[] wanted = new double[6];
        for (int i : allowed(logits, options)) {
          wanted[i] = Math.exp(logits[i] / temperature);
        }
        double sum = Arrays.stream(wanted).sum();
        Sampler sampler = new Sampler(options.withTemperature(temperature).withSeed(7));
        int[] counts = new int[6];
        for (int i = 0; i < draws; i++) {
          counts[sampler.sample(logits)]++;
        }
        for (int i = 0; i < 6; i++) {
          assertThat((double) counts[i] / draws)
              .isBetween(wanted[i] / sum - bound, wanted[i] / sum + bound);
        }
        assertThat(counts[4]).isZero();
      }
    }
  }

  /** SplitMix64 gives 0xE220A8397B1DCDAF first from the state 0. */
  @Test
  void theGeneratorIsTheOneSpecified() {
    assertThat(new Sampler(WARM).sample(new float[1 << 20])).isEqualTo(0xE220A);
  }

  @Test
  void penaltiesFollowTheirFormula() {
    SamplingOptions options = SamplingOptions.greedy().withPenalties(2, 0.25f, 0.5f, 3);
    Sampler sampler = new Sampler(options);
    for (int token : new int[] {3, 0, 1, 0}) {
      sampler.accept(token);
    }
    // 0 stands twice among the last three, 1 once, 3 no more: 4/2 - 2/4 - 1/2, -1*2 - 1/4 - 1/2.
    assertThat(sampler.sample(new float[] {4, -1, 0.75f, 0.875f})).isEqualTo(0);
    Sampler other = new Sampler(options);
    other.accept(0);
    other.accept(0);
    assertThat(other.sample(new float[] {4, 0, 1.125f, 0})).isEqualTo(2);
  }

  @Test
  void processorsSeeTheHistoryAndForbid() {
    LogitsProcessor noTwice =
        (logits, history) -> {
          for (int i = 0; i < history.size(); i++) {
            logits[history.get(i)] = Float.NEGATIVE_INFINITY;
          }
        };
    float[] logits = {1, 3, 2};
    Sampler sampler = new Sampler(SamplingOptions.greedy().withProcessors(noTwice));
    assertThat(new int[] {sampler.sample(logits), sampler.sample(logits), sampler.sample(logits)})
        .containsExactly(1, 2, 0);
    assertThat(logits).containsExactly(1, 3, 2);
    assertThatThrownBy(() -> sampler.sample(logits))
        .hasMessageContaining("All tokens are forbidden");
    sampler.truncate(1);
    assertThat(sampler.sample(logits)).isEqualTo(2);
  }

  @Test
  void unusableNumbersAreRefused() {
    Sampler sampler = new Sampler(SamplingOptions.greedy());
    assertThatThrownBy(() -> sampler.sample(new float[0])).hasMessageContaining("no logits");
    assertThatThrownBy(() -> sampler.sample(new float[] {1, Float.NaN}))
        .hasMessageContaining("token 1 is NaN");
    assertThatThrownBy(() -> WARM.withTopP(0)).hasMessageContaining("topP must be above 0");
    assertThatThrownBy(() -> WARM.withTemperature(Float.NaN)).hasMessageContaining("temperature");
    assertThatThrownBy(() -> sampler.truncate(1)).hasMessageContaining("cannot be cut");
  }

  @Test
  void nothingIsAllocatedAfterTheFirstToken() {
    SamplingOptions options =
        WARM.withTopK(40).withTopP(0.9f).withMinP(0.05f).withPenalties(1.1f, 0.1f, 0.1f, 64);
    float[] logits = new float[50_000];
    Random random = new Random(3);
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextGaussian() * 3;
    }
    Sampler sampler = new Sampler(options);
    sampler.sample(logits);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    threads.getCurrentThreadAllocatedBytes();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 300; i++) {
      sampler.sample(logits);
    }
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isZero();
  }

  private static float[] array(List<Float> numbers) {
    float[] array = new float[numbers.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = numbers.get(i);
    }
    return array;
  }
}
