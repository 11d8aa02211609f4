package dev.tilewright.bench;

import java.util.ArrayList;
import java.util.List;

/** The times of single calls. */
final class Timing {
  private final List<Double> millis = new ArrayList<>();

  /** Calls once unmeasured, then as often as asked. */
  void burst(Contender contender, int calls) throws Exception {
    contender.call();
    for (int i = 0; i < calls; i++) {
      long start = System.nanoTime();
      contender.call();
      millis.add((System.nanoTime() - start) / 1e6);
    }
  }

  double quantile(double share) {
    List<Double> sorted = millis.stream().sorted().toList();
    return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(share * sorted.size())));
  }
}
