package dev.tilewright.codegen.fuse;

import dev.tilewright.Precision;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.GraphPrinter;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.codegen.precision.CoarseFunctions;
import dev.tilewright.codegen.precision.NarrowStates;
import dev.tilewright.codegen.precision.PrecisionPass;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * From graphs to regions, one function at a time:
 *
 * <ol>
 *   <li>{@link Simplify}: constants, views of views, operations that do nothing
 *   <li>{@link MergeContractions}: products of one operand with several weights
 *   <li>{@link PrecisionPass}: products in the precision
 *   <li>{@link Streaming}: pairs of products with a softmax-like map between them
 *   <li>{@link Clustering}: every product and reduction takes in the elementwise work around it
 *   <li>{@link Placement}: what is held in memory between steps
 *   <li>{@link Assembly}: formulas over axes, in order of need
 *   <li>{@link Coalescing}: axes that move as one become one
 *   <li>{@link RaggedFunctions}: for entries over ragged batches, sequences packed one after
 *       another
 * </ol>
 *
 * Placement, assembly and coalescing belong together: a formula may turn out to need a buffer.
 * Every decision that could have gone the other way is explained to the trace.
 */
public final class Fuser {
  private Fuser() {}

  /** The regions of each function in FLOAT32. */
  public static List<RegionFunction> fuse(Program program, Trace trace) {
    return fuse(program, Precision.FLOAT32, trace);
  }

  /** The regions of each function in a precision, in the program's order. */
  public static List<RegionFunction> fuse(Program program, Precision precision, Trace trace) {
    List<Function> simple = program.functions().stream().map(Simplify::run).toList();
    trace.pass(
        "fuse",
        "simplify",
        GraphPrinter.print(new Program(program.model(), simple, program.entries())));
    List<Function> merged =
        simple.stream()
            .map(function -> Simplify.run(MergeContractions.run(function, trace)))
            .toList();
    trace.pass(
        "fuse",
        "merge contractions",
        GraphPrinter.print(new Program(program.model(), merged, program.entries())));
    List<Function> precise = merged;
    if (precision != Precision.FLOAT32) {
      precise =
          merged.stream()
              .map(function -> CoarseFunctions.run(function, precision, trace))
              .map(function -> Simplify.run(PrecisionPass.run(function, precision)))
              .map(function -> NarrowStates.run(function, trace))
              .toList();
      trace.pass(
          "fuse",
          "products in " + precision,
          GraphPrinter.print(new Program(program.model(), precise, program.entries())));
    }
    Map<String, String> refusals = new HashMap<>();
    List<RegionFunction> regions =
        precise.stream().map(function -> form(function, trace, refusals)).toList();
    trace.pass("fuse", "form regions", RegionPrinter.print(regions));
    List<RegionFunction> forms = RaggedFunctions.of(program, regions, refusals::get);
    if (!forms.equals(regions)) {
      trace.pass("fuse", "pack ragged batches", RegionPrinter.print(forms));
    }
    return forms;
  }

  /** The name of the function that an entry runs. */
  public static String function(Program.EntryPoint entry) {
    return RaggedFunctions.nameOf(entry.function(), entry.ragged());
  }

  private static RegionFunction form(Function function, Trace trace, Map<String, String> refusals) {
    Clusters clusters = new Clusters(function, trace);
    refusals.put(function.name(), new Streaming(clusters).run());
    Clustering clustering = new Clustering(clusters);
    clustering.run();
    Placement placement = new Placement(clusters);
    placement.require();
    placement.evict();
    placement.place();
    clustering.explain();
    return new Assembly(clusters, placement).run();
  }
}
