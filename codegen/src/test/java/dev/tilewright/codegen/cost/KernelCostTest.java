package dev.tilewright.codegen.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.fuse.Encoder;
import dev.tilewright.codegen.fuse.Fuser;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.codegen.lower.Lowering;
import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.TileProgram;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KernelCostTest {
  private static final MachineModel MACHINE =
      new MachineModel(16, 32, true, true, 64, 32 << 10, 1 << 20, 1, 2, 4);

  private static final int DIM = 384;
  private static final int FFN = 1536;
  private static final TileProgram ENCODER = encoder();

  private static TileProgram encoder() {
    Program program = Encoder.program(1, 100, 512, DIM, 12, FFN);
    return Lowering.lower(Fuser.fuse(program, Trace.NONE), program, MACHINE, Trace.NONE).program();
  }

  @Test
  void productsOfManyRowsCostTheirMultiplyAdds() {
    double multiplyAdds = 128.0 * DIM * FFN / MACHINE.lanes();
    List<Double> costs =
        ENCODER.kernels().stream()
            .filter(kernel -> kernel.comment().contains("[k0:" + FFN + "]"))
            .map(kernel -> cycles(kernel, 128, 1))
            .toList();
    assertThat(costs).hasSize(1);
    assertThat(costs.getFirst()).isCloseTo(multiplyAdds, withPercentage(3));
  }

  @Test
  void twoWorkersHalveTheCost() {
    for (Kernel kernel : ENCODER.kernels()) {
      if (kernel.name().startsWith("encoder_layer")) {
        assertThat(cycles(kernel, 128, 2)).isCloseTo(cycles(kernel, 128, 1) / 2, withPercentage(5));
      }
    }
  }

  @Test
  void attentionGrowsWithTheSquareOfItsLength() {
    Kernel attention =
        ENCODER.kernels().stream()
            .filter(kernel -> kernel.comment().startsWith("streamed"))
            .findFirst()
            .orElseThrow();
    assertThat(cycles(attention, 1024, 1) / cycles(attention, 512, 1)).isBetween(3.5, 4.5);
  }

  private static double cycles(Kernel kernel, long tokens, int workers) {
    return KernelCost.cycles(kernel, MACHINE, Map.of("B", 1L, "S", tokens), workers);
  }
}
