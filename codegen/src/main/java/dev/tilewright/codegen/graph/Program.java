package dev.tilewright.codegen.graph;

import dev.tilewright.schema.RaggedAxes;
import java.util.List;
import java.util.Optional;

/**
 * A model: its functions, callees before callers, and which of them can be called from outside.
 *
 * @param model the declaring interface's qualified name
 * @param entries functions of the same program; their names are the entries' names in Java
 */
public record Program(String model, List<Function> functions, List<EntryPoint> entries) {
  /**
   * What can be called from outside.
   *
   * @param function the function that is the entry
   * @param name the Java method's name
   * @param ragged if its tensors are ragged
   */
  public record EntryPoint(String name, String function, Optional<RaggedAxes> ragged) {
    public EntryPoint(String name, String function) {
      this(name, function, Optional.empty());
    }
  }

  public Program {
    functions = List.copyOf(functions);
    entries = List.copyOf(entries);
  }

  /** The function of that name. */
  public Function function(String name) {
    return functions.stream()
        .filter(function -> function.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("the program has no function '" + name + "'"));
  }
}
