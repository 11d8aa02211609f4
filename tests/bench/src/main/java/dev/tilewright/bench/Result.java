package dev.tilewright.bench;

import java.util.Locale;

/**
 * One line of the table.
 *
 * @param ratioToPeer how many times faster than ONNX Runtime, by medians
 */
record Result(
    String shape,
    String implementation,
    int workers,
    double median,
    double p10,
    double p90,
    double percentOfPeak,
    double ratioToPeer) {
  private static final String PRECISION = "fp32";

  static Result of(
      Shape shape,
      Contender contender,
      int workers,
      Timing timing,
      double peak,
      double peerMedian) {
    double median = timing.quantile(0.5);
    return new Result(
        shape.toString(),
        contender.name(),
        workers,
        median,
        timing.quantile(0.1),
        timing.quantile(0.9),
        100 * shape.flops() / (median / 1e3) / peak,
        peerMedian / median);
  }

  String row() {
    return String.format(
        Locale.ROOT,
        "%-8s %-12s %9.3f %9.3f %9.3f %6.1f%% %6.2fx",
        shape,
        implementation,
        median,
        p10,
        p90,
        percentOfPeak,
        ratioToPeer);
  }

  String json() {
    return String.format(
        Locale.ROOT,
        "{\"case\":\"%s\",\"implementation\":\"%s\",\"precision\":\"%s\",\"workers\":%d,"
            + "\"median_ms\":%.5f,\"p10_ms\":%.5f,\"p90_ms\":%.5f,"
            + "\"percent_of_peak\":%.2f,\"ratio_to_peer\":%.4f}",
        shape,
        implementation,
        PRECISION,
        workers,
        median,
        p10,
        p90,
        percentOfPeak,
        ratioToPeer);
  }
}
