package dev.tilewright.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.Precision;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadOptionsTest {
  @AfterEach
  void clear() {
    System.clearProperty("tilewright.workers");
    System.clearProperty("tilewright.target");
    System.clearProperty("tilewright.pin");
    System.clearProperty("tilewright.precision");
  }

  @Test
  void takesTheProcessorsOfTheProcess() {
    assertThat(LoadOptions.defaults().workerCount())
        .isEqualTo(Math.min(LoadOptions.MOST_WORKERS, Runtime.getRuntime().availableProcessors()));
    assertThat(LoadOptions.defaults().requestedTarget()).isEmpty();
  }

  @Test
  void prefersTheCallersWordToTheProperty() {
    System.setProperty("tilewright.workers", " 3 ");
    System.setProperty("tilewright.target", "portable");
    assertThat(LoadOptions.defaults().workerCount()).isEqualTo(3);
    assertThat(LoadOptions.defaults().withWorkers(5).workerCount()).isEqualTo(5);
    assertThat(LoadOptions.defaults().requestedTarget()).contains("portable");
    assertThat(LoadOptions.defaults().withTarget("avx512").requestedTarget()).contains("avx512");
    assertThat(LoadOptions.defaults().withStrictWeights(true).strictWeights()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "1025", "two", ""})
  void refusesAPropertyThatIsNoCount(String value) {
    System.setProperty("tilewright.workers", value);
    assertThatThrownBy(() -> LoadOptions.defaults().workerCount())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tilewright.workers");
  }

  @Test
  void refusesACountOutsideTheRange() {
    assertThatThrownBy(() -> LoadOptions.defaults().withWorkers(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("between 1 and 1024, not 0");
  }

  @Test
  void takesThePrecisionByItsLabel() {
    assertThat(LoadOptions.defaults().requestedPrecision()).isEmpty();
    System.setProperty("tilewright.precision", "int8-weights");
    assertThat(LoadOptions.defaults().requestedPrecision()).contains(Precision.INT8_WEIGHTS);
    assertThat(LoadOptions.defaults().withPrecision(Precision.BFLOAT16).requestedPrecision())
        .contains(Precision.BFLOAT16);
    System.setProperty("tilewright.precision", "fp16");
    assertThatThrownBy(() -> LoadOptions.defaults().requestedPrecision())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "-Dtilewright.precision: no precision is called 'fp16'; there are float32, bfloat16,"
                + " int8, bfloat16-weights, int8-weights, int8-blocks");
  }

  @Test
  void pinsUnlessTold() {
    assertThat(LoadOptions.defaults().pinsWorkers()).isTrue();
    System.setProperty("tilewright.pin", "false");
    assertThat(LoadOptions.defaults().pinsWorkers()).isFalse();
    assertThat(LoadOptions.defaults().withPinnedWorkers(true).pinsWorkers()).isTrue();
    System.setProperty("tilewright.pin", "1");
    assertThatThrownBy(() -> LoadOptions.defaults().pinsWorkers())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-Dtilewright.pin=1");
  }
}
