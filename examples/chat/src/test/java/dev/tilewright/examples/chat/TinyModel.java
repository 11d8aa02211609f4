package dev.tilewright.examples.chat;

import static dev.tilewright.Operators.attention;
import static dev.tilewright.Operators.linear;
import static dev.tilewright.Operators.rotary;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Entry;
import dev.tilewright.Int32;
import dev.tilewright.Linear;
import dev.tilewright.Model;
import dev.tilewright.Parameter;
import dev.tilewright.Positions;
import dev.tilewright.Precision;
import dev.tilewright.Repeat;
import dev.tilewright.RmsNorm;
import dev.tilewright.Rotary;
import dev.tilewright.Shape;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;
import dev.tilewright.runtime.WeightTensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** A decoder of the alphabet, so small that a test generates its weights. */
@Model(precisions = {Precision.FLOAT32, Precision.BFLOAT16})
public interface TinyModel extends CompiledModel {
  int WORDS = 96;
  int WIDTH = 64;
  int LAYERS = 2;
  int CAPACITY = 512;

  /** Attention over what was read. */
  @Block
  interface Layer {
    @RmsNorm(eps = 1e-5f)
    Tensor norm(Tensor x);

    @Linear(out = WIDTH, bias = false)
    Tensor query(Tensor x);

    @Linear(out = WIDTH / 2, bias = false)
    Tensor key(Tensor x);

    @Linear(out = WIDTH / 2, bias = false)
    Tensor value(Tensor x);

    @Linear(out = WIDTH, bias = false)
    Tensor project(Tensor x);

    @State(capacity = CAPACITY)
    Tensor keys(Tensor rows);

    @State(capacity = CAPACITY)
    Tensor values(Tensor rows);

    default Tensor forward(Tensor x, Tensor at) {
      var h = norm(x);
      var q = rotary(query(h), at, Rotary.heads(4));
      var k = rotary(key(h), at, Rotary.heads(2));
      var options = AttentionOptions.heads(4).keyHeads(2).causal(true);
      return x.plus(project(attention(q, keys(k), values(value(h)), options)));
    }
  }

  @Parameter
  @Shape({"96", "64"})
  @Weights("words")
  Tensor words();

  @Repeat(LAYERS)
  @Weights("layer.{i}")
  Layer layer(int i);

  @Positions
  Tensor places(Tensor ids);

  private Tensor read(Tensor ids) {
    var x = words().gather(0, ids);
    for (int i = 0; i < LAYERS; i++) {
      x = layer(i).forward(x, places(ids));
    }
    return x;
  }

  /** Logits of what follows the last token. */
  @Entry
  default @Shape({"1", "96"}) Tensor next(@Shape({"1", "S"}) @Int32 Tensor ids) {
    var last = read(ids).slice(1, ids.dim(1).minus(1), ids.dim(1)).squeeze(1);
    return linear(last, words());
  }

  /** Logits of what follows each token. */
  @Entry
  default @Shape({"1", "S", "96"}) Tensor each(@Shape({"1", "S"}) @Int32 Tensor ids) {
    return linear(read(ids), words());
  }

  /**
   * Weights of normally distributed numbers.
   *
   * @param seed of the numbers
   * @param noise how far another generator's numbers are mixed in: a model that nearly agrees
   */
  static dev.tilewright.runtime.Weights weights(long seed, double noise) {
    Random random = new Random(seed);
    Random other = new Random(~seed);
    Map<String, WeightTensor> tensors = new HashMap<>();
    put(tensors, random, other, noise, 1, "words", WORDS, WIDTH);
    for (int i = 0; i < LAYERS; i++) {
      String layer = "layer." + i + ".";
      put(tensors, random, other, noise, 1, layer + "norm.weight", WIDTH);
      put(tensors, random, other, noise, 0.2, layer + "query.weight", WIDTH, WIDTH);
      put(tensors, random, other, noise, 0.2, layer + "key.weight", WIDTH / 2, WIDTH);
      put(tensors, random, other, noise, 0.2, layer + "value.weight", WIDTH / 2, WIDTH);
      put(tensors, random, other, noise, 0.2, layer + "project.weight", WIDTH, WIDTH);
    }
    return dev.tilewright.runtime.Weights.of(tensors);
  }

  private static void put(
      Map<String, WeightTensor> tensors,
      Random random,
      Random other,
      double noise,
      double scale,
      String name,
      long... shape) {
    int count = 1;
    for (long extent : shape) {
      count *= (int) extent;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (scale * (random.nextGaussian() + noise * other.nextGaussian()));
    }
    tensors.put(name, WeightTensor.of(name, values, shape));
  }
}
