package dev.tilewright.codegen.tile;

import dev.tilewright.codegen.tile.TileProgram.Argument;
import dev.tilewright.codegen.tile.TileProgram.Step;
import dev.tilewright.codegen.tile.TileProgram.TileFunction;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Checks what a tile program must satisfy before it is written or interpreted. */
public final class TileVerifier {
  private final Map<String, Kernel> kernels = new HashMap<>();
  private final Map<String, TileFunction> functions = new HashMap<>();

  private TileVerifier() {}

  /**
   * Checks a program for a machine.
   *
   * @throws VerificationException at the first rule that is broken
   */
  public static void verify(TileProgram program, MachineModel machine) {
    TileVerifier verifier = new TileVerifier();
    for (Kernel kernel : program.kernels()) {
      verify(kernel, machine);
      require(
          verifier.kernels.put(kernel.name(), kernel) == null,
          "two kernels are called " + kernel.name());
    }
    for (TileFunction function : program.functions()) {
      verifier.verify(function);
      require(
          verifier.functions.put(function.name(), function) == null,
          "two functions are called " + function.name());
    }
    for (TileProgram.Entry entry : program.entries()) {
      require(
          verifier.functions.containsKey(entry.function()), entry + ": there is no such function");
    }
  }

  /**
   * Checks a kernel for a machine.
   *
   * @throws VerificationException at the first rule that is broken
   */
  public static void verify(Kernel kernel, MachineModel machine) {
    new KernelVerifier(kernel, machine).verify();
  }

  private void verify(TileFunction function) {
    name(function.name());
    for (Step step : function.steps()) {
      String place = function.name() + ": " + step + ": ";
      switch (step) {
        case Step.Run run -> run(function, run, place, false);
        case Step.Blocks blocks -> {
          symbols(function, List.copyOf(blocks.rows().symbols()), place);
          require(
              blocks.most() > 0 && blocks.most() % Step.Blocks.UNIT == 0,
              place + "blocks are not of a multiple of " + Step.Blocks.UNIT + " rows");
          blocks.runs().forEach(run -> run(function, run, place, true));
        }
        case Step.Call call -> {
          TileFunction callee = functions.get(call.function());
          require(callee != null, place + "there is no such function before it");
          symbols(function, callee.symbols(), place);
          arguments(function, call.arguments(), callee.parameters(), place, false);
          require(
              call.weightBase() >= function.weights(),
              place + "weight base below " + function.weights());
          require(call.siteBase() >= 0, place + "negative site base");
        }
      }
    }
  }

  private void run(TileFunction function, Step.Run run, String place, boolean rows) {
    Kernel kernel = kernels.get(run.kernel());
    require(kernel != null, place + "there is no such kernel");
    symbols(function, kernel.symbols(), place);
    arguments(function, run.arguments(), kernel.parameters().size(), place, rows);
  }

  private static void symbols(TileFunction function, List<String> needed, String place) {
    require(
        function.symbols().containsAll(needed),
        place + "needs symbols " + needed + " of " + function.symbols());
  }

  private static void arguments(
      TileFunction function, List<Argument> arguments, int expected, String place, boolean rows) {
    require(
        arguments.size() == expected,
        place + "expected " + expected + " arguments, got " + arguments.size());
    for (Argument argument : arguments) {
      require(
          isOwn(function, argument, rows), place + argument + " is not among the function's own");
    }
  }

  private static boolean isOwn(TileFunction function, Argument argument, boolean rows) {
    return switch (argument) {
      case Argument.Parameter(int index) -> index >= 0 && index < function.parameters();
      case Argument.Weight(int index) -> index >= 0 && index < function.weights();
      case Argument.Frame frame ->
          new HashSet<>(function.symbols())
              .containsAll(IndexText.variables(Index.of(frame.offset())));
      case Argument.Rows(Argument buffer, long rowBytes, boolean _) ->
          rows
              && rowBytes > 0
              && !(buffer instanceof Argument.Rows)
              && isOwn(function, buffer, false);
    };
  }

  static void name(String name) {
    require(
        name.matches("[A-Za-z_][A-Za-z0-9_]*"),
        "'" + name + "' is no name: letters, digits and _ make one");
  }

  static void require(boolean condition, String message) {
    if (!condition) {
      throw new VerificationException(message);
    }
  }
}
