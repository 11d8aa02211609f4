package dev.tilewright.codegen.lower;

import dev.tilewright.Dim;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.fuse.RegionFunction.Buffer;
import dev.tilewright.codegen.fuse.RegionFunction.Source;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.TileProgram.Argument;
import dev.tilewright.codegen.tile.TileProgram.Step;
import dev.tilewright.codegen.tile.TileProgram.TileFunction;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.RaggedAxes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Lowers one function: a kernel for each region, a place for each buffer. */
final class FunctionLowering {
  /** A word of the weight table that the function itself uses. */
  record WeightUse(Buffer buffer, Layout layout) {
    /** What it takes in the runtime's memory, where each word starts at a multiple of 64. */
    long bytes() {
      if (layout instanceof Layout.Session) {
        return 0;
      }
      long first = buffer.type().rank() == 0 ? 1 : buffer.type().dim(0).value();
      long elements = buffer.type().elements().value();
      long padded =
          switch (layout) {
            case Layout.Plain _ -> elements;
            case Layout.Panels panels -> padded(panels, first, elements);
            case Layout.QuantPanels quants ->
                Layout.QuantPanels.HEADER + padded(quants.panels(), first, elements);
            case Layout.ScalePanels scales ->
                Layout.ScalePanels.HEADER / Float.BYTES + padded(scales.panels(), first, elements);
            case Layout.Session _ -> throw new AssertionError("it lies with the session");
          };
      return Math.ceilDiv(padded * buffer.type().dtype().bytes(), 64) * 64;
    }

    private static long padded(Layout.Panels panels, long first, long elements) {
      long columns = panels.transposed() ? elements / first : first;
      return Math.ceilDiv(columns, panels.width()) * panels.width() * (elements / columns);
    }
  }

  private final KeyPieces pieces;
  private final RegionFunction function;
  private final MachineModel machine;
  private final TileChoice choice;
  private final List<RowBlocks> rowBlocks;
  private final ArenaPlan arena;
  private final Map<String, LinkedFunction> callees;
  private final List<Kernel> kernels = new ArrayList<>();
  private final Map<WeightUse, Integer> weights = new LinkedHashMap<>();

  /**
   * @param choice decides the size of tiles
   * @param callees functions lowered before, by name
   */
  FunctionLowering(
      RegionFunction declared,
      MachineModel machine,
      TileChoice choice,
      Map<String, LinkedFunction> callees,
      Trace trace) {
    pieces = KeyPieces.of(declared, machine);
    function = pieces.function();
    this.machine = machine;
    this.choice = choice;
    this.callees = callees;
    this.rowBlocks = RowBlocks.of(function);
    this.arena = ArenaPlan.of(function, rowBlocks, pieces);
    trace.plan(arena.report());
    rowBlocks.forEach(blocks -> explain(blocks, trace));
  }

  private void explain(RowBlocks blocks, Trace trace) {
    String why =
        blocks.end()
            - blocks.first()
            + " steps from here on treat each row by itself, so where rows are many, they run for "
            + blocks.most(function, machine)
            + " of them at a time, which stay in the cache";
    if (function.steps().get(blocks.first()) instanceof RegionFunction.Step.Run(Region region)) {
      trace.explain(new Trace.Decision(function.name(), "row-blocks", true, why, region.origin()));
    }
  }

  LinkedFunction lower() {
    List<Lowered> lowered = new ArrayList<>();
    // Own words of the weight table come first, so they must all be known before the first call is
    // placed.
    List<List<Argument>> runArguments = new ArrayList<>();
    for (int step = 0; step < function.steps().size(); step++) {
      if (function.steps().get(step) instanceof RegionFunction.Step.Run run) {
        lowered.add(lower(run.region(), step));
        runArguments.add(arguments(lowered.getLast(), step));
      }
    }
    List<List<Argument>> callArguments = new ArrayList<>();
    for (RegionFunction.Step step : function.steps()) {
      if (step instanceof RegionFunction.Step.Call call) {
        List<String> buffers = new ArrayList<>(call.arguments());
        buffers.addAll(call.results());
        callArguments.add(
            buffers.stream().map(buffer -> argument(buffer, new Layout.Plain())).toList());
      }
    }
    WeightStreams streams = new WeightStreams(function, callees, lowered, weights);
    kernels.addAll(streams.kernels());
    lowered.forEach(each -> each.then().ifPresent(then -> kernels.add(then.kernel())));
    return link(lowered, runArguments, callArguments, streams.first());
  }

  private LinkedFunction link(
      List<Lowered> lowered,
      List<List<Argument>> runArguments,
      List<List<Argument>> callArguments,
      Optional<Index> firstPanels) {
    List<Step> steps = new ArrayList<>();
    List<LinkedFunction.Callee> called = new ArrayList<>();
    int weightBase = weights.size();
    int siteBase = function.sites().size();
    int runs = 0;
    List<Step.Run> taken = new ArrayList<>();
    for (int number = 0; number < function.steps().size(); number++) {
      switch (function.steps().get(number)) {
        case RegionFunction.Step.Run _ -> {
          Step.Run run = new Step.Run(kernels.get(runs).name(), runArguments.get(runs));
          Optional<Lowered> then = lowered.get(runs).then();
          runs++;
          Optional<RowBlocks> blocks = blocks(number);
          if (blocks.isEmpty()) {
            steps.add(run);
            for (Lowered next : then.stream().toList()) {
              steps.add(new Step.Run(next.kernel().name(), arguments(next, number)));
            }
            continue;
          }
          taken.add(run);
          if (number == blocks.get().end() - 1) {
            steps.add(
                new Step.Blocks(blocks.get().rows(), blocks.get().most(function, machine), taken));
            taken.clear();
          }
        }
        case RegionFunction.Step.Call call -> {
          LinkedFunction callee = callees.get(call.function());
          steps.add(
              new Step.Call(
                  call.function(), callArguments.get(called.size()), weightBase, siteBase));
          called.add(new LinkedFunction.Callee(callee, call.weightPrefix()));
          weightBase += callee.totalWeights();
          siteBase += callee.totalSites();
        }
      }
    }
    TileFunction tile =
        new TileFunction(
            function.name(),
            function.symbols(),
            function.inputs().size() + function.results().size(),
            weights.size(),
            arena.frameBytes(),
            steps);
    return new LinkedFunction(
        function, tile, kernels, List.copyOf(weights.keySet()), called, firstPanels);
  }

  private Lowered lower(Region region, int step) {
    Lowered lowered =
        region.axes().stream()
            .filter(Axis::ragged)
            .findFirst()
            .map(axis -> lower(region.without(axis), step, () -> ofSequence(region, axis)))
            .orElseGet(() -> lower(region, step, () -> scope(region)));
    return lowered.withKernel(located(lowered.kernel(), region));
  }

  /** The kernel with the place of its declaration for readers. */
  private static Kernel located(Kernel kernel, Region region) {
    return new Kernel(
        kernel.name(),
        kernel.symbols(),
        kernel.parameters(),
        kernel.scratch(),
        kernel.body(),
        kernel.comment() + "  @" + region.origin());
  }

  private Lowered lower(Region region, int step, Supplier<KernelScope> scope) {
    return switch (region) {
      case Region.Pointwise pointwise ->
          new PointwiseLowering(machine).lower(pointwise, scope.get());
      case Region.RowReduction row -> new RowReductionLowering(machine).lower(row, scope.get());
      case Region.Contraction contraction ->
          new ContractionLowering(machine, function, choice).lower(contraction, scope);
      case Region.Streamed streamed ->
          new StreamedLowering(machine, choice).lower(streamed, scope, pieces.parts(step));
    };
  }

  private KernelScope scope(Region region) {
    return new KernelScope(function.name() + "_" + region.name(), function.symbols());
  }

  /** For a kernel of one sequence that runs for all. */
  private KernelScope ofSequence(Region region, Axis sequences) {
    RaggedAxes ragged = function.ragged().orElseThrow();
    String own = ragged.own().toString();
    Dim points = Extents.points(region.allAxes());
    boolean squared = RaggedAxes.linear(points, own) == null || ragged.hasOwnSession(points);
    List<String> symbols = function.symbols();
    String table = function.inputs().getLast();
    KernelScope scope = scope(region);
    scope.forEach(
        new SequenceLoop(
            scope, sequences, ragged, table, squared, symbols, function.sites().size() - 1));
    return scope;
  }

  private Optional<RowBlocks> blocks(int step) {
    return rowBlocks.stream().filter(blocks -> blocks.contains(step)).findFirst();
  }

  private List<Argument> arguments(Lowered lowered, int step) {
    List<Argument> arguments = new ArrayList<>();
    for (String buffer : lowered.arguments()) {
      Layout layout = lowered.layouts().getOrDefault(buffer, new Layout.Plain());
      Argument whole = argument(buffer, layout);
      arguments.add(
          blocks(step)
              .flatMap(blocks -> blocks.rowBytes(buffer, function))
              .<Argument>map(
                  bytes ->
                      new Argument.Rows(
                          whole, bytes, blocks(step).orElseThrow().inner().contains(buffer)))
              .orElse(whole));
    }
    return arguments;
  }

  private Argument argument(String name, Layout layout) {
    Buffer buffer = function.buffer(name);
    return switch (buffer.source()) {
      case Source.Input _ -> new Argument.Parameter(function.inputs().indexOf(name));
      case Source.Result _ ->
          new Argument.Parameter(function.inputs().size() + function.results().indexOf(name));
      case Source.Temporary _ -> new Argument.Frame(arena.offsets().get(name));
      case Source.Weight _ -> word(new WeightUse(buffer, layout));
      case Source.State state ->
          word(new WeightUse(buffer, new Layout.Session(state.capacity(), state.window())));
    };
  }

  private Argument word(WeightUse use) {
    return new Argument.Weight(weights.computeIfAbsent(use, _ -> weights.size()));
  }
}
