package dev.tilewright.tests.level;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.Precision;
import dev.tilewright.codegen.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One computation at every level agrees with exact arithmetic within derived tolerances. */
class LevelsTest {
  /**
   * Other random models, and more of them: {@code -Dtilewright.seed=1000 -Dtilewright.groups=50}.
   */
  private static final long FIRST_SEED = Long.getLong("tilewright.seed", 1);

  private static final int GROUPS_OF_RANDOM = Integer.getInteger("tilewright.groups", 4);
  private static final int GROUP = 6;

  private static final List<Named<List<Case>>> GROUPS =
      Stream.concat(
              Stream.of(
                  Named.of("attention", Cases.attentions()),
                  Named.of("attention of bf16", Cases.narrow()),
                  Named.of("what users write", Cases.own()),
                  Named.of("layers", Cases.layers()),
                  Named.of("views", Cases.views()),
                  Named.of("sessions", SessionCases.all())),
              LongStream.range(0, GROUPS_OF_RANDOM)
                  .map(group -> FIRST_SEED + group * GROUP)
                  .mapToObj(LevelsTest::random))
          .toList();

  private static Named<List<Case>> random(long first) {
    return Named.of(
        "random models from " + first,
        LongStream.range(first, first + GROUP).mapToObj(RandomCases::of).toList());
  }

  static List<Named<List<Case>>> groups() {
    return GROUPS;
  }

  @ParameterizedTest
  @MethodSource("groups")
  void eagerAndGraph(List<Case> cases) {
    Levels.checkGraph(cases);
  }

  @ParameterizedTest
  @MethodSource("groups")
  void tilesOfFourLanes(List<Case> cases) {
    Levels.checkTiles(cases, Levels.PLAIN, Precision.FLOAT32);
  }

  @ParameterizedTest
  @MethodSource("groups")
  void tilesOfSixteenLanes(List<Case> cases) {
    Levels.checkTiles(cases, Levels.WIDE, Precision.FLOAT32);
  }

  @ParameterizedTest
  @MethodSource("groups")
  void nativeCode(List<Case> cases) {
    Levels.checkNative(cases, NativeRunner.targets(), Precision.FLOAT32);
  }

  /** Targets that are for other precisions alone have the same kernels but for narrow products. */
  @Test
  void nativeCodeOfNarrowProducts() {
    List<Target> others = new ArrayList<>(NativeRunner.allTargets());
    others.removeIf(target -> target.compiles(Precision.FLOAT32));
    Levels.checkNative(Cases.narrow(), others, Precision.FLOAT32);
  }

  @Test
  void everyMachineRunsThePortableTarget() {
    assertThat(NativeRunner.targets()).extracting(Target::name).contains("portable");
  }
}
