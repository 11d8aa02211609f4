package dev.tilewright.processor.read;

import com.sun.source.tree.Tree;
import dev.tilewright.processor.diagnose.Diagnostic;

/**
 * Thrown where something is wrong; caught, reported and turned into poison by the expression or
 * statement around it.
 */
final class Fault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Diagnostic diagnostic;
  private final transient Object[] arguments;
  private transient Tree tree;

  Fault(Diagnostic diagnostic, Object... arguments) {
    super(diagnostic.id(), null, false, false);
    this.diagnostic = diagnostic;
    this.arguments = arguments;
  }

  /** The same at a tree, unless it has one. */
  Fault at(Tree place) {
    if (tree == null) {
      tree = place;
    }
    return this;
  }

  Diagnostic diagnostic() {
    return diagnostic;
  }

  Object[] arguments() {
    return arguments;
  }

  Tree tree() {
    return tree;
  }
}
