package dev.tilewright.processor.read;

import com.sun.source.tree.Tree;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.GraphBuilder;
import dev.tilewright.codegen.graph.Origin;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.diagnose.Place;
import dev.tilewright.processor.diagnose.Reporter;
import dev.tilewright.processor.model.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;

/**
 * What the evaluation of one model shares: the compiler's tables, the budget, and where nodes of
 * the graph come from.
 */
final class Context {
  /** More than any model of today unrolls to, and few enough to end within seconds. */
  static final int MAX_STEPS = 2_000_000;

  /** Deeper than any sensible recursion over constants, and safe for the compiler's stack. */
  static final int MAX_DEPTH = 64;

  /** The budget is spent; the loop that spent it says so, or else the entry. */
  static final class Exhausted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private boolean reported;

    Exhausted() {
      super(null, null, false, false);
    }

    /** Says it at the tree, unless it was said. */
    Exhausted report(Context context, Frame frame, Tree tree) {
      if (!reported) {
        reported = true;
        context.report(frame, tree, Diagnostic.TOO_LONG, MAX_STEPS);
      }
      return this;
    }
  }

  private final Elements elements;
  private final Types types;
  private final Sources sources;
  private final Reporter reporter;
  private final Names names;
  private final Library library;
  private final JavaTypes javaTypes;
  private final Map<Origin, Place> places = new HashMap<>();
  private int steps;

  Context(Elements elements, Types types, Sources sources, Reporter reporter) {
    this.elements = elements;
    this.types = types;
    this.sources = sources;
    this.reporter = reporter;
    this.names = new Names(elements);
    this.library = new Library(elements);
    this.javaTypes = new JavaTypes(types, names, library);
  }

  Elements elements() {
    return elements;
  }

  Types types() {
    return types;
  }

  Sources sources() {
    return sources;
  }

  Reporter reporter() {
    return reporter;
  }

  Names names() {
    return names;
  }

  Library library() {
    return library;
  }

  JavaTypes javaTypes() {
    return javaTypes;
  }

  /** Says it at a tree of a body. */
  Value.Mark report(Frame frame, Tree tree, Diagnostic diagnostic, Object... arguments) {
    reporter.report(diagnostic, frame.path(tree), arguments);
    return Value.Mark.POISON;
  }

  /** Says what a fault says, at its own place or else at the tree. */
  Value.Mark report(Frame frame, Tree tree, Fault fault) {
    return report(
        frame, fault.tree() == null ? tree : fault.tree(), fault.diagnostic(), fault.arguments());
  }

  /** Reports what a finished function appends to a state and forgets. */
  void requireKept(GraphBuilder builder, Function function) {
    builder
        .forgotten(function)
        .ifPresent(origin -> reporter.report(Diagnostic.STATE_FORGOTTEN, place(origin)));
  }

  /** From now on nodes come from the tree. */
  void at(Frame frame, Tree tree) {
    if (frame.builder() != null) {
      Origin origin = frame.unit().origin(tree).on(frame.on());
      List<Place> path = frame.path(tree);
      places.putIfAbsent(
          origin, path.stream().filter(Place::isHere).findFirst().orElse(path.getFirst()));
      frame.builder().at(origin);
    }
  }

  /** The place that a node's origin stands for. */
  Place place(Origin origin) {
    return places.getOrDefault(origin, new Place(origin, null, null, null));
  }

  /** Counts a step against the budget. */
  void step() {
    if (++steps > MAX_STEPS) {
      throw new Exhausted();
    }
  }
}
