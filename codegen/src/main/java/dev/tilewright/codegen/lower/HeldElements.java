package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.op.Primitive.BinaryKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What one sweep over a row computes that later sweeps need as well, so that it is worth a register
 * until then: of what both compute, the elements that no other such element contains, and that do
 * not follow from another by a single operation.
 *
 * @param after for each sweep, what is held from then on
 * @param most how many elements are held at once at most
 */
record HeldElements(List<Set<Element>> after, int most) {
  /**
   * @param sweeps the elements that each computes, in order
   * @param row the axis that the sweeps go along
   */
  static HeldElements of(List<List<Element>> sweeps, String row) {
    List<Set<Element>> after = new ArrayList<>();
    Set<Element> live = identitySet();
    int most = 0;
    for (int s = 0; s < sweeps.size(); s++) {
      Set<Element> computed = identitySet();
      collect(sweeps.get(s), live, computed, row);
      Set<Element> held = identitySet();
      for (List<Element> later : sweeps.subList(s + 1, sweeps.size())) {
        Set<Element> seen = identitySet();
        later.forEach(element -> find(element, computed, seen, held));
      }
      Set<Element> all = identitySet();
      all.addAll(held);
      held.removeIf(element -> isOneStepFrom(all, element, row));
      after.add(held);
      live.addAll(held);
      live.retainAll(neededAfter(sweeps, s, live));
      most = Math.max(most, live.size());
    }
    return new HeldElements(after, most);
  }

  /**
   * Whether an operation gives the element from a held one and what is read: it is no register's
   * worth.
   */
  private static boolean isOneStepFrom(Set<Element> held, Element element, String row) {
    return element instanceof Element.Binary binary
        && binary.kind() != BinaryKind.DIV
        && binary.kind() != BinaryKind.POW
        && (held.contains(binary.left()) || held.contains(binary.right()))
        && Stream.of(binary.left(), binary.right())
            .allMatch(
                operand ->
                    held.contains(operand)
                        || operand instanceof Element.Read
                        || !Elements.dependsOn(operand, row));
  }

  /** Everything that a sweep has at hand and that differs along the row. */
  private static void collect(
      List<Element> roots, Set<Element> live, Set<Element> computed, String row) {
    for (Element root : roots) {
      if (!computed.contains(root) && Elements.dependsOn(root, row)) {
        computed.add(root);
        if (!live.contains(root)) {
          collect(Elements.operands(root), live, computed, row);
        }
      }
    }
  }

  /** The outermost parts of an element that are among the computed ones. */
  private static void find(
      Element element, Set<Element> computed, Set<Element> seen, Set<Element> found) {
    if (!seen.add(element)) {
      return;
    }
    if (computed.contains(element)) {
      found.add(element);
    } else {
      Elements.operands(element).forEach(operand -> find(operand, computed, seen, found));
    }
  }

  private static Set<Element> neededAfter(
      List<List<Element>> sweeps, int sweep, Set<Element> live) {
    Set<Element> needed = identitySet();
    for (List<Element> later : sweeps.subList(sweep + 1, sweeps.size())) {
      Set<Element> seen = identitySet();
      later.forEach(element -> find(element, live, seen, needed));
    }
    return needed;
  }

  private static Set<Element> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }
}
