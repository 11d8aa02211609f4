package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import java.util.ArrayList;
import java.util.List;

/** What scratch memory holds of a score until the block's maximum is known. */
final class KeptScore {
  private KeptScore() {}

  /** The score as the maximum sees it. */
  static Element of(Region.Streamed region) {
    return region
        .maximum()
        .map(Region.Reduction::element)
        .orElse(new Element.Local(region.score(), DType.FLOAT32));
  }

  /** Whether weights or sums use the score in another way than the maximum does. */
  @SuppressWarnings("ReferenceEquality") // sharing is by identity
  static boolean needsRaw(Region.Streamed region) {
    Element kept = of(region);
    if (kept instanceof Element.Local) {
      return false;
    }
    List<Element> stack = new ArrayList<>(List.of(region.weight()));
    region.sums().forEach(sum -> stack.add(sum.element()));
    while (!stack.isEmpty()) {
      Element element = stack.removeLast();
      if (element instanceof Element.Local local && local.name().equals(region.score())) {
        return true;
      }
      if (element != kept) {
        stack.addAll(Elements.operands(element));
      }
    }
    return false;
  }
}
