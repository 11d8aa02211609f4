package dev.tilewright.processor.diagnose;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import dev.tilewright.codegen.graph.Origin;
import javax.lang.model.element.Element;

/**
 * Where something stands. The compiler can point to a tree of its own, to an element of a source
 * that it compiles, or to neither: a body in a jar has only the words of {@link #origin}.
 *
 * @param origin file, line and column, for people
 * @param tree the compiler's own tree, or null
 * @param unit the file the tree is in, or null
 * @param element what is declared there, if it is being compiled, or null
 */
public record Place(Origin origin, Tree tree, CompilationUnitTree unit, Element element) {
  /** Nowhere in particular. */
  public static final Place NONE = new Place(Origin.NONE, null, null, null);

  /** Whether the compiler can point to it. */
  public boolean isHere() {
    return tree != null || element != null;
  }
}
