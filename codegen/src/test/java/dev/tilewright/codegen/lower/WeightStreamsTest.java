package dev.tilewright.codegen.lower;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.fuse.Encoder;
import dev.tilewright.codegen.fuse.Fuser;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.TileProgram.Step;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.ModelSchema.Part;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WeightStreamsTest {
  private static final MachineModel MACHINE =
      new MachineModel(16, 32, true, true, 64, 32 << 10, 1 << 20, 1, 2, 4);

  /**
   * Each product of a layer asks for the next one's panels, and the last for those of the next
   * layer's first, where the runtime puts them.
   */
  @Test
  void leadFromEachWeightToTheNext() {
    Program program = Encoder.program(3, 100, 64, 96, 4, 384);
    Lowering.Result lowered =
        Lowering.lower(Fuser.fuse(program, Trace.NONE), program, MACHINE, Trace.NONE);
    List<Long> panels = new ArrayList<>();
    long end = 0;
    for (WeightRecipe recipe : lowered.weights()) {
      if (recipe.layout() instanceof Layout.Panels) {
        panels.add(end);
      }
      end += bytes(recipe);
    }
    List<Long> distances = distances(lowered, 1, 0);
    assertThat(panels).hasSize(3 * distances.size());
    for (int i = 0; i + 1 < panels.size(); i++) {
      assertThat(distances.get(i % distances.size())).isEqualTo(panels.get(i + 1) - panels.get(i));
    }
    // The second of two workers starts in the middle.
    List<Long> second = distances(lowered, 2, 1);
    for (int i = 0; i < second.size(); i++) {
      assertThat(second.get(i)).isGreaterThan(distances.get(i));
    }
  }

  /** How far each product of the layer looks ahead, in bytes. */
  private static List<Long> distances(Lowering.Result lowered, long workers, long worker) {
    Map<String, Long> variables = Map.of("worker", worker, "workers", workers);
    List<Long> distances = new ArrayList<>();
    for (Step step : lowered.program().function("encoder_layer").steps()) {
      List<Step.Run> runs =
          switch (step) {
            case Step.Run run -> List.of(run);
            case Step.Blocks blocks -> blocks.runs();
            case Step.Call _ -> List.of();
          };
      for (Step.Run run : runs) {
        Kernel kernel = lowered.program().kernel(run.kernel());
        for (Statement statement : kernel.body()) {
          if (statement instanceof Statement.Define define
              && define.variable().startsWith("following")) {
            distances.add(4 * define.value().evaluate(variables::get));
          }
        }
      }
    }
    return distances;
  }

  /** As the runtime lays weights out: one behind the other in lines of 64 bytes. */
  private static long bytes(WeightRecipe recipe) {
    long elements = 0;
    long columns = 0;
    for (Part part : recipe.parts()) {
      elements += part.type().elements().value();
      columns += part.type().dim(0).value();
    }
    if (recipe.layout() instanceof Layout.Panels layout) {
      assertThat(layout.transposed()).isFalse();
      elements = Math.ceilDiv(columns, layout.width()) * layout.width() * (elements / columns);
    }
    return Math.ceilDiv(4 * elements, 64) * 64;
  }
}
