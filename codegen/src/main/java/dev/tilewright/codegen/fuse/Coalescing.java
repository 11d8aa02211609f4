package dev.tilewright.codegen.fuse;

import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes one axis of two wherever every index moves through them as through one, drops axes of
 * extent 1 and names the rest in order. So a linear layer over {@code [B, S, k]} is one product of
 * {@code B*S} rows.
 *
 * <pre>b:B, s:S, ... x[(S*384)*b + 384*s + k]   becomes   i0:B*S, ... x[384*i0 + k]</pre>
 */
final class Coalescing {
  private final Map<String, Affine> values = new HashMap<>();
  private final List<Affine> indices;

  private Coalescing(List<Affine> indices) {
    this.indices = new ArrayList<>(indices);
  }

  static Region apply(Region region) {
    Coalescing pass = new Coalescing(RegionParts.indices(region));
    return switch (region) {
      case Region.Pointwise map -> {
        List<Axis> axes = pass.simplify(map.axes(), "i", 0, false);
        Function<Affine, Affine> index = pass::index;
        yield new Region.Pointwise(
            map.name(), axes, RegionParts.map(map.outputs(), map(index), index), map.origin());
      }
      case Region.RowReduction row -> {
        List<Axis> axes = pass.simplify(row.axes(), "i", 0, false);
        Axis rowAxis = pass.rename(row.row(), "r");
        Function<Affine, Affine> index = pass::index;
        Function<Element, Element> map = map(index);
        yield new Region.RowReduction(
            row.name(),
            axes,
            rowAxis,
            RegionParts.map(row.reductions(), map),
            RegionParts.map(row.outputs(), map, index),
            row.origin());
      }
      case Region.Contraction product -> {
        List<Axis> axes = pass.simplify(product.axes(), "i", 0, false);
        List<Axis> over = pass.simplify(product.over(), "k", 1, true);
        Optional<List<Axis>> totals =
            product.total().map(total -> pass.simplify(total.over(), "t", 0, true));
        Function<Affine, Affine> index = pass::index;
        Function<Element, Element> map = map(index);
        yield new Region.Contraction(
            product.name(),
            axes,
            over,
            (Element.Read) map.apply(product.left()),
            (Element.Read) map.apply(product.right()),
            product.result(),
            product
                .total()
                .map(
                    total ->
                        new Region.Total(
                            totals.orElseThrow(), total.name(), map.apply(total.term()))),
            RegionParts.map(product.outputs(), map, index),
            product.origin());
      }
      case Region.Streamed stream -> {
        Axis keys = pass.rename(stream.keys(), "j");
        Axis depth = pass.rename(stream.depth(), "k");
        Axis width = pass.rename(stream.width(), "e");
        Axis queries = pass.rename(stream.axes().getLast(), "queries");
        List<Axis> axes =
            new ArrayList<>(
                pass.simplify(stream.axes().subList(0, stream.axes().size() - 1), "i", 0, false));
        axes.add(pass.rename(queries, "i" + axes.size()));
        Function<Affine, Affine> index = pass::index;
        Function<Element, Element> map = map(index);
        yield new Region.Streamed(
            stream.name(),
            axes,
            keys,
            depth,
            (Element.Read) map.apply(stream.query()),
            (Element.Read) map.apply(stream.key()),
            stream.score(),
            stream.maximum().map(maximum -> RegionParts.map(List.of(maximum), map).getFirst()),
            RegionParts.map(stream.sums(), map),
            map.apply(stream.weight()),
            width,
            (Element.Read) map.apply(stream.value()),
            stream.result(),
            RegionParts.map(stream.outputs(), map, index),
            stream.origin());
      }
    };
  }

  private static Function<Element, Element> map(Function<Affine, Affine> index) {
    return new Elements.OffsetMap(index::apply)::apply;
  }

  private Affine index(Affine index) {
    return index.substitute(name -> values.getOrDefault(name, Affine.of(new Affine.Term.Of(name))));
  }

  private void set(String axis, Affine value) {
    values.replaceAll(
        (_, old) ->
            old.substitute(
                name -> name.equals(axis) ? value : Affine.of(new Affine.Term.Of(name))));
    values.put(axis, value);
    indices.replaceAll(
        index ->
            index.substitute(
                name -> name.equals(axis) ? value : Affine.of(new Affine.Term.Of(name))));
  }

  private Axis rename(Axis axis, String name) {
    Axis renamed = new Axis(name, axis.extent());
    if (!axis.name().equals(name)) {
      set(axis.name(), Affine.axis(renamed));
    }
    return renamed;
  }

  /**
   * @param least how many axes must stay
   * @param ordered whether the order of the axes counts
   */
  private List<Axis> simplify(List<Axis> before, String letter, int least, boolean ordered) {
    List<Axis> axes = new ArrayList<>(before);
    for (Axis axis : before) {
      if (axis.extent().is(1) && axes.size() > least) {
        set(axis.name(), Affine.ZERO);
        axes.remove(axis);
      }
    }
    for (int inner = axes.size() - 1; inner > 0; inner--) {
      int outer = inner - 1;
      while (outer >= (ordered ? inner - 1 : 0) && !moveAsOne(axes.get(outer), axes.get(inner))) {
        outer--;
      }
      if (outer >= (ordered ? inner - 1 : 0)) {
        Axis a = axes.get(outer);
        Axis b = axes.get(inner);
        // The merged axis stands where the inner one did; the outer one's values become 0.
        set(a.name(), Affine.ZERO);
        axes.set(inner, new Axis(b.name(), a.extent().times(b.extent())));
        axes.remove(outer);
        inner = Math.min(inner + 1, axes.size());
      }
    }
    // In two turns, so that a new name never meets the same old one.
    List<Axis> result = new ArrayList<>();
    for (int i = 0; i < axes.size(); i++) {
      axes.set(i, rename(axes.get(i), "_" + letter + i));
    }
    for (int i = 0; i < axes.size(); i++) {
      result.add(rename(axes.get(i), letter + i));
    }
    return result;
  }

  private boolean moveAsOne(Axis outer, Axis inner) {
    return indices.stream().allMatch(index -> moveAsOne(index, outer.name(), inner));
  }

  private static boolean moveAsOne(Affine index, String outer, Axis inner) {
    if (!index.coefficient(outer).equals(index.coefficient(inner.name()).times(inner.extent()))) {
      return false;
    }
    return index.terms().keySet().stream()
        .allMatch(
            term ->
                switch (term) {
                  case Affine.Term.Of _ -> true;
                  case Affine.Term.Start start -> !start.axis().equals(outer);
                  case Affine.Term.Place place -> !place.axis().equals(outer);
                  case Affine.Term.Quotient quotient ->
                      moveAsOne(quotient.dividend(), outer, inner);
                  case Affine.Term.Remainder remainder ->
                      moveAsOne(remainder.dividend(), outer, inner);
                  case Affine.Term.Clamp clamp -> moveAsOne(clamp.value(), outer, inner);
                  case Affine.Term.Lookup lookup -> moveAsOne(lookup.offset(), outer, inner);
                });
  }
}
