package dev.tilewright.codegen.lower;

import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.fuse.RegionFunction.Source;
import dev.tilewright.codegen.graph.Origin;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.codegen.tile.TileProgram;
import dev.tilewright.codegen.tile.TileProgram.TileFunction;
import dev.tilewright.schema.ModelSchema.Limit;
import dev.tilewright.schema.ModelSchema.Part;
import dev.tilewright.schema.ModelSchema.Site;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A lowered function with those it calls: knows the whole tree's memory, weights, sites and limits.
 *
 * @param weights its own words of the weight table
 * @param callees one a call, in order
 * @param firstPanels where a worker starts to read packed weights, in bytes from the start of the
 *     function's weights; empty if it reads none
 */
record LinkedFunction(
    RegionFunction source,
    TileFunction tile,
    List<Kernel> kernels,
    List<FunctionLowering.WeightUse> weights,
    List<Callee> callees,
    Optional<Index> firstPanels) {
  /** A call and what it puts before the callee's weights. */
  record Callee(LinkedFunction function, String weightPrefix) {}

  LinkedFunction {
    kernels = List.copyOf(kernels);
    weights = List.copyOf(weights);
    callees = List.copyOf(callees);
  }

  int totalWeights() {
    return weights.size()
        + callees.stream().mapToInt(callee -> callee.function().totalWeights()).sum();
  }

  /** What the weights of the whole tree take. */
  long weightBytes() {
    return weights.stream().mapToLong(FunctionLowering.WeightUse::bytes).sum()
        + callees.stream().mapToLong(callee -> callee.function().weightBytes()).sum();
  }

  int totalSites() {
    return source.sites().size()
        + callees.stream().mapToInt(callee -> callee.function().totalSites()).sum();
  }

  /** Own frame and the largest callee's, which lies behind it. */
  Dim arenaBytes() {
    Dim largest = Dim.ZERO;
    for (Callee callee : callees) {
      largest = upperBound(largest, callee.function().arenaBytes());
    }
    return tile.frameBytes().plus(largest);
  }

  Dim scratchBytes() {
    Dim largest = Dim.ZERO;
    for (Kernel kernel : kernels) {
      largest = upperBound(largest, kernel.scratchBytes());
    }
    for (Callee callee : callees) {
      largest = upperBound(largest, callee.function().scratchBytes());
    }
    return largest;
  }

  /** Its words of the weight table under a prefix, then its callees'. */
  List<WeightRecipe> recipes(String prefix) {
    List<WeightRecipe> recipes = new ArrayList<>();
    for (FunctionLowering.WeightUse use : weights) {
      recipes.add(recipe(use, prefix));
    }
    callees.forEach(
        callee -> recipes.addAll(callee.function().recipes(prefix + callee.weightPrefix())));
    return recipes;
  }

  private static WeightRecipe recipe(FunctionLowering.WeightUse use, String prefix) {
    if (use.buffer().source() instanceof Source.State state) {
      Part part = new Part(prefix + state.name(), use.buffer().type(), where(state.origin()));
      return new WeightRecipe(use.layout(), List.of(part));
    }
    Source.Weight weight = (Source.Weight) use.buffer().source();
    List<Part> parts =
        weight.parts().stream()
            .map(part -> new Part(prefix + part.name(), part.type(), where(part.origin())))
            .toList();
    return new WeightRecipe(use.layout(), parts, weight.steps());
  }

  List<Site> sites() {
    List<Site> sites = new ArrayList<>();
    source.sites().forEach(site -> sites.add(new Site(site.bound(), where(site.origin()))));
    callees.forEach(callee -> sites.addAll(callee.function().sites()));
    return sites;
  }

  /** The kernels that a call of it runs, in order. */
  List<String> steps() {
    List<String> steps = new ArrayList<>();
    int called = 0;
    for (TileProgram.Step step : tile.steps()) {
      switch (step) {
        case TileProgram.Step.Run run -> steps.add(run.kernel());
        case TileProgram.Step.Blocks blocks ->
            blocks.runs().forEach(run -> steps.add(run.kernel()));
        case TileProgram.Step.Call _ -> steps.addAll(callees.get(called++).function().steps());
      }
    }
    return steps;
  }

  /** What must hold for the symbols, each once. */
  List<Limit> limits() {
    List<Limit> limits = new ArrayList<>();
    for (RegionFunction.Limit limit : source.limits()) {
      if (!limit.left().isProvablyAtMost(limit.right())) {
        limits.add(new Limit(limit.left(), limit.right(), where(limit.origin())));
      }
    }
    callees.forEach(callee -> limits.addAll(callee.function().limits()));
    return limits.stream().distinct().toList();
  }

  /** The greater, or where that depends on the extents, the sum. */
  private static Dim upperBound(Dim a, Dim b) {
    if (a.isProvablyAtMost(b)) {
      return b;
    }
    return b.isProvablyAtMost(a) ? a : a.plus(b);
  }

  private static String where(Origin origin) {
    return (origin + " " + origin.text()).replaceAll("\\s+", " ").strip();
  }
}
