package dev.tilewright.codegen.index;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Walks over elements that see shared ones once. */
public final class Elements {
  private Elements() {}

  /** What an element is made of directly. */
  public static List<Element> operands(Element element) {
    return switch (element) {
      case Element.Constant _, Element.Local _, Element.Read _, Element.Position _ -> List.of();
      case Element.Unary unary -> List.of(unary.operand());
      case Element.Cast cast -> List.of(cast.operand());
      case Element.Binary binary -> List.of(binary.left(), binary.right());
      case Element.Compare compare -> List.of(compare.left(), compare.right());
      case Element.Select select -> List.of(select.condition(), select.yes(), select.no());
    };
  }

  /** Every element that the given ones are made of, each once, users before operands. */
  public static void visit(Collection<? extends Element> roots, Consumer<Element> visitor) {
    Map<Element, Boolean> seen = new IdentityHashMap<>();
    List<Element> stack = new ArrayList<>();
    stack.addAll(roots);
    Collections.reverse(stack);
    while (!stack.isEmpty()) {
      Element element = stack.removeLast();
      if (seen.put(element, true) == null) {
        visitor.accept(element);
        stack.addAll(operands(element).reversed());
      }
    }
  }

  /** The offsets and positions in the given elements. */
  public static List<Affine> offsets(Collection<? extends Element> roots) {
    List<Affine> all = new ArrayList<>();
    visit(
        roots,
        element -> {
          switch (element) {
            case Element.Read read -> all.add(read.offset());
            case Element.Position position -> all.add(position.value());
            case Element.Constant _, Element.Local _, Element.Unary _, Element.Cast _ -> {}
            case Element.Binary _, Element.Compare _, Element.Select _ -> {}
          }
        });
    return all;
  }

  /** Whether an element uses a reduction or contraction of that name. */
  public static boolean uses(Element root, String local) {
    boolean[] found = {false};
    visit(
        List.of(root),
        element -> found[0] |= element instanceof Element.Local l && l.name().equals(local));
    return found[0];
  }

  /** Whether the test holds for the element or for one that it is made of. */
  public static boolean contains(Element root, Predicate<Element> test) {
    boolean[] found = {false};
    visit(List.of(root), element -> found[0] |= test.test(element));
    return found[0];
  }

  /** Whether an offset or position in the element depends on an axis. */
  public static boolean dependsOn(Element root, String axis) {
    return offsets(List.of(root)).stream().anyMatch(offset -> offset.axes().contains(axis));
  }

  /**
   * Copies of elements with their offsets and positions changed; one object for what was one
   * object.
   */
  public static final class OffsetMap {
    private final BiFunction<String, Affine, Affine> map;
    private final Map<Element, Element> done = new IdentityHashMap<>();

    public OffsetMap(UnaryOperator<Affine> map) {
      this(map, null);
    }

    private OffsetMap(UnaryOperator<Affine> plain, BiFunction<String, Affine, Affine> map) {
      this.map = plain == null ? map : (_, offset) -> plain.apply(offset);
    }

    /**
     * @param map from a buffer and an offset in it, or from null and a position
     */
    public static OffsetMap ofBuffers(BiFunction<String, Affine, Affine> map) {
      return new OffsetMap(null, map);
    }

    public Element apply(Element element) {
      Element known = done.get(element);
      if (known == null) {
        known = copy(element);
        done.put(element, known);
      }
      return known;
    }

    private Element copy(Element element) {
      return switch (element) {
        case Element.Constant _, Element.Local _ -> element;
        case Element.Read read ->
            new Element.Read(read.buffer(), read.dtype(), map.apply(read.buffer(), read.offset()));
        case Element.Position position -> new Element.Position(map.apply(null, position.value()));
        case Element.Unary unary -> new Element.Unary(unary.kind(), apply(unary.operand()));
        case Element.Cast cast -> new Element.Cast(cast.dtype(), apply(cast.operand()));
        case Element.Binary binary ->
            new Element.Binary(binary.kind(), apply(binary.left()), apply(binary.right()));
        case Element.Compare compare ->
            new Element.Compare(compare.kind(), apply(compare.left()), apply(compare.right()));
        case Element.Select select ->
            new Element.Select(apply(select.condition()), apply(select.yes()), apply(select.no()));
      };
    }
  }
}
