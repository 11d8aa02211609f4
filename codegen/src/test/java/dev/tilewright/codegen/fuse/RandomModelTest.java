package dev.tilewright.codegen.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RandomModelTest {
  private static final int PROGRAMS = Integer.getInteger("tilewright.programs", 400);

  @Test
  void regionsComputeWhatTheGraphSays() {
    List<Class<?>> kinds = new ArrayList<>();
    for (int seed = 0; seed < PROGRAMS; seed++) {
      int own = seed;
      try {
        Fused fused = Fused.of(builder -> RandomModel.build(own, builder));
        fused.agrees(Map.of("B", 2L, "S", 3L, "T", 5L), seed);
        fused.regions().forEach(region -> kinds.add(region.getClass()));
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("program " + seed + ": " + e.getMessage(), e);
      }
    }
    assertThat(kinds).contains(Region.Pointwise.class, Region.RowReduction.class);
    assertThat(kinds).contains(Region.Contraction.class, Region.Streamed.class);
  }

  @Test
  void fusingTwiceGivesTheSameText() {
    for (int seed = 0; seed < PROGRAMS; seed += 20) {
      int own = seed;
      String first =
          RegionPrinter.print(Fused.of(builder -> RandomModel.build(own, builder)).functions);
      String second =
          RegionPrinter.print(Fused.of(builder -> RandomModel.build(own, builder)).functions);
      assertThat(second).isEqualTo(first);
    }
  }
}
