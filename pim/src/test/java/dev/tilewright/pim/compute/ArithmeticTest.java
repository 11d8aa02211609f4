package dev.tilewright.pim.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.pim.Products;
import dev.tilewright.pim.check.Validator;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ArithmeticTest {
  @Test
  void roundingIsToTheNearestOfTwoTiesToEven() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 100_000; i++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (!Float.isFinite(value)) {
        continue;
      }
      short low = (short) (Float.floatToRawIntBits(value) >>> 16);
      short high = (short) (low + 1);
      BigDecimal exact = new BigDecimal(value);
      BigDecimal down = exact.subtract(new BigDecimal(Bf16.widen(low))).abs();
      BigDecimal up = magnitude(high).subtract(exact.abs()).abs();
      int nearer = down.compareTo(up);
      short expected = nearer == 0 ? ((low & 1) == 0 ? low : high) : nearer < 0 ? low : high;
      assertThat(Bf16.round(value)).as("%s", value).isEqualTo(expected);
    }
    assertThat(Bf16.round(Float.intBitsToFloat(0x7f800001))).isEqualTo((short) 0x7fc0);
    assertThat(Bf16.round(Float.NEGATIVE_INFINITY)).isEqualTo((short) 0xff80);
    assertThat(Bf16.round(Float.MAX_VALUE)).isEqualTo((short) 0x7f80);
    assertThat(Bf16.round(Float.intBitsToFloat(0x00018000))).isEqualTo((short) 2);
  }

  /**
   * Of the bf16 above in magnitude; infinity counts as the number that would follow the largest.
   */
  private static BigDecimal magnitude(short bits) {
    float wide = Math.abs(Bf16.widen(bits));
    return Float.isInfinite(wide) ? BigDecimal.TWO.pow(128) : new BigDecimal(wide);
  }

  @Test
  void theTreeAddsNeighboursThenOneAddition() {
    float big = 1 << 24;
    float[] a = new float[16];
    a[0] = big;
    a[1] = 1; // lost beside lane 0
    a[2] = 1;
    a[3] = 1; // with lane 2 it makes 2, which is kept
    short[] ones = Bf16.round(new float[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
    assertThat(Arithmetic.multiply(0, Bf16.round(a), 0, ones, 0)).isEqualTo(big + 2);
    assertThat(Arithmetic.multiply(1, Bf16.round(a), 0, ones, 0)).isEqualTo(big + 4); // 2 + 1, even
  }

  @Test
  void subnormalProductsAreKept() {
    short[] tiny = new short[16];
    tiny[3] = 1;
    short[] one = Bf16.round(new float[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1});
    assertThat(Arithmetic.multiply(0, tiny, 0, one, 0)).isEqualTo(Bf16.widen((short) 1));
  }

  @Test
  void tablesFollowTheirFunctions() {
    float worst = 0;
    for (float x = -12; x < 12; x += 0.003f) {
      worst = Math.max(worst, Math.abs(table(0, x) - (float) (1 / (1 + Math.exp(-x)))));
      worst = Math.max(worst, Math.abs(table(1, x) - (float) Math.tanh(x)));
      worst = Math.max(worst, Math.abs(table(3, x) - (float) (x / (1 + Math.exp(-x)))) / 4);
    }
    assertThat(worst).isLessThan(0.004f);
    assertThat(table(2, 1)).isCloseTo(0.8413447f, within(0.002f));
    assertThat(table(2, -1)).isCloseTo(-0.1586553f, within(0.0005f));
    assertThat(table(2, 9)).isEqualTo(9);
    assertThat(table(1, Float.NaN)).isNaN();
  }

  private static float table(int function, float x) {
    return ActivationTable.TABLES.get(function).apply(x);
  }

  /** {@code y = W x} with data in the banks, against the formula. */
  @Test
  void aProductInChunks() {
    Device device = Device.named("aim-gddr6").with(Parameter.CHANNELS, 2).with(Parameter.ROWS, 16);
    int outputs = 64;
    int inputs = 2048;
    CommandStream stream = Products.gemv(device, outputs, inputs);
    SplittableRandom random = new SplittableRandom(5);
    short[][] weights = new short[outputs][];
    Memory memory = new Memory(device);
    for (int o = 0; o < outputs; o++) {
      weights[o] = random(random, inputs);
      for (int chunk = 0; chunk < 2; chunk++) {
        short[] row = java.util.Arrays.copyOfRange(weights[o], chunk * 1024, chunk * 1024 + 1024);
        memory.load(o / 16 % 2, o % 16, chunk * 2 + o / 32, 0, row);
      }
    }
    short[] x = random(random, inputs);
    new Validator(device).check(stream, memory.written());
    short[] slots = new short[stream.slots() * Device.LANES];
    System.arraycopy(x, 0, slots, 0, inputs);
    new FunctionalSimulator(device, memory).run(stream, slots);
    int y = stream.binding("y").slot() * Device.LANES;
    for (int o = 0; o < outputs; o++) {
      float sum = 0;
      for (int i = 0; i < inputs; i += 16) {
        sum += tree(weights[o], x, i, 16);
        if (i + 16 == 1024) {
          sum = Bf16.widen(Bf16.round(sum));
        }
      }
      assertThat(slots[y + o]).as("output %d", o).isEqualTo(Bf16.round(sum));
    }
  }

  /** The sum of products as the tree defines it. */
  private static float tree(short[] a, short[] b, int from, int lanes) {
    if (lanes == 1) {
      return Bf16.widen(a[from]) * Bf16.widen(b[from]);
    }
    return tree(a, b, from, lanes / 2) + tree(a, b, from + lanes / 2, lanes / 2);
  }

  private static short[] random(SplittableRandom random, int count) {
    short[] values = new short[count];
    for (int i = 0; i < count; i++) {
      values[i] = Bf16.round((float) random.nextDouble(-1, 1));
    }
    return values;
  }
}
