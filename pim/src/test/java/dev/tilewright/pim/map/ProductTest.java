package dev.tilewright.pim.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.pim.command.AimTrace;
import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProductTest {
  static float[] vector(Random random, int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  @ParameterizedTest
  @CsvSource({
    "pim-gpt, 1, 1, false",
    "pim-gpt, 128, 64, true",
    "pim-gpt, 300, 1000, true",
    "pim-gpt, 129, 1025, true",
    "pim-gpt, 700, 2500, false",
    "pim-gpt, 1500, 33, true",
    "aim-gddr6, 1030, 1024, true",
    "neupims-single, 1100, 700, true",
  })
  void equalsThePlainArithmeticBitForBit(String name, int outputs, int depth, boolean biased) {
    Device device = Device.named(name);
    RowAllocator rows = new RowAllocator(device);
    rows.take(3, "others");
    Product product = new Product(MatrixMap.of(rows, "w", outputs, depth));
    Random random = new Random(outputs);
    float[][] w = new float[outputs][];
    for (int o = 0; o < outputs; o++) {
      w[o] = vector(random, depth);
    }
    float[] x = vector(random, depth);
    float[] bias = biased ? vector(random, outputs) : null;
    CheckedBanks banks = new CheckedBanks(device);
    product.matrix().load((o, k) -> w[o][k], banks);
    float[] y = product.apply(x, bias, banks);
    int chunk = device.rowElements();
    for (int o = 0; o < outputs; o++) {
      assertThat(y[o]).isEqualTo(PlainArithmetic.dot(w[o], x, biased ? bias[o] : 0, chunk));
    }
  }

  @ParameterizedTest
  @CsvSource({"300, 1500", "700, 48", "1, 3000"})
  void everyElementHasACellOfItsOwn(int outputs, int depth) {
    Device device = Device.named("pim-gpt");
    RowAllocator rows = new RowAllocator(device);
    MatrixMap before = MatrixMap.of(rows, "before", outputs, depth);
    MatrixMap matrix = MatrixMap.of(rows, "w", outputs, depth);
    Set<Cell> cells = new HashSet<>();
    for (int o = 0; o < outputs; o++) {
      for (int k = 0; k < depth; k++) {
        assertThat(cells.add(matrix.cell(o, k)) && cells.add(before.cell(o, k))).isTrue();
        assertThat(matrix.cell(o, k).row()).isLessThan(rows.taken());
        assertThat(matrix.cell(o, k).column()).isLessThan(device.columns());
      }
    }
  }

  @Test
  void shortDepthsShareARow() {
    RowAllocator rows = new RowAllocator(Device.named("pim-gpt"));
    MatrixMap.of(rows, "w", 128 * 16, 64);
    assertThat(rows.taken()).isEqualTo(1);
    MatrixMap.of(rows, "v", 128 * 3, 1600);
    assertThat(rows.taken()).isEqualTo(1 + 3 + 3);
  }

  @Test
  void aStreamExportsToTheTraceForm() {
    Device device = Device.named("aim-gddr6").with(Parameter.ACCUMULATORS, 1);
    Product product = new Product(MatrixMap.of(new RowAllocator(device), "w", 1024, 1024));
    assertThat(AimTrace.export(product.stream(), device).lines())
        .containsExactly(
            "AiM WR_GB 64 0 0xffffffff",
            "AiM WR_BIAS 64 0xffffffff",
            "AiM MAC_ABK 64 0xffffffff 0",
            "AiM RD_MAC 160 0xffffffff",
            "AiM WR_BIAS 96 0xffffffff",
            "AiM MAC_ABK 64 0xffffffff 1",
            "AiM RD_MAC 192 0xffffffff",
            "AiM EOC");
  }

  @Test
  void accumulatorsHalveTheModeSwitches() {
    Device device = Device.named("aim-gddr6");
    Product product = new Product(MatrixMap.of(new RowAllocator(device), "w", 4096, 1024));
    int switches = 0;
    boolean multiplies = false;
    for (Command command : product.stream().commands()) {
      boolean now = command instanceof Command.MultiplyAll;
      if (now != multiplies && !(command instanceof Command.End)) {
        switches++;
      }
      multiplies = now;
    }
    assertThat(switches).isEqualTo(2 * 8 / 2);
  }

  @Test
  void whatDoesNotFitIsNamed() {
    RowAllocator rows = new RowAllocator(Device.named("pim-gpt"));
    MatrixMap.of(rows, "first", 128 * 16000, 1024);
    assertThatThrownBy(() -> MatrixMap.of(rows, "second", 128 * 200, 2048))
        .isInstanceOf(CapacityException.class)
        .hasMessageContaining("'second' needs 200 rows of every bank, but 184 of the 16384 rows");
    assertThatThrownBy(() -> MatrixMap.of(rows, "empty", 0, 5)).hasMessageContaining("0 x 5");
  }

  @Test
  void aRowOfAnEmbeddingIsRead() {
    Device device = Device.named("pim-gpt");
    MatrixMap matrix = MatrixMap.of(new RowAllocator(device), "w", 200, 1500);
    CheckedBanks banks = new CheckedBanks(device);
    matrix.load((o, k) -> o * 8 + k % 8, banks);
    float[] row = new Lookup(matrix).apply(31, banks);
    assertThat(row).hasSize(1500);
    for (int k = 0; k < row.length; k++) {
      assertThat(row[k]).isEqualTo(31 * 8 + k % 8);
    }
    assertThatThrownBy(() -> new Lookup(matrix).stream(200)).hasMessageContaining("row 200");
  }
}
