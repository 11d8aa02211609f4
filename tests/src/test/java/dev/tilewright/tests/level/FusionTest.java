package dev.tilewright.tests.level;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.codegen.Trace.Decision;
import dev.tilewright.codegen.fuse.Fuser;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What users write themselves fuses where that is legal, and is refused with a reason elsewhere.
 */
class FusionTest {
  private final Decisions decisions = new Decisions();

  private List<Region> fuse(Case one) {
    RegionFunction function = Fuser.fuse(Case.program(List.of(one)), decisions).getFirst();
    return function.steps().stream()
        .filter(RegionFunction.Step.Run.class::isInstance)
        .map(step -> ((RegionFunction.Step.Run) step).region())
        .toList();
  }

  private List<Decision> decided(Case one, String rule, boolean applied) {
    return decisions.of(one.name(), rule, applied);
  }

  @Test
  void ownSoftmaxIsStreamed() {
    Case one = Cases.ownSoftmax();
    assertThat(fuse(one)).singleElement().isInstanceOf(Region.Streamed.class);
    assertThat(decided(one, "stream-softmax", true)).as("%s", decisions).hasSize(1);
  }

  @Test
  void clippedSoftmaxIsNotStreamedAndSaysWhy() {
    Case one = Cases.clippedSoftmax();
    assertThat(fuse(one)).noneMatch(Region.Streamed.class::isInstance);
    assertThat(decided(one, "stream-softmax", false))
        .as("%s", decisions)
        .isNotEmpty()
        .allSatisfy(decision -> assertThat(decision.why()).isNotBlank());
  }

  @Test
  void probabilitiesThatAreAlsoAResultAreNotStreamed() {
    Case one = Cases.columnSums();
    assertThat(fuse(one)).noneMatch(Region.Streamed.class::isInstance);
    assertThat(decided(one, "stream-softmax", false)).as("%s", decisions).isNotEmpty();
  }

  @Test
  void ownActivationJoinsTheProductBeforeIt() {
    Case one = Cases.ownActivation();
    assertThat(fuse(one)).singleElement().isInstanceOf(Region.Contraction.class);
    assertThat(decided(one, "epilogue", true)).as("%s", decisions).isNotEmpty();
  }

  @Test
  void ownNormIsOneSweepOverRows() {
    Case one = Cases.ownNorm();
    assertThat(fuse(one)).singleElement().isInstanceOf(Region.RowReduction.class);
    assertThat(decided(one, "row-fusion", true)).as("%s", decisions).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void queriesKeysAndValuesAreOneProductAndAttentionAnother(int which) {
    Case one = Cases.attentions().get(which);
    List<Region> regions = fuse(one);
    assertThat(regions).filteredOn(Region.Contraction.class::isInstance).as(one.name()).hasSize(1);
    assertThat(regions).filteredOn(Region.Streamed.class::isInstance).as(one.name()).hasSize(1);
    assertThat(decided(one, "merge-contractions", true)).as("%s", decisions).hasSize(1);
  }
}
