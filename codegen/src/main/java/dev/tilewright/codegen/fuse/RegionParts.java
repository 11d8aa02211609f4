package dev.tilewright.codegen.fuse;

import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** What a region is made of, whatever its kind. */
final class RegionParts {
  private RegionParts() {}

  /** All formulas, without the offsets that outputs are stored at. */
  static List<Element> elements(Region region) {
    List<Element> all = new ArrayList<>();
    switch (region) {
      case Region.Pointwise _ -> {}
      case Region.RowReduction row ->
          row.reductions().forEach(reduction -> all.add(reduction.element()));
      case Region.Contraction product -> {
        all.addAll(List.of(product.left(), product.right()));
        product.total().ifPresent(total -> all.add(total.term()));
      }
      case Region.Streamed stream -> {
        all.addAll(List.of(stream.query(), stream.key()));
        stream.maximum().ifPresent(maximum -> all.add(maximum.element()));
        stream.sums().forEach(sum -> all.add(sum.element()));
        all.addAll(List.of(stream.weight(), stream.value()));
      }
    }
    region.outputs().forEach(output -> all.add(output.element()));
    return all;
  }

  /** All index expressions: of reads, positions and stores. */
  static List<Affine> indices(Region region) {
    List<Affine> all = new ArrayList<>();
    region.outputs().forEach(output -> all.add(output.offset()));
    all.addAll(Elements.offsets(elements(region)));
    return all;
  }

  /** All axes, the independent ones first. */
  static List<Axis> axes(Region region) {
    List<Axis> all = new ArrayList<>(region.axes());
    all.addAll(dependent(region));
    return all;
  }

  /** The axes that the region folds or sums over, or that its results have alone. */
  static List<Axis> dependent(Region region) {
    return switch (region) {
      case Region.Pointwise _ -> List.of();
      case Region.RowReduction row -> List.of(row.row());
      case Region.Contraction product -> product.depth();
      case Region.Streamed stream -> List.of(stream.keys(), stream.depth(), stream.width());
    };
  }

  /**
   * The same region over other axes.
   *
   * @param axes the independent axes
   * @param extent for every other axis
   */
  static Region map(
      Region region,
      List<Axis> axes,
      UnaryOperator<Axis> extent,
      Function<Element, Element> element,
      BiFunction<String, Affine, Affine> index) {
    return switch (region) {
      case Region.Pointwise map ->
          new Region.Pointwise(map.name(), axes, map(map.outputs(), element, index), map.origin());
      case Region.RowReduction row ->
          new Region.RowReduction(
              row.name(),
              axes,
              extent.apply(row.row()),
              map(row.reductions(), element),
              map(row.outputs(), element, index),
              row.origin());
      case Region.Contraction product ->
          new Region.Contraction(
              product.name(),
              axes,
              product.over().stream().map(extent).toList(),
              (Element.Read) element.apply(product.left()),
              (Element.Read) element.apply(product.right()),
              product.result(),
              product
                  .total()
                  .map(
                      total ->
                          new Region.Total(
                              total.over().stream().map(extent).toList(),
                              total.name(),
                              element.apply(total.term()))),
              map(product.outputs(), element, index),
              product.origin());
      case Region.Streamed stream ->
          new Region.Streamed(
              stream.name(),
              axes,
              extent.apply(stream.keys()),
              extent.apply(stream.depth()),
              (Element.Read) element.apply(stream.query()),
              (Element.Read) element.apply(stream.key()),
              stream.score(),
              stream.maximum().map(maximum -> map(List.of(maximum), element).getFirst()),
              map(stream.sums(), element),
              element.apply(stream.weight()),
              extent.apply(stream.width()),
              (Element.Read) element.apply(stream.value()),
              stream.result(),
              map(stream.outputs(), element, index),
              stream.origin());
    };
  }

  static List<Region.Output> map(
      List<Region.Output> outputs,
      Function<Element, Element> element,
      Function<Affine, Affine> index) {
    return map(outputs, element, (_, offset) -> index.apply(offset));
  }

  private static List<Region.Output> map(
      List<Region.Output> outputs,
      Function<Element, Element> element,
      BiFunction<String, Affine, Affine> index) {
    List<Region.Output> result = new ArrayList<>();
    for (Region.Output output : outputs) {
      result.add(
          new Region.Output(
              output.buffer(),
              output.dtype(),
              index.apply(output.buffer(), output.offset()),
              element.apply(output.element()),
              output.overRow()));
    }
    return result;
  }

  static List<Region.Reduction> map(
      List<Region.Reduction> reductions, Function<Element, Element> element) {
    return reductions.stream()
        .map(
            reduction ->
                new Region.Reduction(
                    reduction.name(), reduction.kind(), element.apply(reduction.element())))
        .toList();
  }
}
