package dev.tilewright.codegen;

import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.KernelModule.Machine;
import dev.tilewright.codegen.cost.KernelCost;
import dev.tilewright.codegen.emit.CWriter;
import dev.tilewright.codegen.emit.LlvmWriter;
import dev.tilewright.codegen.fuse.Fuser;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.codegen.lower.Lowering;
import dev.tilewright.codegen.lower.TileChoice;
import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.TilePrinter;
import dev.tilewright.codegen.tile.TileProgram;
import dev.tilewright.codegen.tile.TileVerifier;
import java.util.List;

/**
 * The way from a program to a library's source that targets with a processor's registers and memory
 * share: fuse, lower, the target's own passes, write. The tile program is verified after every
 * pass.
 *
 * @param target the target's name
 * @param model what tiles and passes are chosen for
 * @param machine what the source is compiled for
 * @param passes the target's passes over the lowered program, in order
 */
public record Pipeline(String target, MachineModel model, Machine machine, List<TilePass> passes) {
  public Pipeline {
    passes = List.copyOf(passes);
  }

  /**
   * Compiles a program.
   *
   * @param options with a language
   * @throws UnsupportedProgramException if it cannot be compiled; names the operation and its place
   */
  public KernelModule compile(Program program, CompileOptions options, Trace trace) {
    TileChoice choice = new TileChoice(target, model, options.tuning(), trace);
    Lowering.Result lowered =
        Lowering.lower(
            Fuser.fuse(program, options.precision(), trace), program, model, choice, trace);
    TileProgram tiles = lowered.program();
    report(trace, "lower to tiles", tiles);
    for (TilePass pass : passes) {
      tiles = pass.pass().apply(tiles);
      report(trace, pass.name(), tiles);
    }
    estimate(tiles, trace);
    Language language = options.language();
    String source =
        switch (language) {
          case LLVM -> LlvmWriter.write(tiles, model, machine);
          case C -> CWriter.write(tiles, model, machine);
        };
    trace.pass("emit", "write " + (language == Language.LLVM ? "LLVM" : "C"), source);
    return new KernelModule(source, language, machine, lowered.entries(), lowered.weights());
  }

  private void estimate(TileProgram program, Trace trace) {
    for (Kernel kernel : program.kernels()) {
      trace.estimate(
          new Trace.Estimate(
              kernel.name(),
              kernel.symbols(),
              kernel.comment(),
              sizes -> KernelCost.cycles(kernel, model, sizes, 1)));
    }
  }

  private void report(Trace trace, String pass, TileProgram program) {
    TileVerifier.verify(program, model);
    trace.pass("tile", pass, TilePrinter.print(program));
  }
}
