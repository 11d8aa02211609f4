package dev.tilewright.tests.level;

import dev.tilewright.Precision;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.fuse.Fuser;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.codegen.lower.Lowering;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.TileInterpreter;
import dev.tilewright.codegen.tile.TileVerifier;
import dev.tilewright.op.TensorType;
import dev.tilewright.op.WeightSource;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A program fused, lowered and then interpreted tile by tile. */
final class TileRunner {
  private final Lowering.Result lowered;
  private final MachineModel machine;

  TileRunner(Program program, MachineModel machine, Precision precision) {
    this.machine = machine;
    lowered =
        Lowering.lower(Fuser.fuse(program, precision, Trace.NONE), program, machine, Trace.NONE);
    TileVerifier.verify(lowered.program(), machine);
  }

  List<HostTensor> run(
      String name,
      List<HostTensor> inputs,
      WeightSource weights,
      Map<String, Long> symbols,
      int workers) {
    EntrySchema entry =
        lowered.entries().stream().filter(e -> e.name().equals(name)).findFirst().orElseThrow();
    try (Arena arena = Arena.ofConfined()) {
      List<MemorySegment> parameters = new ArrayList<>();
      inputs.forEach(input -> parameters.add(Memory.copy(input, arena)));
      List<TensorType> types =
          entry.results().stream().map(type -> Case.concrete(type, symbols)).toList();
      types.forEach(type -> parameters.add(Memory.of(type, arena)));
      TileInterpreter.Fault fault =
          new TileInterpreter(lowered.program(), machine)
              .run(
                  entry.symbol(),
                  symbols,
                  parameters,
                  WeightTable.of(lowered.weights(), weights, symbols, arena),
                  workers);
      if (fault.site() >= 0) {
        throw new IllegalStateException(name + " reports " + fault);
      }
      List<HostTensor> results = new ArrayList<>();
      for (int i = 0; i < types.size(); i++) {
        results.add(Memory.read(types.get(i), parameters.get(inputs.size() + i)));
      }
      return results;
    }
  }
}
