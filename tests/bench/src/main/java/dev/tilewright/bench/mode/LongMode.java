package dev.tilewright.bench.mode;

import dev.tilewright.Tensor;
import dev.tilewright.bench.machine.PeakMeter;
import dev.tilewright.bench.machine.Peaks;
import dev.tilewright.bench.measure.Bursts;
import dev.tilewright.bench.measure.Call;
import dev.tilewright.bench.measure.Samples;
import dev.tilewright.bench.model.LongEncoder;
import dev.tilewright.bench.model.RandomWeights;
import dev.tilewright.bench.peer.Batch;
import dev.tilewright.bench.peer.EncoderSize;
import dev.tilewright.bench.peer.Precision;
import dev.tilewright.bench.report.JsonLines;
import dev.tilewright.bench.report.Progress;
import dev.tilewright.bench.report.Table;
import dev.tilewright.examples.search.EncoderLayer;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How time and memory grow with the length of a text. */
@Command(
    name = "long",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Time and memory of long texts: two layers of MiniLM's with 16,384 positions, attention",
      "streamed, beside the same declaration in a form that cannot be streamed."
    })
public final class LongMode implements Callable<Integer> {
  private static final EncoderSize SIZE =
      new EncoderSize(LongEncoder.LAYERS, EncoderLayer.DIM, EncoderLayer.FFN, false);

  private static final Table TABLE =
      new Table(
          new Table.Column("tokens", 7),
          new Table.Column("attention", -9),
          new Table.Column("arena MB", 10),
          new Table.Column("median ms", 11),
          new Table.Column("p10", 10),
          new Table.Column("p90", 10),
          new Table.Column("% of peak", 10));

  @Option(
      names = "--tokens",
      split = ",",
      description = "Lengths (512 to 16384 in doubles; with --quick to 4096).")
  private List<Integer> lengths;

  @Option(
      names = "--unfused-up-to",
      defaultValue = "4096",
      description = {
        "The longest text to time in the unfused form (default: ${DEFAULT-VALUE}); its memory is",
        "told for all."
      })
  private int most;

  @Option(
      names = "--workers",
      defaultValue = "2",
      description = "Threads (default: ${DEFAULT-VALUE}).")
  private int workers;

  @Mixin private Output output;

  private LongMode() {}

  @Override
  public Integer call() throws Exception {
    List<Integer> all =
        lengths != null
            ? lengths
            : output.quick()
                ? List.of(512, 1024, 2048, 4096)
                : List.of(512, 1024, 2048, 4096, 8192, 16384);
    Progress progress = new Progress(System.out, all.size());
    LoadOptions options = LoadOptions.defaults().withWorkers(workers);
    try (JsonLines lines = output.open("long");
        PeakMeter meter = new PeakMeter();
        LongEncoder model =
            Tilewright.load(LongEncoder.class, RandomWeights.longEncoder(), options)) {
      Peaks peaks = meter.measure(workers);
      progress.println("\n" + peaks.describe() + "\n" + TABLE.head());
      for (int tokens : all) {
        progress.show(tokens + " tokens");
        Batch batch = text(tokens);
        Tensor ids = Tensors.ints(new long[] {1, tokens}, batch.ids());
        Tensor mask = Tensors.ints(new long[] {1, tokens}, batch.mask());
        Call streamed = () -> model.embed(ids, mask);
        Call unfused = () -> model.embedUnfused(ids);
        List<Call> calls = tokens <= most ? List.of(streamed, unfused) : List.of(streamed);
        List<Samples> times = new Bursts(output.quick() ? 0.3 : 1, 1).alternate(calls);
        long bytes = model.peakBytes("embed", 1, tokens);
        double flops = SIZE.flops(batch);
        lines.write(row(progress, "streamed", tokens, bytes, times.get(0), flops, peaks));
        bytes = model.peakBytes("embedUnfused", 1, tokens);
        Samples slow = calls.size() == 2 ? times.get(1) : new Samples();
        lines.write(row(progress, "unfused", tokens, bytes, slow, flops, peaks));
        progress.step();
      }
      System.out.println("\n" + lines.file());
    }
    return 0;
  }

  private static Batch text(int tokens) {
    int[] ids = new int[tokens];
    Arrays.setAll(ids, i -> i * 37 % LongEncoder.WORDS);
    return new Batch("1x" + tokens, new int[][] {ids});
  }

  private static Map<String, Object> row(
      Progress progress,
      String attention,
      int tokens,
      long bytes,
      Samples times,
      double flops,
      Peaks peaks) {
    OptionalDouble median = quantile(times, 0.5);
    OptionalDouble percent =
        median.isPresent()
            ? peaks.percent(Precision.FP32.arithmetic(), flops, median.getAsDouble())
            : median;
    progress.println(
        TABLE.line(
            tokens,
            attention,
            Table.number(bytes / 1e6, 1),
            Table.number(median, 1),
            Table.number(quantile(times, 0.1), 1),
            Table.number(quantile(times, 0.9), 1),
            Table.number(percent, 1)));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("case", "1x" + tokens);
    fields.put("implementation", "tilewright " + attention);
    fields.put("precision", Precision.FP32.label());
    fields.put("workers", peaks.threads());
    fields.put("median_ms", median);
    fields.put("p10_ms", quantile(times, 0.1));
    fields.put("p90_ms", quantile(times, 0.9));
    fields.put("percent_of_peak", percent);
    fields.put("tokens", tokens);
    fields.put("peak_bytes", bytes);
    return fields;
  }

  private static OptionalDouble quantile(Samples times, double share) {
    return times.count() == 0 ? OptionalDouble.empty() : OptionalDouble.of(times.quantile(share));
  }
}
