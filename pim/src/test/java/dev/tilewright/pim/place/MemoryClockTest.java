package dev.tilewright.pim.place;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import dev.tilewright.pim.map.Attention;
import dev.tilewright.pim.map.AttentionMap;
import dev.tilewright.pim.map.AttentionSize;
import dev.tilewright.pim.map.MatrixMap;
import dev.tilewright.pim.map.Product;
import dev.tilewright.pim.map.RowAllocator;
import dev.tilewright.pim.timing.TimingSimulator;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The law against the timing simulator, over shapes that it was not made from. */
class MemoryClockTest {
  private static final int SHAPES = 40;

  private static CommandStream product(Device device, Random random, int least) {
    int outputs = least + random.nextInt(6000);
    int depth = least + random.nextInt(5000);
    return new Product(MatrixMap.of(new RowAllocator(device), "w", outputs, depth)).stream();
  }

  private static Attention attention(Device device, Random random, int least) {
    int keyHeads = 1 + random.nextInt(16);
    int shared = 1 + random.nextInt(3);
    int head = Math.max(least, 16 * (1 + random.nextInt(8)));
    AttentionSize size = new AttentionSize(keyHeads * shared, keyHeads, head, 2048);
    return new Attention(new AttentionMap(new RowAllocator(device), "a", size));
  }

  @ParameterizedTest
  @CsvSource({"aim-gddr6, 1", "aim-gddr6, 2", "pim-gpt, 2", "pim-gpt, 8", "aim-gddr6, 32"})
  void productsAndScoresAreExactWithModes(String name, int accumulators) {
    Device device = Device.named(name).with(Parameter.ACCUMULATORS, accumulators);
    MemoryClock clock = new MemoryClock(device);
    TimingSimulator simulator = new TimingSimulator(device);
    Random random = new Random(accumulators);
    for (int i = 0; i < SHAPES; i++) {
      CommandStream product = product(device, random, 16);
      assertThat(clock.cycles(product)).isEqualTo(simulator.run(product).cycles());
      Attention attention = attention(device, random, 16);
      int tokens = 1 + random.nextInt(2048);
      CommandStream scores = attention.scores(tokens);
      assertThat(clock.cycles(scores)).isEqualTo(simulator.run(scores).cycles());
      CommandStream sum = attention.weightedSum(tokens);
      assertThat(clock.cycles(sum)).isCloseTo(simulator.run(sum).cycles(), withinPercentage(2));
    }
  }

  /**
   * Without mode switches the front end shows through blocks of few columns. The clock counts
   * setting the accumulators with each block, so it is compared where they do not clear themselves.
   */
  @ParameterizedTest
  @CsvSource({"neupims-single", "neupims-dual"})
  void othersAreClose(String name) {
    Device device = Device.named(name).with(Parameter.CLEAR_ON_READ, 0);
    MemoryClock clock = new MemoryClock(device);
    TimingSimulator simulator = new TimingSimulator(device);
    Random random = new Random(3);
    for (int i = 0; i < SHAPES; i++) {
      CommandStream product = product(device, random, 256);
      assertThat(clock.cycles(product))
          .isCloseTo(simulator.run(product).cycles(), withinPercentage(3));
      Attention attention = attention(device, random, 64);
      int tokens = 512 + random.nextInt(1500);
      CommandStream scores = attention.scores(tokens);
      assertThat(clock.cycles(scores))
          .isCloseTo(simulator.run(scores).cycles(), withinPercentage(10));
      CommandStream sum = attention.weightedSum(tokens);
      assertThat(clock.cycles(sum)).isCloseTo(simulator.run(sum).cycles(), withinPercentage(10));
    }
  }

  @Test
  void otherCommandsAreRefused() {
    Device device = Device.named("pim-gpt");
    Attention attention = attention(device, new Random(1), 64);
    MemoryClock clock = new MemoryClock(device);
    assertThatThrownBy(() -> clock.cycles(attention.append(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("WriteBank")
        .hasMessageContaining("use TimingSimulator");
  }
}
