package dev.tilewright.pim.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.controller.Arithmetic;
import dev.tilewright.pim.controller.Controller;
import dev.tilewright.pim.controller.Host;
import dev.tilewright.pim.controller.VectorUnit;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import dev.tilewright.pim.map.CapacityException;
import dev.tilewright.pim.map.CheckedBanks;
import dev.tilewright.pim.map.PlainArithmetic;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Steps on the banks against the same transformer stated on arrays. */
class DecoderTest {
  private static final TransformerSize SIZE = new TransformerSize("small", 2, 48, 3, 200, 101, 40);
  private static final Device DEVICE =
      Device.named("pim-gpt")
          .with(Parameter.CHANNELS, 2)
          .with(Parameter.COLUMNS, 5)
          .with(Parameter.BUFFER_COLUMNS, 5);
  private static final int CHUNK = 5 * 16;

  @Test
  void logitsEqualThePlainStatementBitForBit() {
    DecodePlan plan = new DecodePlan(DEVICE, SIZE);
    DecoderWeights weights = RandomWeights.of(SIZE, 5);
    Controller controller = new Controller(Arithmetic.FP32, 1e9, 128);
    CheckedBanks banks = new CheckedBanks(DEVICE);
    Decoder.load(plan, weights, banks);
    List<CommandStream> run = new ArrayList<>();
    Decoder decoder =
        new Decoder(
            plan,
            weights,
            controller,
            (stream, staging) -> {
              run.add(stream);
              banks.run(stream, staging);
            });
    PlainDecoder plain =
        new PlainDecoder(
            SIZE, weights, controller, (w, x, b) -> PlainArithmetic.dot(w, x, b, CHUNK), 16);
    PlainDecoder exact = new PlainDecoder(SIZE, weights, new Host(1), DecoderTest::exactDot, 16);
    int token = 3;
    for (int position = 0; position < SIZE.context(); position++) {
      run.clear();
      float[] logits = decoder.step(token);
      assertThat(logits).isEqualTo(plain.step(token));
      assertThat(run).isEqualTo(streams(plan.step(token, position)));
      float[] wanted = exact.step(token);
      for (int i = 0; i < wanted.length; i++) {
        assertThat(logits[i]).isCloseTo(wanted[i], within(0.15f));
      }
      token = greedy(logits);
    }
  }

  private static List<CommandStream> streams(List<Work> step) {
    List<CommandStream> streams = new ArrayList<>();
    for (Work work : step) {
      if (work instanceof Work.OnMemory on) {
        streams.add(on.stream());
      }
    }
    return streams;
  }

  private static int greedy(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  private static float exactDot(float[] w, float[] x, float bias) {
    double sum = bias;
    for (int i = 0; i < w.length; i++) {
      sum += (double) w[i] * x[i];
    }
    return (float) sum;
  }

  @Test
  void theEightModelsFitPimGpt() {
    for (TransformerSize size : TransformerSize.PIM_GPT) {
      DecodePlan plan = new DecodePlan(Device.named("pim-gpt"), size);
      assertThat(plan.rows()).isLessThanOrEqualTo(16384);
      // no more than what rounding to whole rows costs
      double bytes = (double) plan.rows() * 128 * 2048;
      assertThat(bytes / size.bytesOfAStep(size.context())).isBetween(1.0, 1.5);
    }
  }

  @Test
  void errorsAreNamed() {
    Device device = Device.named("pim-gpt");
    DecodePlan plan = new DecodePlan(DEVICE, SIZE);
    assertThatThrownBy(() -> plan.step(101, 0)).hasMessageContaining("no row 101");
    assertThatThrownBy(() -> plan.step(0, 40)).hasMessageContaining("no row 40");
    assertThatThrownBy(
            () -> new DecodePlan(device, new TransformerSize("big", 96, 12288, 96, 49152, 9, 9)))
        .isInstanceOf(CapacityException.class)
        .hasMessageContaining("rows of every bank");
    assertThatThrownBy(() -> new TransformerSize("odd", 1, 10, 3, 1, 1, 1))
        .hasMessageContaining("3 heads do not divide a width of 10");
    Controller controller = new Controller(Arithmetic.FP32, 1e9, 1);
    DecoderWeights none = new DecoderWeights(null, null, List.of(), null);
    assertThatThrownBy(() -> new Decoder(plan, none, controller, (s, b) -> {}))
        .hasMessageContaining("weights of 0 layers for a plan of 2");
  }

  /** Weights as random numbers. */
  private static final class RandomWeights {
    private final Random random;

    private RandomWeights(long seed) {
      random = new Random(seed);
    }

    static DecoderWeights of(TransformerSize size, long seed) {
      RandomWeights r = new RandomWeights(seed);
      int width = size.width();
      List<DecoderWeights.Layer> layers = new ArrayList<>();
      for (int i = 0; i < size.layers(); i++) {
        layers.add(
            new DecoderWeights.Layer(
                r.norm(width),
                r.affine(3 * width, width),
                r.affine(width, width),
                r.norm(width),
                r.affine(size.mlp(), width),
                r.affine(width, size.mlp())));
      }
      return new DecoderWeights(
          r.affine(size.vocabulary(), width).matrix(),
          r.affine(size.context(), width).matrix(),
          layers,
          r.norm(width));
    }

    private DecoderWeights.Affine affine(int outputs, int depth) {
      float[][] w = new float[outputs][];
      for (int o = 0; o < outputs; o++) {
        w[o] = vector(depth, (float) (1 / Math.sqrt(depth)));
      }
      return new DecoderWeights.Affine((o, k) -> w[o][k], vector(outputs, 0.1f));
    }

    private DecoderWeights.Norm norm(int width) {
      float[] gain = vector(width, 0.1f);
      for (int i = 0; i < width; i++) {
        gain[i]++;
      }
      return new DecoderWeights.Norm(gain, vector(width, 0.1f));
    }

    private float[] vector(int n, float deviation) {
      float[] x = new float[n];
      for (int i = 0; i < n; i++) {
        x[i] = (float) random.nextGaussian() * deviation;
      }
      return x;
    }
  }

  private interface Dot {
    float of(float[] w, float[] x, float bias);
  }

  /** GPT-2 on arrays; matrices that the banks look up are bf16. */
  private static final class PlainDecoder {
    private final TransformerSize size;
    private final DecoderWeights weights;
    private final VectorUnit unit;
    private final Dot dot;
    private final int head;
    private final List<List<float[]>> keys = new ArrayList<>();
    private final List<List<float[]>> values = new ArrayList<>();

    PlainDecoder(TransformerSize size, DecoderWeights weights, VectorUnit unit, Dot dot, int head) {
      this.size = size;
      this.weights = weights;
      this.unit = unit;
      this.dot = dot;
      this.head = head;
      for (int i = 0; i < size.layers(); i++) {
        keys.add(new ArrayList<>());
        values.add(new ArrayList<>());
      }
    }

    float[] step(int token) {
      int position = keys.get(0).size();
      float[] x = new float[size.width()];
      for (int k = 0; k < x.length; k++) {
        x[k] =
            PlainArithmetic.round(weights.tokens().at(token, k))
                + PlainArithmetic.round(weights.positions().at(position, k));
      }
      for (int i = 0; i < size.layers(); i++) {
        DecoderWeights.Layer layer = weights.layers().get(i);
        float[] qkv = affine(layer.qkv(), norm(x, layer.before()), 3 * size.width());
        x = unit.add(x, affine(layer.project(), attend(i, qkv), size.width()));
        float[] up = unit.gelu(affine(layer.up(), norm(x, layer.between()), size.mlp()));
        x = unit.add(x, affine(layer.down(), up, size.width()));
      }
      DecoderWeights.Affine head =
          new DecoderWeights.Affine(weights.tokens(), new float[size.vocabulary()]);
      return affine(head, norm(x, weights.norm()), size.vocabulary());
    }

    private float[] norm(float[] x, DecoderWeights.Norm norm) {
      return unit.layerNorm(x, norm.gain(), norm.bias(), 1e-5f);
    }

    private float[] affine(DecoderWeights.Affine affine, float[] x, int outputs) {
      float[] y = new float[outputs];
      for (int o = 0; o < outputs; o++) {
        float[] w = new float[x.length];
        for (int k = 0; k < x.length; k++) {
          w[k] = affine.matrix().at(o, k);
        }
        y[o] = dot.of(w, x, affine.bias()[o]);
      }
      return y;
    }

    private float[] attend(int layer, float[] qkv) {
      int width = size.width();
      keys.get(layer).add(java.util.Arrays.copyOfRange(qkv, width, 2 * width));
      values.get(layer).add(java.util.Arrays.copyOfRange(qkv, 2 * width, 3 * width));
      int tokens = keys.get(layer).size();
      float[] out = new float[width];
      for (int from = 0; from < width; from += head) {
        float[] scores = new float[tokens];
        for (int t = 0; t < tokens; t++) {
          scores[t] = dot.of(slice(keys.get(layer).get(t), from), slice(qkv, from), 0);
        }
        float[] p = unit.softmax(scores, (float) (1 / Math.sqrt(head)));
        for (int d = 0; d < head; d++) {
          float[] column = new float[tokens];
          for (int t = 0; t < tokens; t++) {
            column[t] = values.get(layer).get(t)[from + d];
          }
          out[from + d] = dot.of(column, p, 0);
        }
      }
      return out;
    }

    private float[] slice(float[] x, int from) {
      return java.util.Arrays.copyOfRange(x, from, from + head);
    }
  }
}
