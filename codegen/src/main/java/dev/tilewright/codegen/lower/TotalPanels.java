package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.fuse.RegionFunction.Source;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.Primitive.BlockPart;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.ModelSchema.WeightStep;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * What the terms of a total read of weights, such as the scales of blocks: packed into panels like
 * the product's own weight, so that those of a tile's columns lie side by side, and those of the
 * next block behind them.
 *
 * @param region the region with its total's weights read from panels in scratch
 * @param scales what fills the scratch, in order
 */
record TotalPanels(Region.Contraction region, List<BlockScales> scales) {
  /**
   * @param layouts receives the layouts of the total's weights
   */
  static TotalPanels of(
      Region.Contraction region,
      TileAxes axes,
      RegionFunction function,
      KernelScope scope,
      Map<String, Layout> layouts) {
    if (region.total().isEmpty()) {
      return new TotalPanels(region, List.of());
    }
    Region.Total total = region.total().get();
    Set<String> elsewhere = new HashSet<>(Set.of(region.left().buffer(), region.right().buffer()));
    region.outputs().forEach(output -> elsewhere.addAll(reads(output.element()).keySet()));
    SequencedMap<String, WeightPanels> whole = new LinkedHashMap<>();
    reads(total.term())
        .forEach(
            (buffer, reads) -> {
              if (reads.size() == 1 && !elsewhere.contains(buffer)) {
                WeightPanels.of(reads.iterator().next(), axes.lane(), total.over(), function)
                    .filter(panels -> panels.element() == DType.FLOAT32 && !panels.transposed())
                    .ifPresent(panels -> whole.put(buffer, panels));
              }
            });
    int width = axes.tile().columns();
    List<BlockScales> scales = new ArrayList<>();
    Map<String, Buffer> held = new HashMap<>();
    Map<String, Affine> packed = new HashMap<>();
    List<String> order = new ArrayList<>(whole.keySet());
    order.sort(Comparator.comparing(buffer -> part(function, buffer) == BlockPart.OFFSET));
    for (String buffer : order) {
      WeightPanels panels = whole.get(buffer);
      Optional<Buffer> own =
          held.keySet().stream()
              .filter(scale -> areOffsets(function, buffer, scale))
              .findFirst()
              .map(held::get);
      BlockScales each = BlockScales.of(scope, buffer, panels.depth(), width, own);
      scales.add(each);
      held.put(buffer, each.held());
      layouts.put(buffer, new Layout.ScalePanels(width, own.isPresent()));
      packed.put(buffer, offset(panels, axes));
    }
    Elements.OffsetMap map =
        Elements.OffsetMap.ofBuffers(
            (buffer, offset) -> buffer == null ? offset : packed.getOrDefault(buffer, offset));
    Region.Contraction read =
        new Region.Contraction(
            region.name(),
            region.axes(),
            region.over(),
            region.left(),
            region.right(),
            region.result(),
            Optional.of(new Region.Total(total.over(), total.name(), map.apply(total.term()))),
            region.outputs(),
            region.origin());
    return new TotalPanels(read, scales);
  }

  /** Which part of a tensor in blocks a weight is; null for none. */
  private static BlockPart part(RegionFunction function, String buffer) {
    List<WeightStep> steps = weight(function, buffer).steps();
    return !steps.isEmpty() && steps.getLast().primitive() instanceof Primitive.Blocks blocks
        ? blocks.part()
        : null;
  }

  /** Whether they are the offsets and the scales of one tensor. */
  private static boolean areOffsets(RegionFunction function, String offsets, String scales) {
    Source.Weight left = weight(function, offsets);
    Source.Weight right = weight(function, scales);
    int count = left.steps().size();
    return part(function, offsets) == BlockPart.OFFSET
        && part(function, scales) == BlockPart.SCALE
        && left.parts().equals(right.parts())
        && count == right.steps().size()
        && left.steps().subList(0, count - 1).equals(right.steps().subList(0, count - 1))
        && left.steps().getLast().operands().equals(right.steps().getLast().operands());
  }

  private static Source.Weight weight(RegionFunction function, String buffer) {
    return (Source.Weight) function.buffer(buffer).source();
  }

  /** Where a column's element lies in the scratch: columns are counted through all panels. */
  private static Affine offset(WeightPanels panels, TileAxes axes) {
    int width = axes.tile().columns();
    Affine sum = Affine.axis(axes.lane());
    sum = sum.plus(Affine.of(new Affine.Term.Of(WeightPanels.PANEL)).times(Dim.of(-width)));
    for (Map.Entry<String, Long> step : panels.steps().entrySet()) {
      Affine position = Affine.of(new Affine.Term.Of(step.getKey()));
      sum = sum.plus(position.times(Dim.of(step.getValue() * width)));
    }
    return sum;
  }

  private static Map<String, Set<Element.Read>> reads(Element element) {
    Map<String, Set<Element.Read>> reads = new LinkedHashMap<>();
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
