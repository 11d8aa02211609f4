package dev.tilewright.codegen.fuse;

import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

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
      case Region.Contraction product -> all.addAll(List.of(product.left(), product.right()));
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

  static List<Region.Output> map(
      List<Region.Output> outputs,
      Function<Element, Element> element,
      Function<Affine, Affine> index) {
    List<Region.Output> result = new ArrayList<>();
    for (Region.Output output : outputs) {
      result.add(
          new Region.Output(
              output.buffer(),
              output.dtype(),
              index.apply(output.offset()),
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
