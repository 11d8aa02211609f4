package dev.tilewright.target.pim;

import dev.tilewright.State;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.fuse.RegionFunction.Source;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.op.Primitive.ReduceKind;
import dev.tilewright.pim.map.Attention;
import dev.tilewright.pim.map.AttentionMap;
import dev.tilewright.pim.map.AttentionSize;
import dev.tilewright.pim.map.CapacityException;
import dev.tilewright.pim.map.MatrixMap;
import dev.tilewright.pim.map.Product;
import dev.tilewright.pim.map.RowAllocator;
import dev.tilewright.pim.place.MemoryClock;
import dev.tilewright.pim.timing.TimingSimulator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * What regions take in each place when one token is decoded at the end of the context that the
 * states declare: every other symbol is 1. So a place follows from the declaration alone, and a
 * token is computed alike in a prompt and by itself.
 */
final class Costs {
  private final Machine machine;
  private final MemoryClock clock;
  private final TimingSimulator simulator;
  private final Map<Object, Double> known = new HashMap<>();
  private final OnController probe;
  private final long context;

  Costs(Machine machine, List<RegionFunction> functions) {
    this.machine = machine;
    clock = new MemoryClock(machine.device());
    simulator = new TimingSimulator(machine.device());
    probe = new OnController(machine.controller());
    context = context(functions);
  }

  private static long context(List<RegionFunction> functions) {
    long longest = 1;
    for (RegionFunction function : functions) {
      for (RegionFunction.Buffer buffer : function.buffers()) {
        if (buffer.source() instanceof Source.State state) {
          longest = Math.max(longest, state.capacity());
        }
      }
    }
    return longest;
  }

  /** What the costs are of, for plans. */
  String describe() {
    return "%s, 1 token at the end of %d".formatted(machine.device().name(), context);
  }

  double handover() {
    return machine.handover();
  }

  long extent(Axis axis) {
    return Math.max(
        0,
        axis.extent()
            .evaluate(
                symbol ->
                    symbol.equals(State.CONTEXT) || symbol.equals(State.RECENT) ? context : 1));
  }

  /** Seconds of a region in a place that can compute it, without handovers. */
  double seconds(Region region, RegionFunction function, Place place) {
    double products =
        switch (region) {
          case Region.Pointwise _, Region.RowReduction _ -> 0;
          case Region.Contraction product ->
              place.inMemory()
                  ? inMemory(MatrixUse.of(product, function).orElseThrow())
                  : machine.products(product, function, this::extent);
          case Region.Streamed stream ->
              place.inMemory()
                  ? inMemory(CacheUse.of(stream, function).orElseThrow())
                  : machine.products(stream, function, this::extent);
        };
    ToLongFunction<Axis> extent = this::extent;
    return products
        + switch (place.unit()) {
          case CONTROLLER -> {
            Operations operations = new Operations();
            Effort.count(region, order(region, function, place), extent, operations);
            yield OnController.seconds(machine.controller(), operations.count, operations.folds);
          }
          case HOST -> {
            Numbers numbers = new Numbers();
            Effort.count(region, order(region, function, place), extent, numbers);
            yield numbers.count / machine.vectors().elementsPerSecond();
          }
        };
  }

  /** The independent axes in the order in which they are gone through. */
  private static List<Axis> order(Region region, RegionFunction function, Place place) {
    List<Axis> order = new ArrayList<>();
    if (place.inMemory()) {
      switch (region) {
        case Region.Contraction product -> {
          MatrixUse use = MatrixUse.of(product, function).orElseThrow();
          order.addAll(use.rows());
          order.addAll(use.outputs());
        }
        case Region.Streamed stream -> {
          CacheUse use = CacheUse.of(stream, function).orElseThrow();
          order.add(use.queries());
          order.addAll(use.keyAxes());
          order.addAll(use.sharedAxes());
        }
        case Region.Pointwise _, Region.RowReduction _ -> {}
      }
      return order;
    }
    return region.axes();
  }

  private double inMemory(MatrixUse use) {
    double rows = 1;
    for (Axis axis : use.rows()) {
      rows *= extent(axis);
    }
    List<Integer> size = List.of(use.outputCount(), use.depthCount());
    double each =
        timed(
            size,
            () -> {
              RowAllocator free = new RowAllocator(machine.device());
              MatrixMap matrix = MatrixMap.of(free, "matrix", use.outputCount(), use.depthCount());
              return clock.seconds(new Product(matrix).stream()) + machine.chunkSums(matrix);
            });
    return rows * each;
  }

  private double inMemory(CacheUse use) {
    AttentionSize size = use.size();
    double each =
        timed(
            size,
            () -> {
              RowAllocator free = new RowAllocator(machine.device());
              Attention attention = new Attention(new AttentionMap(free, "cache", size));
              int tokens = size.context();
              return simulator.run(attention.append(tokens - 1)).seconds()
                  + clock.seconds(attention.scores(tokens))
                  + clock.seconds(attention.weightedSum(tokens));
            });
    return extent(use.queries()) * each;
  }

  /** What does not fit costs nothing here: mapping refuses it, at its place. */
  private double timed(Object key, Supplier<Double> time) {
    return known.computeIfAbsent(
        key,
        _ -> {
          try {
            return time.get();
          } catch (CapacityException _) {
            return 0.0;
          }
        });
  }

  /** What the controller's lanes do. */
  private final class Operations implements Effort.Counter {
    private double count;
    private double folds;

    @Override
    public void operation(Element element, double times) {
      long before = probe.operations();
      switch (element) {
        case Element.Unary unary when Cells.isFloat(unary.dtype()) -> probe.unary(unary.kind(), 1);
        case Element.Binary binary when Cells.isFloat(binary.dtype()) ->
            probe.binary(binary.kind(), 1, 1);
        case Element.Unary _, Element.Binary _, Element.Compare _, Element.Select _ -> {}
        case Element.Cast _, Element.Constant _, Element.Read _ -> {}
        case Element.Local _, Element.Position _ -> {}
      }
      count += times * (probe.operations() - before);
    }

    @Override
    public void fold(ReduceKind kind, int row, double times) {
      count += times * OnController.operations(kind, row, machine.controller().lanes());
      folds += times;
    }

    @Override
    public void store(double stored) {}
  }

  /** The numbers that go through the processor. */
  private static final class Numbers implements Effort.Counter {
    private double count;

    @Override
    public void operation(Element element, double times) {}

    @Override
    public void fold(ReduceKind kind, int row, double times) {
      count += times * row;
    }

    @Override
    public void store(double stored) {
      count += stored;
    }
  }
}
