package dev.tilewright.pim.decode;

import dev.tilewright.pim.controller.Arithmetic;
import dev.tilewright.pim.controller.Controller;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The table of PIM-GPT's eight models: what a token takes at the end of the context. */
public final class PimGptReport {
  private PimGptReport() {}

  /**
   * A Markdown table, a row a model.
   *
   * @param lanes of the controller, which adds and multiplies in fp32
   */
  public static String table(int lanes) {
    StringBuilder table =
        new StringBuilder(
            """
            | model | tokens | 8 channels, ms | 16 channels | 32 channels | 100 MHz | other work | row hits | mJ | off-chip MB | of a processor's | rows |
            |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
            """);
    Device device = Device.named("pim-gpt");
    for (TransformerSize size : TransformerSize.PIM_GPT) {
      DecodePlan plan = new DecodePlan(device, size);
      StepTime time = time(device, plan, 1e9, lanes);
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %d | %.3f | %.2fx | %.2fx | +%.1f %% | %.2f %% | %.2f %% | %.2f | %.2f |"
                  + " 1/%.0f | %d |%n",
              size.name(),
              size.context(),
              1e3 * time.seconds(),
              time.seconds() / channels(device, size, 16, lanes).seconds(),
              time.seconds() / channels(device, size, 32, lanes).seconds(),
              100 * (time(device, plan, 1e8, lanes).seconds() / time.seconds() - 1),
              100 * time.otherShare(),
              100 * time.rowHits(),
              1e3 * time.joules(),
              time.bytes() / 1e6,
              size.bytesOfAStep(size.context()) / (double) time.bytes(),
              plan.rows()));
    }
    return table.toString();
  }

  /** A Markdown table of the parts of a token, in the order of their first work. */
  public static String parts(int lanes) {
    StringBuilder table = new StringBuilder("| model | ");
    table.append(
        Arrays.stream(Work.Part.values())
            .map(p -> p.name().toLowerCase(Locale.ROOT).replace('_', ' '))
            .collect(Collectors.joining(" | ")));
    table.append(" |\n|---|").append("---:|".repeat(Work.Part.values().length)).append('\n');
    Device device = Device.named("pim-gpt");
    for (TransformerSize size : TransformerSize.PIM_GPT) {
      StepTime time = time(device, new DecodePlan(device, size), 1e9, lanes);
      table.append("| ").append(size.name());
      for (Work.Part part : Work.Part.values()) {
        table.append(
            String.format(Locale.ROOT, " | %.1f %%", 100 * time.seconds(part) / time.seconds()));
      }
      table.append(" |\n");
    }
    return table.toString();
  }

  /** A Markdown table of tokens whose controller works beside the memory, where it can. */
  public static String overlap(int lanes) {
    StringBuilder table =
        new StringBuilder(
            """
            | model | in turns, ms | overlapped, ms | other work that shows | 100 MHz, in turns | overlapped |
            |---|---:|---:|---:|---:|---:|
            """);
    Device device = Device.named("pim-gpt");
    for (TransformerSize size : TransformerSize.PIM_GPT) {
      DecodePlan plan = new DecodePlan(device, size);
      StepTime fast = time(device, plan, 1e9, lanes);
      StepTime slow = time(device, plan, 1e8, lanes);
      double overlapped = Overlap.seconds(plan, fast);
      double matrices = fast.seconds() * (1 - fast.otherShare());
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %.3f | %.3f | %.2f %% | +%.1f %% | +%.1f %% |%n",
              size.name(),
              1e3 * fast.seconds(),
              1e3 * overlapped,
              100 * (1 - matrices / overlapped),
              100 * (slow.seconds() / fast.seconds() - 1),
              100 * (Overlap.seconds(plan, slow) / overlapped - 1)));
    }
    return table.toString();
  }

  private static StepTime channels(Device device, TransformerSize size, int channels, int lanes) {
    Device wider = device.with(Parameter.CHANNELS, channels);
    return time(wider, new DecodePlan(wider, size), 1e9, lanes);
  }

  /** A step at the end of the context, with a controller of that clock. */
  static StepTime time(Device device, DecodePlan plan, double hertz, int lanes) {
    Controller controller = new Controller(Arithmetic.FP32, hertz, lanes);
    return new StepTimer(device, controller).time(plan.step(0, plan.size().context() - 1));
  }

  /** Prints a table for each number of lanes that is given, or for 128. */
  public static void main(String[] arguments) {
    for (String lanes : arguments.length == 0 ? new String[] {"128"} : arguments) {
      System.out.println(table(Integer.parseInt(lanes)));
    }
  }
}
