package dev.tilewright.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BurstsTest {
  @Test
  void quantilesAreOfSortedValues() {
    Samples samples = new Samples();
    for (int i = 100; i > 0; i--) {
      samples.add(i);
    }
    assertThat(samples.median()).isEqualTo(51);
    assertThat(samples.quantile(0.1)).isEqualTo(11);
    assertThat(samples.quantile(1)).isEqualTo(100);
    assertThatIllegalStateException().isThrownBy(() -> new Samples().median());
  }

  @Test
  void allTakeTurns() throws Exception {
    List<Character> order = new ArrayList<>();
    Call a = () -> order.add('a');
    Call b =
        () -> {
          order.add('b');
          Thread.sleep(6);
        };
    List<Samples> samples = new Bursts(0.05, 3).alternate(List.of(a, b));
    assertThat(samples.get(1).median()).isGreaterThanOrEqualTo(6);
    assertThat(samples.get(0).median()).isLessThan(1);
    long turns = 0;
    for (int i = 1; i < order.size(); i++) {
      turns += order.get(i).equals(order.get(i - 1)) ? 0 : 1;
    }
    // One change after each turn of all rounds but the last, and after the two warm-ups.
    assertThat(turns).isBetween(7L, 17L).isOdd();
  }
}
