package dev.tilewright.codegen.lower;

import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.fuse.RegionFunction.Source;
import dev.tilewright.codegen.fuse.RegionFunction.Step;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.TileProgram.Step.Blocks;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Steps one after another that treat each row by itself, so that they may be run for some rows
 * before others: what one leaves is still in the cache when the next reads it. A product, a norm
 * and elementwise work over {@code [B, S, k]} are such steps with {@code B*S} rows; attention is
 * none.
 *
 * <p>A step is one if a single axis is symbolic, that of the rows, and everything is at {@code
 * width*row + rest}, rest below the width: then a part of the rows is the same kernel told of fewer
 * rows and of later places in the buffers.
 *
 * @param first the first step
 * @param end the first step behind
 * @param rows how many rows there are: a product of symbols
 * @param widths for each buffer that has rows, the elements of one
 * @param inner the buffers among them that no other step touches
 */
record RowBlocks(int first, int end, Dim rows, Map<String, Long> widths, Set<String> inner) {
  private static final int FEWEST = 64;
  private static final int MOST = 512;

  /** What one step has of rows. */
  private record Rows(Dim count, Map<String, Long> widths) {}

  /** The longest such runs of at least two steps, in order. */
  static List<RowBlocks> of(RegionFunction function) {
    List<RowBlocks> all = new ArrayList<>();
    List<Step> steps = function.steps();
    int first = 0;
    while (first < steps.size()) {
      Map<String, Long> widths = new HashMap<>();
      Dim count = null;
      int end = first;
      while (end < steps.size()) {
        Optional<Rows> rows = rows(steps.get(end));
        if (rows.isEmpty()
            || (count != null && !rows.get().count().equals(count))
            || !agree(widths, rows.get().widths(), steps.subList(first, end))) {
          break;
        }
        count = rows.get().count();
        widths.putAll(rows.get().widths());
        end++;
      }
      if (end - first > 1) {
        all.add(new RowBlocks(first, end, count, widths, inner(function, first, end, widths)));
      }
      first = Math.max(end, first + 1);
    }
    return all;
  }

  boolean contains(int step) {
    return first <= step && step < end;
  }

  /** What a row of the buffer takes, if it has rows. */
  Optional<Long> rowBytes(String buffer, RegionFunction function) {
    return Optional.ofNullable(widths.get(buffer))
        .map(width -> width * function.buffer(buffer).type().dtype().bytes());
  }

  /**
   * How many rows are taken at once at most: as many as the second-level cache holds, but enough
   * that weights, which are read again for each block, are worth their way from further off.
   */
  int most(RegionFunction function, MachineModel machine) {
    long bytes = 0;
    for (String buffer : widths.keySet()) {
      bytes += rowBytes(buffer, function).orElseThrow();
    }
    long rows = machine.l2Bytes() / bytes / Blocks.UNIT * Blocks.UNIT;
    return Math.clamp(rows, FEWEST, MOST);
  }

  /** Whether buffers have the same rows in all steps, and none of them is used otherwise. */
  private static boolean agree(
      Map<String, Long> before, Map<String, Long> own, List<Step> stepsBefore) {
    for (Map.Entry<String, Long> width : own.entrySet()) {
      Long other = before.get(width.getKey());
      boolean elsewhere =
          other == null
              && stepsBefore.stream().anyMatch(s -> StepBuffers.of(s).contains(width.getKey()));
      if (elsewhere || (other != null && !other.equals(width.getValue()))) {
        return false;
      }
    }
    return true;
  }

  private static Set<String> inner(
      RegionFunction function, int first, int end, Map<String, Long> widths) {
    Set<String> outside = new HashSet<>();
    for (int step = 0; step < function.steps().size(); step++) {
      if (step < first || step >= end) {
        outside.addAll(StepBuffers.of(function.steps().get(step)));
      }
    }
    Set<String> inner = new HashSet<>(widths.keySet());
    inner.removeIf(
        name ->
            outside.contains(name)
                || !(function.buffer(name).source() instanceof Source.Temporary));
    return inner;
  }

  private static Optional<Rows> rows(Step step) {
    if (!(step instanceof Step.Run(Region region))) {
      return Optional.empty();
    }
    List<Axis> symbolic =
        region.allAxes().stream().filter(axis -> !axis.extent().isKnown()).toList();
    if (region instanceof Region.Streamed
        || symbolic.size() != 1
        || symbolic.getFirst().ragged()
        || !region.axes().contains(symbolic.getFirst())
        || !isProduct(symbolic.getFirst().extent())) {
      return Optional.empty();
    }
    Axis row = symbolic.getFirst();
    Map<String, Long> extents = new HashMap<>();
    region.allAxes().stream()
        .filter(axis -> !axis.equals(row))
        .forEach(axis -> extents.put(axis.name(), axis.extent().value()));
    Map<String, Long> widths = new HashMap<>();
    for (Element.Read place : places(region)) {
      Optional<Long> width = width(place.offset(), row, extents);
      Long known = width.isEmpty() ? null : widths.putIfAbsent(place.buffer(), width.get());
      if (width.isEmpty() || (known != null && !known.equals(width.get()))) {
        return Optional.empty();
      }
    }
    // What is the same for all rows is not written here.
    boolean rowless =
        region.outputs().stream().anyMatch(output -> widths.get(output.buffer()) == 0);
    boolean positions =
        StepBuffers.elements(region).stream()
            .anyMatch(
                root -> Elements.contains(root, element -> element instanceof Element.Position));
    widths.values().removeIf(width -> width == 0);
    return rowless || positions ? Optional.empty() : Optional.of(new Rows(row.extent(), widths));
  }

  /** {@code width} of {@code width*row + rest} with {@code 0 <= rest < width}; 0 without rows. */
  private static Optional<Long> width(Affine offset, Axis row, Map<String, Long> extents) {
    if (!offset.base().isKnown() || !offset.isAffine()) {
      return Optional.empty();
    }
    long least = offset.base().value();
    long greatest = least;
    long width = 0;
    for (Map.Entry<Affine.Term, Dim> term : offset.terms().entrySet()) {
      if (!(term.getKey() instanceof Affine.Term.Of(String axis)) || !term.getValue().isKnown()) {
        return Optional.empty();
      }
      long factor = term.getValue().value();
      if (axis.equals(row.name())) {
        width = factor;
      } else {
        long reach = factor * (extents.get(axis) - 1);
        least += Math.min(0, reach);
        greatest += Math.max(0, reach);
      }
    }
    boolean inside = width == 0 || (width > 0 && least >= 0 && greatest < width);
    return inside ? Optional.of(width) : Optional.empty();
  }

  /** All that the region reads and stores, as reads. */
  private static List<Element.Read> places(Region region) {
    List<Element.Read> places = new ArrayList<>();
    Elements.visit(
        StepBuffers.elements(region),
        element -> {
          if (element instanceof Element.Read read) {
            places.add(read);
          }
        });
    region
        .outputs()
        .forEach(
            output ->
                places.add(new Element.Read(output.buffer(), output.dtype(), output.offset())));
    return places;
  }

  /** Whether it is a product of different symbols. */
  private static boolean isProduct(Dim extent) {
    Dim product = Dim.ONE;
    for (String symbol : extent.symbols()) {
      product = product.times(Dim.symbol(symbol));
    }
    return product.equals(extent);
  }
}
