package dev.tilewright.target.pim;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.map.Attention;
import dev.tilewright.pim.map.Elements;
import dev.tilewright.pim.map.Product;
import dev.tilewright.runtime.DeviceException;
import org.junit.jupiter.api.Test;

/** A unit that computes wrongly is found out. */
class CheckedUnitTest {
  private static final Device DEVICE = Device.named("pim-gpt");

  /** The written arithmetic with one number changed. */
  private static final class Wrong implements MatrixUnit {
    private final WrittenUnit written = new WrittenUnit();
    private final String what;
    private final float factor;

    Wrong(String what, float factor) {
      this.what = what;
      this.factor = factor;
    }

    private float[] spoilt(String where, float[] numbers) {
      numbers[0] *= what.equals(where) ? factor : 1;
      return numbers;
    }

    @Override
    public void load(Product product, Elements elements) {
      written.load(product, elements);
    }

    @Override
    public float[] multiply(Product product, float[] x) {
      return spoilt("product", written.multiply(product, x));
    }

    @Override
    public void clear(Attention cache) {
      written.clear(cache);
    }

    @Override
    public void copy(Attention from, Attention to, int rows) {
      written.copy(from, to, rows);
    }

    @Override
    public void append(Attention cache, int position, float[] k, float[] v) {
      written.append(cache, position, k, v);
    }

    @Override
    public float[][] scores(Attention cache, float[] q, int tokens) {
      float[][] scores = written.scores(cache, q, tokens);
      spoilt("score", scores[0]);
      return scores;
    }

    @Override
    public float[] weightedSum(Attention cache, float[][] p, int tokens) {
      return spoilt("weighted sum", written.weightedSum(cache, p, tokens));
    }
  }

  private static void run(MatrixUnit checked) {
    GraphModel model = GraphModel.resource("tiny-gpt2");
    PimProgram program = model.load(DEVICE, _ -> checked);
    model.next(program, program.newSession(), 0, 3, 1);
  }

  @Test
  void oneBitIsFound() {
    for (String what : new String[] {"product", "score", "weighted sum"}) {
      assertThatThrownBy(() -> run(new CheckedUnit(new Wrong(what, 1 + 0x1p-7f))))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining(", but the written arithmetic gives ");
    }
  }

  /** Even where bank and arithmetic agree. */
  @Test
  void whatIsTooFarFromTheExactProductIsFound() {
    for (String what : new String[] {"product", "score", "weighted sum"}) {
      Wrong wrong = new Wrong(what, 1.5f);
      assertThatThrownBy(() -> run(new CheckedUnit(wrong, wrong, wrong.written)))
          .isInstanceOf(DeviceException.class)
          .hasMessageContaining("from the exact ");
    }
  }
}
