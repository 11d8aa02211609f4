package dev.tilewright.bench.mode;

import dev.tilewright.bench.machine.PeakMeter;
import dev.tilewright.bench.machine.Peaks;
import dev.tilewright.bench.measure.Bursts;
import dev.tilewright.bench.measure.Call;
import dev.tilewright.bench.measure.Samples;
import dev.tilewright.bench.peer.Batch;
import dev.tilewright.bench.peer.Contender;
import dev.tilewright.bench.peer.EncoderSize;
import dev.tilewright.bench.peer.Precision;
import dev.tilewright.bench.report.JsonLines;
import dev.tilewright.bench.report.Progress;
import dev.tilewright.bench.report.Row;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * Several implementations of one encoder over the same batches.
 *
 * @param bursts how they take turns
 * @param size what they compute
 * @param peer the implementation that all are compared with
 * @param bits how wide vectors may be whose peak is measured
 */
record Contest(Bursts bursts, EncoderSize size, String peer, int bits) {
  /** Beside the peak of the widest vectors that the CPU has. */
  Contest(Bursts bursts, EncoderSize size, String peer) {
    this(bursts, size, peer, Integer.MAX_VALUE);
  }

  /** Loads implementations, with so many workers each. */
  interface Loader {
    List<Contender> load(int workers, Progress progress) throws Exception;
  }

  /** All batches with each number of workers: prints a table and writes its rows. */
  void run(List<Batch> batches, List<Integer> workers, Loader loader, JsonLines lines)
      throws Exception {
    Progress progress = new Progress(System.out, batches.size() * workers.size());
    try (PeakMeter meter = new PeakMeter(bits)) {
      for (int team : workers) {
        progress.show("the machine's peaks, " + team + " thread(s)");
        Peaks peaks = meter.measure(team);
        progress.println("\n" + peaks.describe());
        lines.write(PeakLines.fields(peaks));
        List<Contender> all = loader.load(team, progress);
        try {
          progress.println(Row.TABLE.head());
          for (Batch batch : batches) {
            progress.show(batch.name());
            for (Row row : measure(batch, all, peaks)) {
              progress.println(Row.TABLE.line(row.cells()));
              lines.write(row.fields());
            }
            progress.step();
          }
        } finally {
          all.forEach(Contender::close);
        }
      }
    }
  }

  /** A row for each of the contenders that take the batch, in their order. */
  private List<Row> measure(Batch batch, List<Contender> offered, Peaks peaks) throws Exception {
    List<Contender> all = offered.stream().filter(each -> each.takes(batch)).toList();
    for (Contender contender : all) {
      contender.prepare(batch);
    }
    List<Samples> samples = bursts.alternate(all.stream().<Call>map(c -> c::call).toList());
    double flops = size.flops(batch);
    return IntStream.range(0, all.size())
        .mapToObj(
            i -> {
              Contender contender = all.get(i);
              Samples times = samples.get(i);
              Precision precision = contender.precision();
              Precision peers = peers(all, precision);
              return new Row(
                  batch.name(),
                  contender.name(),
                  precision.label(),
                  peaks.threads(),
                  times,
                  peaks.percent(precision.arithmetic(), flops, times.median()),
                  peer + " " + peers,
                  median(all, samples, peers));
            })
        .toList();
  }

  /** The peer's precision to compare with; fp32, which every peer has, if it lacks that. */
  private Precision peers(List<Contender> all, Precision precision) {
    return all.stream().anyMatch(each -> isPeer(each, precision.peers()))
        ? precision.peers()
        : Precision.FP32;
  }

  private boolean isPeer(Contender contender, Precision precision) {
    return contender.name().equals(peer) && contender.precision() == precision;
  }

  private OptionalDouble median(List<Contender> all, List<Samples> samples, Precision precision) {
    return IntStream.range(0, all.size())
        .filter(i -> isPeer(all.get(i), precision))
        .mapToDouble(i -> samples.get(i).median())
        .findFirst();
  }
}
