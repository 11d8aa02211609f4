package dev.tilewright.codegen.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.fuse.Encoder;
import dev.tilewright.codegen.fuse.Fuser;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.codegen.lower.Lowering;
import dev.tilewright.codegen.lower.TileChoice;
import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.codegen.tile.MachineModel;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TuningTest {
  private static final MachineModel MACHINE =
      new MachineModel(16, 32, true, true, 64, 32 << 10, 1 << 20, 1, 2, 4);
  private static final String PRODUCT = "f32 x f32, rows B*S, columns 1536, depth 384";

  @Test
  void readsWhatItWrites() {
    Tuning tuning =
        new Tuning(
            Map.of(
                Tuning.key("any", PRODUCT), new TileSize(4, 96),
                Tuning.key("other", "a = b"), new TileSize(1, 1)));
    assertThat(Tuning.parse(tuning.text())).isEqualTo(tuning);
    assertThat(Tuning.parse(tuning.text().replace("1\n", "1\n# for readers\n\n")))
        .isEqualTo(tuning);
    assertThat(tuning.size("any", PRODUCT)).contains(new TileSize(4, 96));
    assertThat(tuning.size("other", PRODUCT)).isEmpty();
  }

  @Test
  void namesTheLineThatIsDamaged() {
    assertThatThrownBy(() -> Tuning.parse("tilewright-tuning 1\nx: y = 8 by 48"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("line 2 of the tuning file cannot be read: x: y = 8 by 48");
    assertThatThrownBy(() -> Tuning.parse("x: y = 8x48"))
        .hasMessage("a tuning file starts with the line 'tilewright-tuning 1'");
  }

  @Test
  void countsBeforeTheCostModel() {
    assertThat(kernel(Tuning.NONE).comment()).contains("i0:8 x i1:48");
    Tuning tuned = new Tuning(Map.of(Tuning.key("any", PRODUCT), new TileSize(4, 96)));
    assertThat(kernel(tuned).comment()).contains("i0:4 x i1:96");
  }

  /** A size that does not fit the registers, from another machine perhaps, is not taken. */
  @Test
  void ignoresWhatDoesNotFit() {
    Tuning wild = new Tuning(Map.of(Tuning.key("any", PRODUCT), new TileSize(16, 96)));
    assertThat(kernel(wild)).isEqualTo(kernel(Tuning.NONE));
  }

  private static Kernel kernel(Tuning tuning) {
    Program program = Encoder.program(1, 100, 512, 384, 12, 1536);
    TileChoice choice = new TileChoice("any", MACHINE, tuning, Trace.NONE);
    List<Kernel> kernels =
        Lowering.lower(Fuser.fuse(program, Trace.NONE), program, MACHINE, choice, Trace.NONE)
            .program()
            .kernels();
    return kernels.stream()
        .filter(k -> k.name().contains("intermediate"))
        .findFirst()
        .orElseThrow();
  }
}
