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
 * A weight that can be packed into panels before the model runs: a whole matrix of columns and
 * depth, in either order.
 *
 * @param element what it is made of
 * @param perWord how many elements of a column make up a word, in which depth and steps are counted
 * @param depth words of a column, summed or not
 * @param transposed whether depth is the matrix's first axis
 * @param steps how far along the depth a step of each summed axis goes
 */
record WeightPanels(
    DType element, int perWord, long depth, boolean transposed, Map<String, Long> steps) {
  /** The position of a panel among an operand's axes. */
  static final String PANEL = "panel#";

  /** If the operand is the whole of a weight, with the lane axis as the matrix's columns. */
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
    if (stride.is(rest) && lane.extent().is(first)) {
      return withSteps(read, lane, over, 1, rest, false);
    }
    boolean whole = weight.parts().size() == 1 || !weight.steps().isEmpty();
    if (stride.is(1) && lane.extent().is(rest) && whole) {
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

  /** As what a kernel loads it. */
  DType held() {
    return perWord == 1 ? element : DType.INT32;
  }

  Layout layout(int width) {
    return new Layout.Panels(width, transposed, element, perWord);
  }

  /** {@code panel*depth*width + k*width}, in words. */
  Affine offset(int width) {
    Affine sum = Affine.of(new Affine.Term.Of(PANEL)).times(Dim.of(depth * width));
    for (Map.Entry<String, Long> step : steps.entrySet()) {
      sum =
          sum.plus(
              Affine.of(new Affine.Term.Of(step.getKey())).times(Dim.of(step.getValue() * width)));
    }
    return sum;
  }
}
