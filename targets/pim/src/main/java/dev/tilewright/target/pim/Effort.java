package dev.tilewright.target.pim;

import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.op.Primitive.ReduceKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * What a region takes that is no product, counted without its numbers: as {@link Formula} computes
 * it, a value once for each value of the innermost axis or result that it depends on.
 */
final class Effort {
  /** Counts what a unit does. */
  interface Counter {
    /** An operation on numbers is done so often. */
    void operation(Element element, double times);

    /** So many numbers are folded so often. */
    void fold(ReduceKind kind, int row, double times);

    /** So many numbers are stored. */
    void store(double count);
  }

  private final ToLongFunction<Axis> extent;
  private final Counter counter;

  /** How many of a sweep's axes must be gone through before a name has its value. */
  private final Map<String, Integer> depths = new HashMap<>();

  private final Map<Element, Boolean> counted = new IdentityHashMap<>();

  private Effort(ToLongFunction<Axis> extent, Counter counter) {
    this.extent = extent;
    this.counter = counter;
  }

  /** Counts a region whose products, if it has any, are computed elsewhere. */
  static void count(Region region, List<Axis> order, ToLongFunction<Axis> extent, Counter counter) {
    new Effort(extent, counter).count(region, order);
  }

  private void count(Region region, List<Axis> order) {
    switch (region) {
      case Region.Pointwise _ -> store(region.outputs(), order, order.size());
      case Region.RowReduction row -> {
        for (Region.Reduction reduction : row.reductions()) {
          fold(reduction, order, row.row());
        }
        for (Region.Output output : row.outputs()) {
          List<Axis> sweep = output.overRow() ? with(order, row.row()) : order;
          store(List.of(output), sweep, order.size());
        }
      }
      case Region.Contraction product -> {
        List<Axis> totals = new ArrayList<>(order);
        product.total().ifPresent(total -> totals.addAll(total.over()));
        depths.put(product.result(), totals.size());
        product
            .total()
            .ifPresent(
                total -> {
                  sweep(List.of(total.term()), totals, order.size());
                  depths.put(total.name(), order.size());
                });
        store(product.outputs(), order, order.size());
      }
      case Region.Streamed stream -> {
        List<Axis> keys = with(order, stream.keys());
        depths.put(stream.score(), keys.size());
        stream.maximum().ifPresent(maximum -> fold(maximum, order, stream.keys()));
        stream.sums().forEach(sum -> fold(sum, order, stream.keys()));
        sweep(List.of(stream.weight()), keys, order.size());
        List<Axis> width = with(order, stream.width());
        depths.put(stream.result(), width.size());
        store(stream.outputs(), width, order.size());
      }
    }
  }

  private static List<Axis> with(List<Axis> axes, Axis inner) {
    List<Axis> all = new ArrayList<>(axes);
    all.add(inner);
    return all;
  }

  private void fold(Region.Reduction reduction, List<Axis> order, Axis row) {
    sweep(List.of(reduction.element()), with(order, row), order.size());
    counter.fold(
        reduction.kind(), (int) Math.max(1, extent.applyAsLong(row)), times(order, order.size()));
    depths.put(reduction.name(), order.size());
  }

  private void store(List<Region.Output> outputs, List<Axis> axes, int shared) {
    for (Region.Output output : outputs) {
      sweep(List.of(output.element()), axes, shared);
      counter.store(times(axes, axes.size()));
    }
  }

  /**
   * Goes through the axes once.
   *
   * @param shared how many of the axes all sweeps share: what depends on these alone is kept
   */
  private void sweep(List<Element> roots, List<Axis> axes, int shared) {
    Elements.visit(
        roots,
        element -> {
          int depth = depth(element, axes);
          boolean isNew = counted.put(element, true) == null;
          if (isNew || depth > shared) {
            counter.operation(element, times(axes, depth));
          }
        });
  }

  /** How many axes, from the outermost, are gone through before the element has its value. */
  private int depth(Element root, List<Axis> axes) {
    int[] depth = {0};
    Elements.visit(
        List.of(root),
        element -> {
          if (element instanceof Element.Local local) {
            depth[0] = Math.max(depth[0], depths.getOrDefault(local.name(), axes.size()));
          }
        });
    for (Affine offset : Elements.offsets(List.of(root))) {
      for (int i = depth[0]; i < axes.size(); i++) {
        if (offset.axes().contains(axes.get(i).name())) {
          depth[0] = i + 1;
        }
      }
    }
    return Math.min(depth[0], axes.size());
  }

  private double times(List<Axis> axes, int depth) {
    double times = 1;
    for (Axis axis : axes.subList(0, depth)) {
      times *= Math.max(0, extent.applyAsLong(axis));
    }
    return times;
  }
}
