package dev.tilewright.processor.tune;

import dev.tilewright.processor.tune.Measurer.Burst;
import dev.tilewright.schema.Profile.KernelTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * How much longer the second of two libraries takes than the first for each product. A round is a
 * burst of either; what its two bursts have in common, such as a slow machine, cancels in
 *
 * <pre>x = ln(time of the second / time of the first)</pre>
 *
 * Rounds that follow each other are taken together as their median, so that what interrupts a burst
 * does not count. Over these groups the median and the upper quartile of x are taken, and of either
 * the mean over all cases that have the product.
 *
 * @param products by product, in order
 * @param call the same of whole calls
 */
record Comparison(Map<String, Score> products, Score call) {
  /** What a change must gain at least, as a share. */
  private static final double LEAST = 0.01;

  private static final int GROUPS = 15;

  /**
   * @param median below 0 if the second is faster
   * @param upperQuartile three quarters of all groups were below
   */
  record Score(double median, double upperQuartile) {
    /** Whether the second was clearly faster in three quarters of all groups. */
    boolean isFaster() {
      return upperQuartile < -LEAST;
    }

    /** Which share of the time is saved. */
    double gain() {
      return -Math.expm1(median);
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%+.1f %% of time, in three quarters of the rounds below %+.1f %%",
          100 * Math.expm1(median),
          100 * Math.expm1(upperQuartile));
    }
  }

  static Comparison of(List<Burst> bursts, Variant first, Variant second) {
    Map<String, Map<Integer, List<Double>>> ratios = new TreeMap<>();
    Map<Integer, List<Double>> calls = new HashMap<>();
    for (int i = 0; i + 1 < bursts.size(); i += 2) {
      boolean turned = bursts.get(i).second();
      Burst one = bursts.get(turned ? i + 1 : i);
      Burst two = bursts.get(turned ? i : i + 1);
      Map<String, Double> before = first.times(one.profile());
      Map<String, Double> after = second.times(two.profile());
      before.forEach(
          (product, time) -> {
            Double other = after.get(product);
            if (other != null && time > 0 && other > 0) {
              add(ratios.computeIfAbsent(product, _ -> new HashMap<>()), one.of(), other / time);
            }
          });
      add(calls, one.of(), total(two) / total(one));
    }
    Map<String, Score> scores = new TreeMap<>();
    ratios.forEach((product, cases) -> scores.put(product, score(cases)));
    return new Comparison(scores, score(calls));
  }

  private static void add(Map<Integer, List<Double>> cases, int of, double ratio) {
    cases.computeIfAbsent(of, _ -> new ArrayList<>()).add(Math.log(ratio));
  }

  private static double total(Burst burst) {
    return burst.profile().kernels().stream().mapToDouble(KernelTime::nanos).sum();
  }

  private static Score score(Map<Integer, List<Double>> cases) {
    double median = 0;
    double upper = 0;
    for (List<Double> rounds : cases.values()) {
      List<Double> groups = groups(rounds);
      median += groups.get(groups.size() / 2) / cases.size();
      upper += groups.get(groups.size() * 3 / 4) / cases.size();
    }
    return new Score(median, upper);
  }

  /** The medians of rounds that ran one after another, sorted. */
  private static List<Double> groups(List<Double> rounds) {
    List<Double> medians = new ArrayList<>();
    int groups = Math.min(GROUPS, rounds.size());
    for (int i = 0; i < groups; i++) {
      int from = i * rounds.size() / groups;
      int to = (i + 1) * rounds.size() / groups;
      medians.add(rounds.subList(from, to).stream().sorted().toList().get((to - from) / 2));
    }
    return medians.stream().sorted().toList();
  }
}
