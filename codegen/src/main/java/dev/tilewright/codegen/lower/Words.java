package dev.tilewright.codegen.lower;

import dev.tilewright.Dim;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A summed axis cut into words: neighbours along it lie side by side in one 32-bit word, and the
 * sum steps from word to word.
 *
 * @param axis the axis, counted in elements
 * @param elements how many elements a word holds; its extent is a multiple of them
 */
record Words(String axis, int elements) {
  /** Whether a word never ends beyond the extent. */
  static boolean divides(Axis axis, int elements) {
    return axis.extent().exactlyDividedBy(Dim.of(elements)) != null;
  }

  /** The summed axes with this one counted in words. */
  List<Axis> over(List<Axis> over) {
    return over.stream()
        .map(
            each ->
                each.name().equals(axis)
                    ? new Axis(axis, each.extent().exactlyDividedBy(Dim.of(elements)))
                    : each)
        .toList();
  }

  /**
   * An offset in words of one in elements, over the axis counted in words; null unless elements
   * along the axis make up whole, aligned words.
   */
  Affine inPlace(Affine offset) {
    Dim count = Dim.of(elements);
    Dim base = offset.base().exactlyDividedBy(count);
    if (base == null || !offset.isAffineIn(axis) || !offset.coefficient(axis).is(1)) {
      return null;
    }
    Map<Affine.Term, Dim> terms = new LinkedHashMap<>();
    for (Map.Entry<Affine.Term, Dim> entry : offset.terms().entrySet()) {
      boolean along = entry.getKey().equals(new Affine.Term.Of(axis));
      Dim words = along ? Dim.ONE : entry.getValue().exactlyDividedBy(count);
      if (words == null) {
        return null;
      }
      terms.put(entry.getKey(), words);
    }
    return new Affine(base, terms);
  }

  /** An offset in elements of a word's first, over the axis counted in words. */
  Affine first(Affine offset) {
    return offset.substitute(
        name -> {
          Affine position = Affine.of(new Affine.Term.Of(name));
          return name.equals(axis) ? position.times(Dim.of(elements)) : position;
        });
  }
}
