package dev.tilewright.bench.measure;

import java.util.ArrayList;
import java.util.List;

/**
 * Lets several implementations take turns, burst by burst, so that a machine that slows down slows
 * all of them. Between bursts all rest until the threads of the last one have stopped waiting
 * busily for more work (ONNX Runtime's do so for up to 20 ms, on processors that the next one
 * needs). What a burst begins with is not counted: it pays for cold caches and threads that wake.
 *
 * @param seconds how long one implementation is measured, unless its calls are long
 * @param rounds how often each has its turn at least
 */
public record Bursts(double seconds, int rounds) {
  private static final int MOST_ROUNDS = 8;
  private static final double SETTLE_MS = 15;
  private static final long REST_MS = 40;

  /** Longer calls are not repeated to settle: what the start costs them is lost in the rest. */
  private static final double LONG_MS = 50;

  /** Milliseconds of single calls, in the order of what was called. */
  public List<Samples> alternate(List<Call> calls) throws Exception {
    List<Double> lengths = new ArrayList<>();
    List<Samples> samples = new ArrayList<>();
    double round = 0;
    for (Call call : calls) {
      double length = warmUp(call);
      lengths.add(length);
      samples.add(new Samples());
      round += Math.max(burst(), length);
    }
    int turns = (int) (1e3 * seconds * calls.size() / round);
    for (int turn = 0; turn < Math.clamp(turns, rounds, MOST_ROUNDS); turn++) {
      for (int i = 0; i < calls.size(); i++) {
        double length = lengths.get(i);
        Thread.sleep(REST_MS);
        if (length < LONG_MS) {
          settle(calls.get(i));
        }
        int count = (int) Math.max(1, Math.round(burst() / length));
        for (int k = 0; k < count; k++) {
          samples.get(i).add(millis(calls.get(i)));
        }
      }
    }
    return samples;
  }

  private double burst() {
    return 1e3 * seconds / MOST_ROUNDS;
  }

  /** Calls until compilers and caches have settled, and returns how long a call then takes. */
  private double warmUp(Call call) throws Exception {
    double first = millis(call);
    double total = first;
    double best = first;
    for (int i = 1; i < 3 || (total < burst() && i < 2000); i++) {
      if (first > 10 * LONG_MS) {
        break;
      }
      double time = millis(call);
      total += time;
      best = Math.min(best, time);
    }
    return best;
  }

  private static void settle(Call call) throws Exception {
    double total = 0;
    while (total < SETTLE_MS) {
      total += millis(call);
    }
  }

  /** How long one call takes. */
  public static double millis(Call call) throws Exception {
    long start = System.nanoTime();
    call.run();
    return (System.nanoTime() - start) / 1e6;
  }
}
