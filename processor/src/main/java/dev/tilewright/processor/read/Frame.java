package dev.tilewright.processor.read;

import com.sun.source.tree.Tree;
import dev.tilewright.On;
import dev.tilewright.codegen.graph.GraphBuilder;
import dev.tilewright.processor.diagnose.Place;
import dev.tilewright.processor.model.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;

/**
 * One call under evaluation: whose body, on which object, into which graph, and the local
 * variables.
 */
final class Frame {
  /** A local variable; the type is null under {@code var}. */
  static final class Local {
    final JavaType type;
    Object value;

    Local(JavaType type, Object value) {
      this.type = type;
      this.value = value;
    }
  }

  private final GraphBuilder builder;
  private final SourceUnit unit;
  private final Element declared;
  private final TypeElement owner;
  private final Object self;
  private final Frame caller;
  private final Place callSite;
  private final int depth;
  private Optional<On.Unit> on;
  private final List<Map<String, Local>> scopes = new ArrayList<>(List.of(new HashMap<>()));

  /**
   * @param declared the method or field whose body or initializer it is
   * @param self the block or record it runs on; null in a static method
   * @param caller null for an entry
   * @param callSite where the caller calls
   */
  Frame(
      GraphBuilder builder,
      SourceUnit unit,
      Element declared,
      Object self,
      Frame caller,
      Place callSite) {
    this.builder = builder;
    this.unit = unit;
    this.declared = declared;
    this.owner = (TypeElement) declared.getEnclosingElement();
    this.self = self;
    this.caller = caller;
    this.callSite = callSite;
    this.depth = caller == null ? 0 : caller.depth + 1;
    this.on = demand(declared).or(() -> caller == null ? Optional.empty() : caller.on);
  }

  private static Optional<On.Unit> demand(Element declared) {
    return Optional.ofNullable(declared.getAnnotation(On.class)).map(On::value);
  }

  /** The unit that {@link On} demands for what is evaluated now. */
  Optional<On.Unit> on() {
    return on;
  }

  /** Evaluates something under a demand, or under the present one if there is none. */
  <T> T on(Optional<On.Unit> demand, Supplier<T> evaluation) {
    Optional<On.Unit> before = on;
    on = demand.or(() -> before);
    try {
      return evaluation.get();
    } finally {
      on = before;
    }
  }

  /** The graph that tensors are added to; null where a constant is evaluated. */
  GraphBuilder builder() {
    return builder;
  }

  SourceUnit unit() {
    return unit;
  }

  TypeElement owner() {
    return owner;
  }

  Object self() {
    return self;
  }

  /** How many calls lead here. */
  int depth() {
    return depth;
  }

  void enter() {
    scopes.add(new HashMap<>());
  }

  void leave() {
    scopes.removeLast();
  }

  void declare(String name, JavaType type, Object value) {
    scopes.getLast().put(name, new Local(type, value));
  }

  /** The variable of that name; null if there is none. */
  Local local(String name) {
    for (Map<String, Local> scope : scopes.reversed()) {
      if (scope.containsKey(name)) {
        return scope.get(name);
      }
    }
    return null;
  }

  /** Forgets a variable's value after a fault that may have changed it. */
  void poison(String name) {
    Local local = local(name);
    if (local != null) {
      local.value = Value.Mark.POISON;
    }
  }

  /** A tree's place; a compiler that cannot point to it points to the declaration around it. */
  Place place(Tree tree) {
    return unit.place(tree, declared);
  }

  /** A tree's place, then the calls that lead here, innermost first. */
  List<Place> path(Tree tree) {
    List<Place> path = new ArrayList<>(List.of(place(tree)));
    for (Frame at = this; at != null && at.callSite != null; at = at.caller) {
      path.add(at.callSite);
    }
    return path;
  }
}
