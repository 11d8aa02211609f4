package dev.tilewright.pim.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttentionTest {
  @ParameterizedTest
  @CsvSource({
    // device, channels, columns, heads, key heads, head, context
    "pim-gpt, 8, 64, 12, 12, 64, 40", // 12 heads of 4 channels: 6 groups, several in a row
    "pim-gpt, 2, 4, 3, 3, 16, 150", // a chunk of the keys has two or three heads, tokens five
    // groups
    "pim-gpt, 2, 4, 5, 5, 20, 70", // heads that fill neither columns nor channels
    "pim-gpt, 2, 4, 2, 2, 48, 90", // a head over two groups of channels
    "pim-gpt, 2, 4, 6, 2, 32, 130", // three query heads for a key head
    "neupims-single, 3, 4, 4, 2, 32, 100", // channels of 32 banks
  })
  void equalsThePlainArithmeticBitForBit(
      String name, int channels, int columns, int heads, int keyHeads, int head, int context) {
    Device device =
        Device.named(name)
            .with(Parameter.CHANNELS, channels)
            .with(Parameter.COLUMNS, columns)
            .with(Parameter.BUFFER_COLUMNS, columns);
    AttentionSize size = new AttentionSize(heads, keyHeads, head, context);
    AttentionMap map = new AttentionMap(new RowAllocator(device), "layer0", size);
    AttentionRun run = new AttentionRun(new Attention(map));
    CheckedBanks banks = new CheckedBanks(device);
    map.load(banks);
    Random random = new Random(7);
    float[][] k = new float[context][];
    float[][] v = new float[context][];
    for (int t = 0; t < context; t++) {
      k[t] = ProductTest.vector(random, keyHeads * head);
      v[t] = ProductTest.vector(random, keyHeads * head);
      run.append(t, k[t], v[t], banks);
      if (t % 13 == 0 || t == context - 1) {
        compare(device, size, run, banks, k, v, t + 1, random);
      }
    }
  }

  private static void compare(
      Device device,
      AttentionSize size,
      AttentionRun run,
      CheckedBanks banks,
      float[][] k,
      float[][] v,
      int tokens,
      Random random) {
    int head = size.head();
    float[] q = ProductTest.vector(random, size.heads() * head);
    float[][] scores = run.scores(q, tokens, banks);
    float[][] p = new float[size.heads()][];
    for (int h = 0; h < size.heads(); h++) {
      p[h] = ProductTest.vector(random, tokens);
    }
    float[] sums = run.weightedSum(p, tokens, banks);
    for (int h = 0; h < size.heads(); h++) {
      int first = h / size.shared() * head;
      for (int t = 0; t < tokens; t++) {
        assertThat(scores[h][t])
            .isEqualTo(
                PlainArithmetic.dot(slice(k[t], first, head), slice(q, h * head, head), 0, head));
      }
      for (int d = 0; d < head; d++) {
        float[] column = new float[tokens];
        for (int t = 0; t < tokens; t++) {
          column[t] = v[t][first + d];
        }
        assertThat(sums[h * head + d])
            .isEqualTo(PlainArithmetic.dot(column, p[h], 0, device.rowElements()));
      }
    }
  }

  private static float[] slice(float[] x, int from, int length) {
    return java.util.Arrays.copyOfRange(x, from, from + length);
  }

  @Test
  void headsFillARowOfTheKeys() {
    RowAllocator rows = new RowAllocator(Device.named("pim-gpt"));
    AttentionMap map = new AttentionMap(rows, "l", new AttentionSize(16, 16, 64, 1024));
    assertThat(map.keys().chunks()).isEqualTo(1);
    assertThat(map.keys().columns(0)).isEqualTo(64);
    // 1024 tokens over 128 banks are 8 rows, 1024 dimensions over 128 banks another 8
    assertThat(rows.taken()).isEqualTo(16);
  }

  @Test
  void piecesThatDifferBetweenChannelsAreShort() {
    AttentionMap map =
        new AttentionMap(
            new RowAllocator(Device.named("pim-gpt")), "l", new AttentionSize(12, 12, 64, 1024));
    for (int tokens = 1; tokens <= 1024; tokens += 31) {
      for (Command command : new Attention(map).weightedSum(tokens).commands()) {
        if (command instanceof Command.WriteBuffer write) {
          assertThat(write.size()).isLessThanOrEqualTo(32);
          assertThat(write.channels().count()).isEqualTo(4);
        }
      }
    }
  }

  @Test
  void streamsOfTheSameLengthAreMadeOnce() {
    AttentionMap map =
        new AttentionMap(
            new RowAllocator(Device.named("pim-gpt")), "l", new AttentionSize(12, 12, 64, 1024));
    Attention attention = new Attention(map);
    assertThat(attention.scores(1)).isSameAs(attention.scores(128));
    assertThat(attention.scores(129)).isNotSameAs(attention.scores(128));
    assertThat(attention.weightedSum(17)).isSameAs(attention.weightedSum(32));
    assertThat(attention.weightedSum(33)).isNotSameAs(attention.weightedSum(32));
  }

  @Test
  void whatDoesNotFitIsNamed() {
    RowAllocator rows = new RowAllocator(Device.named("pim-gpt"));
    AttentionMap map = new AttentionMap(rows, "l", new AttentionSize(2, 2, 64, 100));
    Attention attention = new Attention(map);
    assertThatThrownBy(() -> attention.append(100))
        .isInstanceOf(ContextException.class)
        .hasMessageContaining("'l.keys' has no position 100: it reserves 0 to 99");
    assertThatThrownBy(() -> attention.scores(101)).isInstanceOf(ContextException.class);
    assertThatThrownBy(() -> attention.weightedSum(0)).isInstanceOf(ContextException.class);
    assertThatThrownBy(() -> new AttentionMap(rows, "wide", new AttentionSize(1, 1, 1025, 8)))
        .isInstanceOf(CapacityException.class)
        .hasMessageContaining("1025 dimensions");
    assertThatThrownBy(
            () -> new AttentionMap(rows, "long", new AttentionSize(16, 16, 64, 3_000_000)))
        .isInstanceOf(CapacityException.class)
        .hasMessageContaining("'long.keys' needs");
    assertThatThrownBy(() -> new AttentionSize(3, 2, 64, 8)).hasMessageContaining("divide");
  }
}
