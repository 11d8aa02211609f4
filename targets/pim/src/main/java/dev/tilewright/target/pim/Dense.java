package dev.tilewright.target.pim;

import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Op;
import dev.tilewright.codegen.graph.Program;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The part of a program that its entries without ragged batches need. */
final class Dense {
  private final Program program;
  private final Set<String> needed = new HashSet<>();

  private Dense(Program program) {
    this.program = program;
  }

  static Program of(Program program) {
    Dense dense = new Dense(program);
    List<Program.EntryPoint> entries =
        program.entries().stream().filter(entry -> entry.ragged().isEmpty()).toList();
    entries.forEach(entry -> dense.need(entry.function()));
    List<Function> functions =
        program.functions().stream()
            .filter(function -> dense.needed.contains(function.name()))
            .toList();
    return new Program(program.model(), functions, entries);
  }

  private void need(String function) {
    if (needed.add(function)) {
      for (Node node : program.function(function).nodes()) {
        if (node.op() instanceof Op.Call call) {
          need(call.function());
        }
      }
    }
  }
}
