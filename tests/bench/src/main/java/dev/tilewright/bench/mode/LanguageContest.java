package dev.tilewright.bench.mode;

import dev.tilewright.CompiledModel;
import dev.tilewright.bench.machine.PeakMeter;
import dev.tilewright.bench.measure.Reading;
import dev.tilewright.bench.measure.Samples;
import dev.tilewright.bench.model.LanguageModel;
import dev.tilewright.bench.peer.Compiled;
import dev.tilewright.bench.peer.LlamaBench;
import dev.tilewright.bench.process.Start;
import dev.tilewright.bench.report.JsonLines;
import dev.tilewright.bench.report.Progress;
import dev.tilewright.bench.report.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Ours and llama.cpp over one file after another: prints tables and writes their rows.
 *
 * @param peer llama.cpp, if it is there
 */
record LanguageContest(
    Optional<LlamaBench> peer, PeakMeter meter, JsonLines lines, Progress progress, boolean quick) {
  /** Tokens that are generated behind a context. */
  static final int GENERATED = 32;

  /** What each session holds before sessions generate together. */
  private static final int SHORT = 32;

  /** Tokens that a new process reads. */
  private static final int PROMPT = 16;

  private static final Table RATES =
      new Table(
          new Table.Column("model", -18),
          new Table.Column("workers", 7),
          new Table.Column("case", -14),
          new Table.Column("tokens/s", 9),
          new Table.Column("llama.cpp", 9),
          new Table.Column("ratio", 6),
          new Table.Column("% of read rate", 14));

  private static final Table STARTS =
      new Table(
          new Table.Column("model", -18),
          new Table.Column("workers", 7),
          new Table.Column("first ms", 9),
          new Table.Column("llama.cpp", 9),
          new Table.Column("resident MB", 12),
          new Table.Column("llama.cpp", 9));

  /** Texts read at once, and tokens generated one by one, alone and in sessions together. */
  void rates(LanguageEntrant entrant, int team) throws Exception {
    rates(entrant, entrant.model(), team);
  }

  private <M extends CompiledModel> void rates(
      LanguageEntrant entrant, LanguageModel<M> model, int team) throws Exception {
    progress.show("loading " + entrant.name());
    Map<Integer, Double> read = new LinkedHashMap<>();
    Map<Integer, Double> written = new LinkedHashMap<>();
    Map<Integer, Double> together = new LinkedHashMap<>();
    double memory = meter.readBytes(team);
    try (Reading<M> reading =
        Reading.open(model, entrant.file(), entrant.precision(), team, quick ? 0.3 : 1)) {
      for (int length : entrant.prefill()) {
        progress.show("reading " + length);
        read.put(length, reading.read(length));
      }
      for (int context : entrant.decode()) {
        progress.show("generating behind " + context);
        written.put(context, reading.write(context, GENERATED));
      }
      for (int sessions : entrant.sessions()) {
        progress.show(sessions + " sessions together");
        together.put(sessions, reading.together(sessions, SHORT, GENERATED));
      }
    }
    memory = Math.max(memory, meter.readBytes(team));
    progress.show(LlamaBench.NAME);
    Map<Integer, Double> peerRead = Map.of();
    Map<Integer, Double> peerWritten = Map.of();
    Map<Integer, Double> peerTogether = Map.of();
    int repeats = quick ? 1 : 3;
    if (peer.isPresent() && !read.isEmpty()) {
      peerRead = peer.get().read(entrant.file(), team, entrant.prefill(), repeats);
    }
    if (peer.isPresent() && !written.isEmpty()) {
      peerWritten = peer.get().write(entrant.file(), team, entrant.decode(), GENERATED, repeats);
    }
    if (peer.isPresent() && !together.isEmpty()) {
      peerTogether =
          peer.get().together(entrant.file(), team, entrant.sessions(), SHORT, GENERATED);
    }
    progress.println("\n%.1f GB/s read\n%s".formatted(memory / 1e9, RATES.head()));
    for (Map.Entry<Integer, Double> each : read.entrySet()) {
      OptionalDouble other = optional(peerRead.get(each.getKey()));
      String name = "prefill " + each.getKey();
      rate(entrant, team, name, each.getValue(), other, OptionalDouble.empty());
    }
    for (Map.Entry<Integer, Double> each : written.entrySet()) {
      OptionalDouble other = optional(peerWritten.get(each.getKey()));
      double percent = 100 * each.getValue() * entrant.bytes() / memory;
      String name = "decode " + each.getKey();
      rate(entrant, team, name, each.getValue(), other, OptionalDouble.of(percent));
    }
    for (Map.Entry<Integer, Double> each : together.entrySet()) {
      OptionalDouble other = optional(peerTogether.get(each.getKey()));
      // A call reads the weights once for all sessions.
      double percent = 100 * each.getValue() / each.getKey() * entrant.bytes() / memory;
      String name = "sessions " + each.getKey();
      rate(entrant, team, name, each.getValue(), other, OptionalDouble.of(percent));
    }
  }

  private static OptionalDouble optional(Double value) {
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  private void rate(
      LanguageEntrant entrant,
      int team,
      String name,
      double rate,
      OptionalDouble other,
      OptionalDouble percent)
      throws IOException {
    OptionalDouble ratio =
        other.isPresent() ? OptionalDouble.of(rate / other.getAsDouble()) : other;
    progress.println(
        RATES.line(
            entrant.name(),
            team,
            name,
            Table.number(rate, 1),
            Table.number(other, 1),
            Table.number(ratio, 2),
            Table.number(percent, 1)));
    Map<String, Object> fields = fields(entrant, team, name);
    fields.put("tokens_per_s", rate);
    fields.put("peer_tokens_per_s", other);
    fields.put("ratio_to_peer", ratio);
    fields.put("percent_of_read", percent);
    fields.put("file_bytes", entrant.bytes());
    lines.write(fields);
  }

  /** Processes that load the model and read a few tokens. */
  void starts(LanguageEntrant entrant, int team) throws Exception {
    Path folder = Files.createTempDirectory("tilewright-language");
    Samples first = new Samples();
    Samples resident = new Samples();
    Samples peerFirst = new Samples();
    Samples peerPeak = new Samples();
    try {
      Start start =
          Start.language(folder, entrant.model(), entrant.file(), team, entrant.precision());
      for (int turn = 0; turn < (quick ? 2 : 5); turn++) {
        progress.show("starting processes");
        Start.Took took = start.run(false);
        first.add(took.firstMs());
        resident.add(took.residentMb());
        if (peer.isPresent()) {
          LlamaBench.Took other = peer.get().start(entrant.file(), team, PROMPT);
          peerFirst.add(other.milliseconds());
          peerPeak.add(other.peakMb());
        }
      }
    } finally {
      StartMode.delete(folder);
    }
    OptionalDouble other = median(peerFirst);
    OptionalDouble peak = median(peerPeak);
    progress.println(
        "\n%s\n%s"
            .formatted(
                STARTS.head(),
                STARTS.line(
                    entrant.name(),
                    team,
                    Table.number(first.median(), 0),
                    Table.number(other, 0),
                    Table.number(resident.median(), 0),
                    Table.number(peak, 0))));
    Map<String, Object> fields = fields(entrant, team, "start");
    fields.put("first_ms", first.median());
    fields.put("resident_mb", resident.median());
    fields.put("peer_first_ms", other);
    fields.put("peer_peak_mb", peak);
    lines.write(fields);
  }

  private static OptionalDouble median(Samples samples) {
    return samples.count() == 0 ? OptionalDouble.empty() : OptionalDouble.of(samples.median());
  }

  private static Map<String, Object> fields(LanguageEntrant entrant, int team, String name) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("case", name);
    fields.put("implementation", Compiled.NAME + " " + entrant.model().name());
    fields.put("precision", entrant.weights());
    fields.put("workers", team);
    return fields;
  }
}
