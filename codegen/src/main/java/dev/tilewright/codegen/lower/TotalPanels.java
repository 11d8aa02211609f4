package dev.tilewright.codegen.lower;

import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.schema.ModelSchema.Layout;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the terms of a total read of weights, such as the scales of blocks: packed into panels like
 * the product's own weight, so that those of a tile's columns lie side by side, and those of the
 * next block behind them.
 */
final class TotalPanels {
  private TotalPanels() {}

  /**
   * The region with its total's weights read from panels.
   *
   * @param layouts receives their layouts
   */
  static Region.Contraction of(
      Region.Contraction region,
      TileAxes axes,
      RegionFunction function,
      Map<String, Layout> layouts) {
    if (region.total().isEmpty()) {
      return region;
    }
    Region.Total total = region.total().get();
    Set<String> elsewhere = new HashSet<>(Set.of(region.left().buffer(), region.right().buffer()));
    region.outputs().forEach(output -> elsewhere.addAll(reads(output.element()).keySet()));
    Map<String, Affine> packed = new HashMap<>();
    int width = axes.tile().columns();
    reads(total.term())
        .forEach(
            (buffer, reads) -> {
              Optional<WeightPanels> panels =
                  reads.size() == 1 && !elsewhere.contains(buffer)
                      ? WeightPanels.of(
                          reads.iterator().next(), axes.lane(), total.over(), function)
                      : Optional.empty();
              panels.ifPresent(
                  whole -> {
                    layouts.put(buffer, whole.layout(width));
                    packed.put(buffer, offset(whole, axes));
                  });
            });
    Elements.OffsetMap map =
        Elements.OffsetMap.ofBuffers(
            (buffer, offset) -> buffer == null ? offset : packed.getOrDefault(buffer, offset));
    return new Region.Contraction(
        region.name(),
        region.axes(),
        region.over(),
        region.left(),
        region.right(),
        region.result(),
        Optional.of(new Region.Total(total.over(), total.name(), map.apply(total.term()))),
        region.outputs(),
        region.origin());
  }

  /** Where a column's element lies: columns are counted through all panels. */
  private static Affine offset(WeightPanels panels, TileAxes axes) {
    int width = axes.tile().columns();
    Affine before = Affine.of(new Affine.Term.Of(WeightPanels.PANEL)).times(Dim.of(-width));
    return panels.offset(width).plus(before).plus(Affine.axis(axes.lane()));
  }

  private static Map<String, Set<Element.Read>> reads(Element element) {
    Map<String, Set<Element.Read>> reads = new HashMap<>();
    Elements.visit(
        List.of(element),
        part -> {
          if (part instanceof Element.Read read) {
            reads.computeIfAbsent(read.buffer(), _ -> new HashSet<>()).add(read);
          }
        });
    return reads;
  }
}
