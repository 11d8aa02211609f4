package dev.tilewright.codegen.graph;

import java.util.List;

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
   */
  public record EntryPoint(String name, String function) {}

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
