package dev.tilewright.codegen.emit;

import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.codegen.tile.TileProgram;
import dev.tilewright.codegen.tile.TileProgram.Argument;
import dev.tilewright.codegen.tile.TileProgram.Step;
import dev.tilewright.codegen.tile.TileProgram.TileFunction;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which parameters of kernels may share memory with another of the same run: those that get the
 * same argument. Different places in a frame, different weights, inputs and results do not overlap.
 */
final class Aliases {
  private record Pair(String name, int first, int second) {}

  private final Set<Pair> functions = new HashSet<>();
  private final Map<String, Set<Integer>> kernels = new HashMap<>();

  Aliases(TileProgram program) {
    List<TileFunction> callersFirst = program.functions().reversed();
    for (TileFunction function : callersFirst) {
      for (Step step : function.steps()) {
        switch (step) {
          case Step.Run run -> kernel(function, run);
          case Step.Blocks blocks -> blocks.runs().forEach(run -> kernel(function, run));
          case Step.Call call -> call(function, call);
        }
      }
    }
  }

  /** Whether no other parameter of a kernel ever shares the memory of this one. */
  boolean isAlone(Kernel kernel, int parameter) {
    return !kernels.getOrDefault(kernel.name(), Set.of()).contains(parameter);
  }

  private void kernel(TileFunction function, Step.Run run) {
    for (int i = 0; i < run.arguments().size(); i++) {
      for (int j = 0; j < run.arguments().size(); j++) {
        if (i != j && same(function, run.arguments().get(i), run.arguments().get(j))) {
          kernels.computeIfAbsent(run.kernel(), _ -> new HashSet<>()).add(i);
        }
      }
    }
  }

  private void call(TileFunction function, Step.Call call) {
    for (int i = 0; i < call.arguments().size(); i++) {
      for (int j = 0; j < call.arguments().size(); j++) {
        if (i != j && same(function, call.arguments().get(i), call.arguments().get(j))) {
          functions.add(new Pair(call.function(), i, j));
        }
      }
    }
  }

  private boolean same(TileFunction function, Argument a, Argument b) {
    return a.equals(b)
        || (a instanceof Argument.Parameter(int first)
            && b instanceof Argument.Parameter(int second)
            && functions.contains(new Pair(function.name(), first, second)))
        || (a instanceof Argument.Rows first
            && b instanceof Argument.Rows second
            && same(function, first.buffer(), second.buffer()));
  }
}
