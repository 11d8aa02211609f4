package dev.tilewright.tests.level;

import dev.tilewright.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Models whose weights are stored narrow agree, at every level, with exact arithmetic over the very
 * numbers that are stored. Their products and sums are those of FLOAT32, and so are the tolerances.
 */
class PrecisionLevelsTest {
  /** Products of odd and even depths and widths, of one weight in two places, over tokens. */
  private static final List<Case> CASES = cases();

  private static List<Case> cases() {
    Set<String> wanted =
        Set.of("mlp_7_100", "mlp_100_16", "pooled_feed_forward", "shared__narrow", "shared__deep");
    List<Case> cases = new ArrayList<>(Cases.layers());
    cases.removeIf(one -> !wanted.contains(one.name()));
    cases.add(Cases.tokenMixing());
    cases.addAll(SessionCases.all());
    return cases;
  }

  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16_WEIGHTS", "INT8_WEIGHTS"})
  void tilesOfFourLanes(Precision precision) {
    Levels.checkTiles(CASES, Levels.PLAIN, precision);
  }

  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16_WEIGHTS", "INT8_WEIGHTS"})
  void tilesOfSixteenLanes(Precision precision) {
    Levels.checkTiles(CASES, Levels.WIDE, precision);
  }

  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16_WEIGHTS", "INT8_WEIGHTS"})
  void nativeCode(Precision precision) {
    Levels.checkNative(CASES, NativeRunner.targets(precision), precision);
  }
}
