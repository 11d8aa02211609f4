package dev.tilewright.examples.pimgpt;

import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.controller.Arithmetic;
import dev.tilewright.pim.controller.Controller;
import dev.tilewright.pim.decode.DecodePlan;
import dev.tilewright.pim.decode.StepTime;
import dev.tilewright.pim.decode.StepTimer;
import dev.tilewright.pim.decode.TransformerSize;
import dev.tilewright.pim.decode.Work;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.view.SpanChart;
import dev.tilewright.pim.view.SpanPage;
import dev.tilewright.pim.view.TimelinePage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A token of each of PIM-GPT's models at the end of its context: in the memory as the simulator
 * times it, and on this machine as it is measured, in bf16 and with random weights. Writes a page
 * of tokens' breakdowns and one of the commands that compute scores. At last the first model reads
 * some words on this machine and through {@code Device.pim}, for its results and both reports.
 */
public final class PimGptExample {
  private static final Device DEVICE = Device.named("pim-gpt");
  private static final int[] LANES = {128, 2048};

  /** The words that the simulated memory reads itself: about a second each. */
  private static final int WORDS = 8;

  private final PrintStream out;
  private final List<SpanChart> charts = new ArrayList<>();

  private PimGptExample(PrintStream out) {
    this.out = out;
  }

  /** Takes the folder for pages and the names of models with commas between, or none for all. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments.length == 0 ? "target/pim-gpt" : arguments[0]);
    String names = arguments.length < 2 ? "" : arguments[1];
    run(folder, names, Integer.MAX_VALUE, System.out);
  }

  /**
   * Runs it.
   *
   * @param names of models, with commas between; empty for all
   * @param context the longest
   */
  static void run(Path folder, String names, int context, PrintStream out) throws IOException {
    new PimGptExample(out).run(folder, chosen(names), context);
  }

  private static List<SizedModel<?>> chosen(String names) {
    List<SizedModel<?>> all = SizedModel.all();
    if (names.isBlank()) {
      return all;
    }
    List<String> known = all.stream().map(m -> m.size().name()).toList();
    List<String> wanted = Arrays.asList(names.split(","));
    for (String name : wanted) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "no model is called '%s'; there are %s".formatted(name, String.join(", ", known)));
      }
    }
    return all.stream().filter(m -> wanted.contains(m.size().name())).toList();
  }

  private void run(Path folder, List<SizedModel<?>> models, int context) throws IOException {
    out.println("A token at the end of the context; the memory with 128 and 2048 lanes:");
    out.println(
        "| model | tokens | memory, ms | 2048 lanes | this machine, ms | GB/s | memory is faster"
            + " | mJ |");
    out.println("|---|---:|---:|---:|---:|---:|---:|---:|");
    for (SizedModel<?> model : models) {
      row(model, Math.min(context, model.size().context()));
    }
    Files.createDirectories(folder);
    write(
        folder.resolve("token.html"),
        SpanPage.of(
            "A token of PIM-GPT's models",
            "Memory and controller with 128 lanes at 1 GHz take turns.",
            charts));
    write(folder.resolve("scores.html"), scores(models.getFirst().size(), context));
    new OnDevice(out).compare(models.getFirst(), DEVICE.name(), Math.min(context, WORDS));
  }

  private void row(SizedModel<?> model, int tokens) {
    TransformerSize size = model.size();
    DecodePlan plan = new DecodePlan(DEVICE, size);
    List<Work> step = plan.step(0, tokens - 1);
    List<StepTime> times = Arrays.stream(LANES).mapToObj(n -> timer(n).time(step)).toList();
    charts.add(timer(LANES[0]).chart(size.name(), step));
    out.printf(
        Locale.ROOT,
        "| %s | %d | %.3f | %.3f | ",
        size.name(),
        tokens,
        1e3 * times.get(0).seconds(),
        1e3 * times.get(1).seconds());
    out.flush();
    double host = model.measure(tokens);
    out.printf(
        Locale.ROOT,
        "%.1f | %.1f | %.0f to %.0fx | %.2f |%n",
        1e3 * host,
        size.bytesOfAStep(tokens) / host / 1e9,
        host / times.get(0).seconds(),
        host / times.get(1).seconds(),
        1e3 * times.get(0).joules());
  }

  private static StepTimer timer(int lanes) {
    return new StepTimer(DEVICE, new Controller(Arithmetic.FP32, 1e9, lanes));
  }

  /** The commands of one layer's scores. */
  private static String scores(TransformerSize size, int context) {
    int position = Math.min(context, size.context()) - 1;
    for (Work work : new DecodePlan(DEVICE, size).step(0, position)) {
      if (work instanceof Work.OnMemory(Work.Part part, CommandStream stream)
          && part == Work.Part.SCORES) {
        return TimelinePage.of("Scores of a layer of " + size.name(), DEVICE, stream);
      }
    }
    throw new IllegalStateException("a step without scores");
  }

  private void write(Path file, String page) throws IOException {
    Files.writeString(file, page);
    out.println("wrote " + file);
  }
}
