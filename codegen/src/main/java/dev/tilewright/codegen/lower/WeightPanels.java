package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.schema.ModelSchema.Layout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A weight that can be packed into panels before the model runs: a matrix of columns and depth, in
 * either order, of which a kernel may read less.
 *
 * @param element what it is made of
 * @param perWord how many elements of a column make up a word, in which depth and steps are counted
 * @param depth words of a column, summed or not
 * @param transposed whether depth is the matrix's first axis
 * @param steps how far along the depth a step of each summed axis goes
 * @param quants whether the layout is {@link Layout.QuantPanels}
 */
record WeightPanels(
    DType element,
    int perWord,
    long depth,
    boolean transposed,
    Map<String, Long> steps,
    boolean quants) {
  /** Elements in a word of nibbles. */
  private static final int NIBBLES = 8;

  WeightPanels(
      DType element, int perWord, long depth, boolean transposed, Map<String, Long> steps) {
    this(element, perWord, depth, transposed, steps, false);
  }

  /** The position of a panel among an operand's axes. */
  static final String PANEL = "panel#";

  /**
   * If the operand is a weight with the lane axis as the matrix's columns: the whole of it, or of
   * columns and depth the first so many, which lie in the panels of the whole.
   */
  static Optional<WeightPanels> of(
      Element.Read read, Axis lane, List<Axis> over, RegionFunction function) {
    RegionFunction.Buffer buffer = function.buffer(read.buffer());
    Affine offset = read.offset();
    if (!(buffer.source() instanceof RegionFunction.Source.Weight weight)
        || buffer.type().rank() < 2
        || !offset.base().equals(Dim.ZERO)
        || !offset.isAffine()
        || !offset.axes().contains(lane.name())) {
      return Optional.empty();
    }
    long first = buffer.type().dim(0).value();
    long rest = buffer.type().elements().value() / first;
    Dim stride = offset.coefficient(lane.name());
    if (stride.is(rest) && lane.extent().isProvablyAtMost(Dim.of(first))) {
      return withSteps(read, lane, over, 1, rest, false);
    }
    boolean whole = weight.parts().size() == 1 || !weight.steps().isEmpty();
    if (stride.is(1) && lane.extent().isProvablyAtMost(Dim.of(rest)) && whole) {
      return withSteps(read, lane, over, rest, first, true);
    }
    return Optional.empty();
  }

  private static Optional<WeightPanels> withSteps(
      Element.Read read, Axis lane, List<Axis> over, long unit, long depth, boolean transposed) {
    Affine offset = read.offset();
    Map<String, Long> steps = new LinkedHashMap<>();
    long last = 0;
    for (Axis axis : over) {
      Dim stride = offset.coefficient(axis.name());
      if (!stride.isKnown()
          || !axis.extent().isKnown()
          || stride.value() < 0
          || stride.value() % unit != 0) {
        return Optional.empty();
      }
      steps.put(axis.name(), stride.value() / unit);
      last += stride.value() / unit * (axis.extent().value() - 1);
    }
    boolean others =
        offset.axes().stream()
            .anyMatch(axis -> !axis.equals(lane.name()) && !steps.containsKey(axis));
    return others || last >= depth
        ? Optional.empty()
        : Optional.of(new WeightPanels(read.dtype(), 1, depth, transposed, steps));
  }

  /** The same with words of neighbours along a summed axis, if they are neighbours in a column. */
  Optional<WeightPanels> inWords(Words words) {
    Map<String, Long> inWords = new LinkedHashMap<>();
    boolean whole = steps.get(words.axis()) == 1 && depth % words.elements() == 0;
    for (Map.Entry<String, Long> step : steps.entrySet()) {
      boolean along = step.getKey().equals(words.axis());
      whole &= along || step.getValue() % words.elements() == 0;
      inWords.put(step.getKey(), along ? 1 : step.getValue() / words.elements());
    }
    return whole
        ? Optional.of(
            new WeightPanels(
                element, words.elements(), depth / words.elements(), transposed, inWords))
        : Optional.empty();
  }

  /**
   * The same as quants whose bits are known when they are loaded, if they may be: bytes, so that
   * two words of neighbours along the axis become one of nibbles.
   */
  Optional<WeightPanels> asQuants(Axis words) {
    boolean whole =
        element == DType.UINT8
            && perWord == NIBBLES / 2
            && !transposed
            && depth % 2 == 0
            && words.extent().exactlyDividedBy(Dim.of(2)) != null
            && steps.entrySet().stream()
                .allMatch(step -> step.getKey().equals(words.name()) || step.getValue() % 2 == 0);
    return whole
        ? Optional.of(new WeightPanels(element, perWord, depth, transposed, steps, true))
        : Optional.empty();
  }

  /** Of quants: as they are in memory where they are nibbles. */
  WeightPanels nibbles(Axis words) {
    Map<String, Long> halves = new LinkedHashMap<>(steps);
    halves.replaceAll((axis, step) -> axis.equals(words.name()) ? step : step / 2);
    return new WeightPanels(element, NIBBLES, depth / 2, transposed, halves, true);
  }

  /** Words before the first panel. */
  long header() {
    return quants ? Layout.QuantPanels.HEADER / Integer.BYTES : 0;
  }

  /** As what a kernel loads it. */
  DType held() {
    return perWord == 1 ? element : DType.INT32;
  }

  Layout layout(int width) {
    return quants
        ? new Layout.QuantPanels(width)
        : new Layout.Panels(width, transposed, element, perWord);
  }

  /** {@code header + panel*depth*width + k*width}, in words. */
  Affine offset(int width) {
    Affine sum =
        Affine.of(new Affine.Term.Of(PANEL)).times(Dim.of(depth * width)).plus(Dim.of(header()));
    for (Map.Entry<String, Long> step : steps.entrySet()) {
      sum =
          sum.plus(
              Affine.of(new Affine.Term.Of(step.getKey())).times(Dim.of(step.getValue() * width)));
    }
    return sum;
  }
}
