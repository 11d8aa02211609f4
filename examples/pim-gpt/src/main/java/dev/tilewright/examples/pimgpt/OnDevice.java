package dev.tilewright.examples.pimgpt;

import dev.tilewright.CompiledModel;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.runtime.Device;
import dev.tilewright.runtime.DeviceReport;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.io.PrintStream;
import java.util.Locale;

/** The same declared model with the same weights on this machine and in simulated memory. */
final class OnDevice {
  private final PrintStream out;

  OnDevice(PrintStream out) {
    this.out = out;
  }

  /** Reads words on both, one after the other, and prints what the last one took and gave. */
  <M extends CompiledModel> void compare(SizedModel<M> model, String device, int words) {
    Weights weights = SharedWeights.of(model.size(), model.positions(), 1);
    LoadOptions host =
        LoadOptions.defaults().withPrecision(Precision.BFLOAT16).withReusedResults(true);
    LoadOptions memory = LoadOptions.defaults().withDevice(Device.pim(device));
    try (M here = Tilewright.load(model.type(), weights, host);
        M there = Tilewright.load(model.type(), weights, memory);
        Session<M> onHost = Session.open(here);
        Session<M> onDevice = Session.open(there)) {
      float[] expected = {};
      float[] found = {};
      long nanos = 0;
      for (int word = 1; word <= words; word++) {
        long start = System.nanoTime();
        Tensor logits = next(model, onHost, word);
        nanos = System.nanoTime() - start;
        expected = HostTensor.of(logits).toFloats();
        found = HostTensor.of(next(model, onDevice, word)).toFloats();
      }
      print(model, words, nanos * 1e-9, Device.report(onDevice.model()));
      compare(expected, found);
    }
  }

  private static <M extends CompiledModel> Tensor next(
      SizedModel<M> model, Session<M> session, int word) {
    return model.next().apply(session.model(), Tensors.ints(new long[] {1, 1}, new int[] {word}));
  }

  private void print(SizedModel<?> model, int words, double seconds, DeviceReport report) {
    out.printf(
        Locale.ROOT,
        "%nWord %d of %s: this machine %.2f ms; %s %.3f ms, %,d cycles, %.2f mJ, %.2f MB moved%n",
        words,
        model.size().name(),
        1e3 * seconds,
        report.device(),
        1e3 * report.seconds(),
        report.cycles(),
        1e3 * report.joules(),
        report.bytes() / 1e6);
    out.println("| region | place | runs | cycles | us | uJ |");
    out.println("|---|---|---:|---:|---:|---:|");
    for (DeviceReport.Part part : report.parts()) {
      out.printf(
          Locale.ROOT,
          "| %s | %s | %d | %d | %.2f | %.2f |%n",
          part.name(),
          part.place(),
          part.runs(),
          part.cycles(),
          1e6 * part.seconds(),
          1e6 * part.joules());
    }
  }

  private void compare(float[] expected, float[] found) {
    float off = 0;
    int first = 0;
    int second = 0;
    for (int i = 0; i < expected.length; i++) {
      off = Math.max(off, Math.abs(expected[i] - found[i]));
      first = expected[i] > expected[first] ? i : first;
      second = found[i] > found[second] ? i : second;
    }
    out.printf(
        Locale.ROOT,
        "likeliest next word: %d on this machine, %d in memory; logits of up to %.2f differ by"
            + " %.3f%n",
        first,
        second,
        expected[first],
        off);
  }
}
