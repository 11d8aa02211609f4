package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.lower.FunctionLowering.WeightUse;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.schema.ModelSchema.Layout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells each kernel of a function where the weight lies that is read next, across steps and calls.
 * Behind its last step a function is expected to be called again, with the weights that lie behind
 * its own: layers of one kind follow each other. A wrong guess costs a prefetch.
 */
final class WeightStreams {
  private final RegionFunction function;
  private final Map<String, LinkedFunction> callees;
  private final List<Lowered> lowered;
  private final Map<WeightUse, Long> offsets = new HashMap<>();
  private final long ownBytes;
  private final List<Optional<Index>> starts;

  /**
   * @param lowered the kernels of the function's runs, in order
   * @param weights the function's own words of the weight table, in order
   */
  WeightStreams(
      RegionFunction function,
      Map<String, LinkedFunction> callees,
      List<Lowered> lowered,
      Map<WeightUse, Integer> weights) {
    this.function = function;
    this.callees = callees;
    this.lowered = lowered;
    long end = 0;
    for (WeightUse use : weights.keySet()) {
      offsets.put(use, end);
      end += use.bytes();
    }
    ownBytes = end;
    starts = starts();
  }

  /** The kernels, which know now what follows them. */
  List<Kernel> kernels() {
    List<Kernel> kernels = new ArrayList<>();
    int step = 0;
    for (Lowered each : lowered) {
      while (!(function.steps().get(step) instanceof RegionFunction.Step.Run)) {
        step++;
      }
      Kernel kernel = each.kernel();
      for (WeightStream stream : each.streams()) {
        Optional<Index> next = first(step + 1);
        long own = offset(each, stream);
        if (next.isPresent()) {
          kernel = stream.followedBy(next.get().minus(Index.of(own)), kernel);
        }
      }
      kernels.add(kernel);
      step++;
    }
    return kernels;
  }

  /**
   * For each step, and for the first of another call of the function, where it starts to read
   * panels: in bytes from the start of the function's weights.
   */
  private List<Optional<Index>> starts() {
    List<Optional<Index>> all = new ArrayList<>();
    long base = ownBytes;
    int run = 0;
    for (RegionFunction.Step step : function.steps()) {
      switch (step) {
        case RegionFunction.Step.Run _ -> {
          Lowered kernel = lowered.get(run++);
          all.add(
              kernel.streams().stream()
                  .findFirst()
                  .map(stream -> stream.firstByte().plus(offset(kernel, stream))));
        }
        case RegionFunction.Step.Call call -> {
          LinkedFunction callee = callees.get(call.function());
          long from = base;
          all.add(callee.firstPanels().map(first -> first.plus(from)));
          base += callee.weightBytes();
        }
      }
    }
    long end = base;
    Optional<Index> again = all.stream().flatMap(Optional::stream).findFirst();
    all.add(again.map(start -> start.plus(end)));
    return all;
  }

  /** Where the function starts to read panels, in bytes from the start of its weights. */
  Optional<Index> first() {
    return first(0);
  }

  private Optional<Index> first(int from) {
    return starts.subList(from, starts.size()).stream().flatMap(Optional::stream).findFirst();
  }

  private long offset(Lowered kernel, WeightStream stream) {
    Layout layout = kernel.layouts().get(stream.name());
    return offsets.get(new WeightUse(function.buffer(stream.name()), layout));
  }
}
