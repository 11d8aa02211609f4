package dev.tilewright.processor.read;

import dev.tilewright.Dim;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Op;
import dev.tilewright.codegen.graph.Origin;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.codegen.graph.Sessions;
import dev.tilewright.op.TensorType;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.diagnose.Place;
import dev.tilewright.processor.diagnose.Reporter;
import dev.tilewright.schema.RaggedAxes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.lang.model.element.ExecutableElement;

/** Checks that a program uses what its model declares, the weights and states, and uses it well. */
final class Usage {
  private final Context context;
  private final Inventory inventory;
  private final Program program;
  private final Map<String, Use> used = new HashMap<>();
  private final Set<String> visited = new HashSet<>();

  Usage(Context context, Inventory inventory, Program program) {
    this.context = context;
    this.inventory = inventory;
    this.program = program;
  }

  /** Reports what is wrong. */
  void check(List<ExecutableElement> entries) {
    checkWeights();
    checkStates(entries);
  }

  private record Use(TensorType type, Origin origin) {}

  private void checkWeights() {
    program.entries().forEach(entry -> use(entry.function(), ""));
    Set<ExecutableElement> reported = new HashSet<>();
    inventory
        .weights()
        .forEach(
            (name, method) -> {
              if (!used.containsKey(name) && reported.add(method)) {
                context
                    .reporter()
                    .report(Diagnostic.WEIGHT_UNUSED, context.sources().place(method), name);
              }
            });
  }

  private void checkStates(List<ExecutableElement> entries) {
    Reporter reporter = context.reporter();
    Set<String> kept = new HashSet<>();
    for (Program.EntryPoint point : program.entries()) {
      ExecutableElement entry =
          entries.stream()
              .filter(method -> method.getSimpleName().contentEquals(point.name()))
              .findFirst()
              .orElseThrow();
      Place place = context.sources().place(entry);
      try {
        kept.addAll(Sessions.states(program, point.function()).keySet());
        boolean remembers = Sessions.of(program, point.function()).isPresent();
        if (program.function(point.function()).session() && !remembers) {
          reporter.report(Diagnostic.POSITIONS_WITHOUT_STATE, place, point.name());
        }
        if (remembers) {
          checkSequences(point, place);
        }
      } catch (IllegalArgumentException e) {
        reporter.report(Diagnostic.STATE_USE, place, e.getMessage());
      }
    }
    // Of a block that stands several times, some may do without.
    Set<ExecutableElement> done = new HashSet<>();
    inventory.states().forEach((name, method) -> addIf(kept.contains(name), method, done));
    inventory
        .states()
        .forEach(
            (name, method) -> {
              if (done.add(method)) {
                reporter.report(Diagnostic.STATE_UNUSED, context.sources().place(method), name);
              }
            });
  }

  private static <E> void addIf(boolean condition, E element, Set<E> set) {
    if (condition) {
      set.add(element);
    }
  }

  /** States are of one sequence, or of each of a ragged batch. */
  private void checkSequences(Program.EntryPoint point, Place place) {
    Dim sequences = point.ragged().map(RaggedAxes::sequences).orElse(Dim.ONE);
    Sessions.states(program, point.function())
        .forEach(
            (name, use) -> {
              if (!use.sequences().equals(sequences)) {
                context
                    .reporter()
                    .report(
                        Diagnostic.STATE_SEQUENCES,
                        place,
                        point.name(),
                        use.sequences(),
                        name,
                        sequences);
              }
            });
  }

  private void use(String function, String prefix) {
    if (!visited.add(function + " " + prefix)) {
      return;
    }
    for (Node node : program.function(function).nodes()) {
      switch (node.op()) {
        case Op.Weight(String name) -> use(prefix + name, node);
        case Op.Call(String callee, String more) -> use(callee, prefix + more);
        case Op.Input _, Op.State _, Op.Apply _, Op.Result _ -> {}
      }
    }
  }

  private void use(String name, Node node) {
    Use first = used.putIfAbsent(name, new Use(node.type(), node.origin()));
    if (first != null && !first.type().equals(node.type())) {
      context
          .reporter()
          .report(
              Diagnostic.WEIGHT_TYPES,
              context.place(node.origin()),
              name,
              node.type(),
              first.type(),
              first.origin());
    }
  }
}
