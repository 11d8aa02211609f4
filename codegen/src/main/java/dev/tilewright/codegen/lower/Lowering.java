package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.cost.Tuning;
import dev.tilewright.codegen.fuse.Fuser;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.codegen.graph.Sessions;
import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.TileProgram;
import dev.tilewright.codegen.tile.TileProgram.TileFunction;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.ModelSchema.Parameter;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** From fused functions to the tile IR of a whole library, with what a caller must know of it. */
public final class Lowering {
  private Lowering() {}

  /**
   * @param entries the entries, in the program's order
   * @param weights the weight table: the entries' one after another
   */
  public record Result(
      TileProgram program, List<EntrySchema> entries, List<WeightRecipe> weights) {}

  /**
   * Lowers all functions.
   *
   * @param functions the fused functions, in the program's order
   * @param machine what tiles are chosen for
   */
  public static Result lower(
      List<RegionFunction> functions, Program program, MachineModel machine, Trace trace) {
    TileChoice choice = new TileChoice("", machine, Tuning.NONE, trace);
    return lower(functions, program, machine, choice, trace);
  }

  /**
   * Lowers all functions.
   *
   * @param functions the fused functions, in the program's order
   * @param machine what tiles are chosen for
   * @param choice decides their sizes
   */
  public static Result lower(
      List<RegionFunction> functions,
      Program program,
      MachineModel machine,
      TileChoice choice,
      Trace trace) {
    Map<String, LinkedFunction> linked = new LinkedHashMap<>();
    List<Kernel> kernels = new ArrayList<>();
    List<TileFunction> tileFunctions = new ArrayList<>();
    for (RegionFunction function : functions) {
      LinkedFunction lowered =
          new FunctionLowering(function, machine, choice, linked, trace).lower();
      linked.put(function.name(), lowered);
      kernels.addAll(lowered.kernels());
      tileFunctions.add(lowered.tile());
    }
    List<TileProgram.Entry> entries = new ArrayList<>();
    List<EntrySchema> schemas = new ArrayList<>();
    List<WeightRecipe> weights = new ArrayList<>();
    for (Program.EntryPoint entry : program.entries()) {
      LinkedFunction function = linked.get(Fuser.function(entry));
      String symbol = "tw_" + entry.name();
      entries.add(new TileProgram.Entry(symbol, Fuser.function(entry), weights.size()));
      schemas.add(schema(program, entry, symbol, function));
      weights.addAll(function.recipes(""));
    }
    return new Result(
        new TileProgram(program.model(), kernels, tileFunctions, entries),
        schemas,
        List.copyOf(weights));
  }

  private static EntrySchema schema(
      Program program, Program.EntryPoint entry, String symbol, LinkedFunction function) {
    var graph = program.function(entry.function());
    List<Parameter> inputs = new ArrayList<>();
    for (Node input : graph.inputs()) {
      String name = ((dev.tilewright.codegen.graph.Op.Input) input.op()).name();
      inputs.add(new Parameter(name, input.type()));
    }
    return new EntrySchema(
        entry.name(),
        symbol,
        function.source().symbols(),
        inputs,
        graph.results().stream().map(Node::type).toList(),
        function.arenaBytes(),
        function.scratchBytes(),
        function.limits(),
        function.sites(),
        function.steps(),
        entry.ragged(),
        Sessions.of(program, entry.function()));
  }
}
