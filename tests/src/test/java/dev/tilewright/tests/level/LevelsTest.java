package dev.tilewright.tests.level;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.codegen.Target;
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

  private static final int GROUPS = Integer.getInteger("tilewright.groups", 4);
  private static final int GROUP = 6;

  private static final List<Target> TARGETS = NativeRunner.targets();

  static Stream<Named<List<Case>>> groups() {
    Stream<Named<List<Case>>> named =
        Stream.of(
            Named.of("attention", Cases.attentions()),
            Named.of("what users write", Cases.own()),
            Named.of("layers", Cases.layers()),
            Named.of("views", Cases.views()));
    return Stream.concat(
        named,
        LongStream.range(0, GROUPS)
            .map(group -> FIRST_SEED + group * GROUP)
            .mapToObj(
                seed ->
                    Named.of(
                        "random models from " + seed,
                        LongStream.range(seed, seed + GROUP).mapToObj(RandomCases::of).toList())));
  }

  @ParameterizedTest
  @MethodSource("groups")
  void eagerAndGraph(List<Case> cases) {
    Levels.checkGraph(cases);
  }

  @ParameterizedTest
  @MethodSource("groups")
  void tilesOfFourLanes(List<Case> cases) {
    Levels.checkTiles(cases, Levels.PLAIN);
  }

  @ParameterizedTest
  @MethodSource("groups")
  void tilesOfSixteenLanes(List<Case> cases) {
    Levels.checkTiles(cases, Levels.WIDE);
  }

  @ParameterizedTest
  @MethodSource("groups")
  void nativeCode(List<Case> cases) {
    for (Target target : TARGETS) {
      Levels.checkNative(cases, target);
    }
  }

  @Test
  void everyMachineRunsThePortableTarget() {
    assertThat(TARGETS).extracting(Target::name).contains("portable");
  }
}
