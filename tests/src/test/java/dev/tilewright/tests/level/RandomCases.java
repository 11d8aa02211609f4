package dev.tilewright.tests.level;

import static dev.tilewright.tests.level.Cases.linear;
import static dev.tilewright.tests.level.Cases.norm;

import dev.tilewright.Operators;
import dev.tilewright.Tensor;
import dev.tilewright.op.WeightSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Random models: a pool of {@code [B, S, width]} tensors that grows by operations on its members,
 * of which some are results.
 */
final class RandomCases {
  private static final int[] EXTENTS = {1, 7, 16, 20, 33, 100};
  private static final int STEPS = 6;

  private RandomCases() {}

  /** The model of a seed, with three random sizes. */
  static Case of(long seed) {
    Random random = new Random(seed);
    int width = pick(random);
    List<Map<String, Long>> sizes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      sizes.add(Map.of("B", 1L + random.nextInt(3), "S", (long) pick(random)));
    }
    long bodySeed = random.nextLong();
    return Case.of(
        "random_" + seed,
        List.of("f32[B, S, " + width + "]", "i32[B, S]"),
        (in, weights) -> grow(in, weights, new Random(bodySeed)),
        sizes);
  }

  private static List<Tensor> grow(List<Tensor> in, WeightSource weights, Random random) {
    List<Tensor> pool = new ArrayList<>(List.of(in.getFirst()));
    int products = 0;
    for (int step = 0; step < STEPS; step++) {
      Tensor x = pool.get(random.nextInt(pool.size()));
      int width = (int) x.dim(2).value();
      String name = "w" + step;
      int choice = random.nextInt(12);
      if (choice >= 9 && products++ == 2) {
        // Worst-case bounds grow with every product, so that only a few in a row say anything.
        choice = random.nextInt(9);
      }
      pool.add(
          switch (choice) {
            case 0 -> Operators.gelu(x);
            case 1 -> x.abs().plus(0.5f).pow(-0.5f).times(x);
            case 2 -> norm(name, x, weights);
            case 3 -> Operators.softmax(x, 1 + random.nextInt(2));
            case 4 -> x.minus(x.maxOver(1).unsqueeze(1)).max(-1f);
            case 5 -> x.plus(like(x, pool, random)).times(0.5f);
            case 6 ->
                Operators.where(
                    in.get(1).notEqualTo(0f).unsqueeze(-1), x, Operators.tanh(x).times(0.1f));
            case 7 -> x.slice(2, width / 2, width).pad(2, width / 2, 0, 0.25f);
            case 8 -> x.sum(0).times(0.25f).plus(x);
            case 9 -> linear(name, pick(random), x, weights);
            case 10 -> Operators.attention(x, x, x, heads(width), in.get(1));
            default ->
                Operators.einsum("bsd,bse->bde", x.times(0.1f), x).mean(1).unsqueeze(1).plus(x);
          });
    }
    return List.of(pool.getLast(), pool.get(pool.size() / 2).sum(1));
  }

  private static Tensor like(Tensor x, List<Tensor> pool, Random random) {
    List<Tensor> same = pool.stream().filter(y -> y.dim(2).equals(x.dim(2))).toList();
    return same.get(random.nextInt(same.size()));
  }

  private static int heads(int width) {
    return width % 5 == 0 ? 5 : width % 7 == 0 ? 7 : width % 3 == 0 ? 3 : 1;
  }

  private static int pick(Random random) {
    return EXTENTS[random.nextInt(EXTENTS.length)];
  }
}
