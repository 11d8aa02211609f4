package dev.tilewright.tests.level;

import static dev.tilewright.Operators.alibi;
import static dev.tilewright.Operators.attention;
import static dev.tilewright.Operators.concat;
import static dev.tilewright.Operators.einsum;
import static dev.tilewright.Operators.exp;
import static dev.tilewright.Operators.gelu;
import static dev.tilewright.Operators.geluTanh;
import static dev.tilewright.Operators.iota;
import static dev.tilewright.Operators.l2Normalize;
import static dev.tilewright.Operators.maxPool;
import static dev.tilewright.Operators.meanPool;
import static dev.tilewright.Operators.rotary;
import static dev.tilewright.Operators.rsqrt;
import static dev.tilewright.Operators.silu;
import static dev.tilewright.Operators.softmax;
import static dev.tilewright.Operators.where;
import static dev.tilewright.tests.level.Case.floats;

import dev.tilewright.AttentionOptions;
import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Operators;
import dev.tilewright.Rotary;
import dev.tilewright.Tensor;
import dev.tilewright.op.Layer;
import dev.tilewright.op.WeightSource;
import dev.tilewright.tests.level.Case.Body;
import dev.tilewright.tests.level.Case.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Small models, among them such as no template would fit. */
final class Cases {
  private static final List<Map<String, Long>> LENGTHS =
      List.of(
          Map.of("B", 1L, "S", 1L),
          Map.of("B", 2L, "S", 7L),
          Map.of("B", 1L, "S", 16L),
          Map.of("B", 3L, "S", 33L),
          Map.of("B", 1L, "S", 100L));

  private static final List<Map<String, Long>> TWO_LENGTHS =
      List.of(
          Map.of("B", 1L, "Q", 1L, "K", 1L),
          Map.of("B", 2L, "Q", 1L, "K", 100L),
          Map.of("B", 1L, "Q", 100L, "K", 7L),
          Map.of("B", 2L, "Q", 16L, "K", 137L));

  /** So many keys that they are packed side by side. */
  private static final List<Map<String, Long>> LONG =
      List.of(Map.of("B", 1L, "Q", 1L, "K", 137L), Map.of("B", 2L, "Q", 35L, "K", 1025L));

  private Cases() {}

  /** Attention in forms that differ in heads, lengths, masks and bias. */
  static List<Case> attentions() {
    List<Case> cases = new ArrayList<>();
    for (int[] form : new int[][] {{1, 16}, {3, 7}, {5, 20}, {1, 100}, {7, 1}}) {
      int heads = form[0];
      int width = heads * form[1];
      String x = "f32[B, S, " + width + "]";
      cases.add(
          Case.of(
              "self_attention_" + heads + "x" + form[1],
              List.of(x, "i32[B, S]"),
              (in, weights) -> {
                Tensor tokens = in.getFirst();
                return List.of(
                    attention(
                        linear("q", width, tokens, weights),
                        linear("k", width, tokens, weights),
                        linear("v", width, tokens, weights),
                        heads,
                        in.get(1)));
              },
              LENGTHS));
    }
    cases.add(
        Case.of(
            "cross_attention",
            List.of("f32[B, Q, 60]", "f32[B, K, 60]", "f32[B, K, 21]"),
            (in, _) -> List.of(attention(in.get(0), in.get(1), in.get(2), 3)),
            TWO_LENGTHS));
    cases.add(
        Case.of(
            "causal_attention",
            List.of("f32[B, S, 40]"),
            (in, _) ->
                List.of(
                    attention(
                        in.getFirst(),
                        in.getFirst(),
                        in.getFirst(),
                        AttentionOptions.heads(2).causal(true).scale(0.3f))),
            LENGTHS));
    cases.add(
        Case.of(
            "biased_attention",
            List.of("f32[B, Q, 20]", "f32[B, K, 20]", "f32[B, 1, Q, K]"),
            (in, _) ->
                List.of(
                    attention(
                        in.get(0),
                        in.get(1),
                        in.get(1),
                        AttentionOptions.heads(1).bias(in.get(2)))),
            TWO_LENGTHS));
    cases.add(
        Case.of(
            "grouped_attention",
            List.of(
                "f32[B, Q, 72]", "f32[B, K, 24]", "f32[B, K, 10]", "i32[B, K]", "f32[B, 6, Q, K]"),
            (in, _) ->
                List.of(
                    attention(
                        in.get(0),
                        in.get(1),
                        in.get(2),
                        AttentionOptions.heads(6).keyHeads(2).mask(in.get(3)).bias(in.get(4)))),
            TWO_LENGTHS));
    cases.add(
        Case.of(
            "local_attention",
            List.of("f32[B, S, 36]"),
            (in, _) -> {
              Tensor x = in.getFirst();
              AttentionOptions local = AttentionOptions.heads(3).window(4).softCap(5f);
              return List.of(
                  attention(x, x, x, local), attention(x, x, x, local.causal(true).keyHeads(3)));
            },
            LENGTHS));
    cases.add(
        Case.of(
            "sloped_attention",
            List.of("f32[B, Q, 30]", "f32[B, K, 30]"),
            (in, _) ->
                List.of(
                    attention(
                        in.get(0),
                        in.get(1),
                        in.get(1),
                        AttentionOptions.heads(3).bias(alibi(in.get(0), in.get(1), 3)))),
            TWO_LENGTHS));
    cases.add(
        Case.of(
            "turned_attention",
            List.of("f32[B, S, 48]", "i32[B, S]"),
            (in, weights) -> {
              Tensor x = in.getFirst();
              Rotary whole =
                  Rotary.heads(2).factors(weights.weight("factors", floats(12)).abs().plus(0.5f));
              Rotary part = Rotary.heads(2).interleaved(true).width(10).base(500).scale(0.5);
              return List.of(
                  attention(
                      rotary(linear("q", 48, x, weights), in.get(1), whole),
                      rotary(linear("k", 48, x, weights), in.get(1), whole),
                      rotary(x, in.get(1), part),
                      2));
            },
            LENGTHS));
    cases.add(longAttention());
    return cases;
  }

  /** Attention of bf16 numbers. */
  static List<Case> narrow() {
    return List.of(
        narrowAttention(2, 16, 12, LONG),
        narrowAttention(3, 7, 5, TWO_LENGTHS),
        narrowAttention(1, 34, 33, TWO_LENGTHS));
  }

  private static Case longAttention() {
    return Case.of(
        "long_attention",
        List.of("f32[B, Q, 21]", "f32[B, K, 21]", "f32[B, K, 12]", "i32[B, K]"),
        (in, _) -> List.of(attention(in.get(0), in.get(1), in.get(2), 3, in.get(3))),
        LONG);
  }

  /**
   * Both products of bf16 numbers, the softmax of f32; odd depths and lengths make no whole words.
   */
  static Case narrowAttention(int heads, int depth, int width, List<Map<String, Long>> lengths) {
    return Case.of(
        "bf16_attention_" + heads + "x" + depth + "x" + width,
        List.of(
            "f32[B, Q, " + heads + ", " + depth + "]",
            "f32[B, K, " + heads + ", " + depth + "]",
            "f32[B, K, " + heads + ", " + width + "]",
            "i32[B, K]"),
        (in, _) -> {
          Tensor query = in.get(0).cast(DType.BFLOAT16);
          Tensor key = in.get(1).cast(DType.BFLOAT16);
          Tensor scores = einsum("bqhd,bkhd->bhqk", query, key).times(0.3f);
          Tensor keep = in.get(3).notEqualTo(0f).unsqueeze(1).unsqueeze(1);
          Tensor weights = softmax(where(keep, scores, -Float.MAX_VALUE), -1);
          return List.of(
              einsum(
                  "bhqk,bkhe->bqhe", weights.cast(DType.BFLOAT16), in.get(2).cast(DType.BFLOAT16)));
        },
        lengths);
  }

  /** What users write themselves from primitives. */
  static List<Case> own() {
    return List.of(
        ownSoftmax(), clippedSoftmax(), columnSums(), ownActivation(), ownNorm(), tokenMixing());
  }

  /** A softmax spelled out, with a temperature and a factor in place of the quotient. */
  static Case ownSoftmax() {
    return overScores(
        "own_softmax",
        scores -> {
          Tensor cooled = scores.times(0.5f);
          Tensor weight = exp(cooled.minus(cooled.maxOver(-1).unsqueeze(-1)));
          return weight.times(weight.sum(-1).pow(-1f).unsqueeze(-1));
        });
  }

  /** Clipped after the division: the normaliser is no common factor any more. */
  static Case clippedSoftmax() {
    return overScores(
        "clipped_softmax", scores -> softmax(scores, -1).times(1.1f).minus(0.05f).max(0f).min(1f));
  }

  private static Case overScores(String name, java.util.function.UnaryOperator<Tensor> normalise) {
    return Case.of(
        name,
        List.of("f32[B, Q, 20]", "f32[B, K, 20]", "f32[B, K, 20]"),
        (in, _) -> {
          Tensor scores = einsum("bqd,bkd->bqk", in.get(0), in.get(1)).times(0.25f);
          return List.of(einsum("bqk,bke->bqe", normalise.apply(scores), in.get(2)));
        },
        TWO_LENGTHS);
  }

  /** The probabilities are a result besides, so that they cannot be streamed. */
  static Case columnSums() {
    return Case.of(
        "column_sums",
        List.of("f32[B, Q, 20]", "f32[B, K, 20]"),
        (in, _) -> {
          Tensor p = softmax(einsum("bqd,bkd->bqk", in.get(0), in.get(1)), -1);
          return List.of(einsum("bqk,bke->bqe", p, in.get(1)), p.sum(1));
        },
        TWO_LENGTHS);
  }

  /** {@code relu(x)^2/(1 + |x|)} behind a linear layer. */
  static Case ownActivation() {
    return Case.of(
        "own_activation",
        List.of("f32[B, S, 16]"),
        (in, weights) -> {
          Tensor x = linear("up", 100, in.getFirst(), weights);
          Tensor rectified = x.max(0f);
          return List.of(rectified.times(rectified).dividedBy(x.abs().plus(1f)));
        },
        LENGTHS);
  }

  /** {@code x/(mean |x| + eps)*gain}, with a residual before it. */
  static Case ownNorm() {
    return Case.of(
        "own_norm",
        List.of("f32[B, S, 100]", "f32[B, S, 100]"),
        (in, weights) -> {
          Tensor x = in.get(0).plus(in.get(1));
          Tensor size = x.abs().mean(-1).unsqueeze(-1).plus(1e-3f);
          return List.of(x.dividedBy(size).times(weights.weight("gain", floats(100))));
        },
        LENGTHS);
  }

  /**
   * An MLP over 7 tokens, then one over channels (<a
   * href="https://arxiv.org/abs/2105.01601">MLP-Mixer</a>).
   */
  static Case tokenMixing() {
    return Case.of(
        "token_mixing",
        List.of("f32[B, 7, 20]"),
        (in, weights) -> {
          Tensor x = in.getFirst();
          Tensor columns = norm("norm1", x, weights).swapAxes(1, 2);
          Tensor mixed = linear("t2", 7, gelu(linear("t1", 33, columns, weights)), weights);
          Tensor y = x.plus(mixed.swapAxes(1, 2));
          Tensor channels = gelu(linear("c1", 40, norm("norm2", y, weights), weights));
          return List.of(y.plus(linear("c2", 20, channels, weights)));
        },
        List.of(Map.of("B", 1L), Map.of("B", 7L), Map.of("B", 16L)));
  }

  /** Layers as annotations declare them. */
  static List<Case> layers() {
    List<Case> cases = new ArrayList<>();
    for (int[] form : new int[][] {{1, 1}, {7, 100}, {16, 7}, {100, 16}, {1, 100}, {100, 1}}) {
      cases.add(
          Case.of(
              "mlp_" + form[0] + "_" + form[1],
              List.of("f32[B, S, " + form[0] + "]"),
              (in, weights) -> {
                Tensor hidden = linear("up", form[1], in.getFirst(), weights);
                Tensor gated = silu(hidden).times(linear("gate", form[1], in.getFirst(), weights));
                return List.of(linear("down", form[0], gated, weights));
              },
              LENGTHS));
    }
    // Halves of an encoder layer: worst-case bounds over a whole one say little.
    cases.add(
        new Case(
            "embedded_attention",
            List.of(Input.ids("i32[B, S]", 50), Input.of("i32[B, S]")),
            Cases::embeddedAttention,
            LENGTHS));
    cases.add(
        Case.of(
            "pooled_feed_forward",
            List.of("f32[B, S, 40]", "i32[B, S]"),
            Cases::pooledFeedForward,
            LENGTHS));
    cases.add(
        Case.of(
            "shared__narrow",
            List.of("f32[B, S, 20]"),
            (in, weights) -> List.of(linear("both", 33, in.getFirst(), weights)),
            LENGTHS));
    cases.add(
        Case.of(
            "shared__deep",
            List.of("f32[B, S, 20]"),
            (in, weights) ->
                List.of(
                    linear("own", 7, gelu(linear("both", 33, in.getFirst(), weights)), weights)),
            LENGTHS));
    cases.add(
        Case.of(
            "rms_and_geglu",
            List.of("f32[B, S, 20]"),
            (in, weights) -> {
              Tensor x = in.getFirst();
              Tensor y = new Layer.RmsNorm("norm", 1e-6f).apply(List.of(x), weights);
              Tensor h = geluTanh(linear("g", 33, y, weights)).times(linear("u", 33, y, weights));
              return List.of(x.plus(linear("d", 20, h, weights)));
            },
            LENGTHS));
    return cases;
  }

  /** Embeddings and attention with 2 heads of 20, residual and norm. */
  static List<Tensor> embeddedAttention(List<Tensor> in, WeightSource weights) {
    Tensor ids = in.getFirst();
    Tensor table = new Layer.Embedding("words", 50, 40).apply(List.of(ids), weights);
    Tensor places = weights.weight("places", floats(100, 40)).slice(0, Dim.ZERO, ids.dim(1));
    Tensor x = norm("norm0", table.plus(places), weights);
    Tensor attended =
        attention(
            linear("q", 40, x, weights),
            linear("k", 40, x, weights),
            linear("v", 40, x, weights),
            2,
            in.get(1));
    return List.of(norm("norm1", x.plus(linear("o", 40, attended, weights)), weights));
  }

  /** A feed-forward part with residual and norm, then the mean over tokens as a unit vector. */
  static List<Tensor> pooledFeedForward(List<Tensor> in, WeightSource weights) {
    Tensor x = in.getFirst();
    Tensor y = linear("down", 40, gelu(linear("up", 100, x, weights)), weights);
    Tensor out = norm("norm2", x.plus(y), weights);
    return List.of(out, l2Normalize(meanPool(out, in.get(1))));
  }

  /** Reductions, views and index maps. */
  static List<Case> views() {
    List<Case> cases = new ArrayList<>();
    cases.add(
        floatsCase(
            "reductions",
            (in, _) -> {
              Tensor x = in.getFirst();
              return List.of(x.sum(0), x.maxOver(1), x.minOver(2), x.mean(1).sum(1));
            }));
    cases.add(
        floatsCase(
            "pooling",
            (in, _) -> {
              Tensor x = in.getFirst();
              Tensor keep = x.select(2, 0).greaterThan(-100f).cast(dev.tilewright.DType.INT32);
              return List.of(meanPool(x, keep), maxPool(x, keep));
            }));
    cases.add(
        floatsCase(
            "joined",
            (in, _) -> {
              Tensor x = in.getFirst();
              Tensor wide = concat(2, x, x.times(2f), x.slice(2, 3, 5));
              return List.of(wide.pad(1, 1, 2, -1f).sum(2), wide.swapAxes(1, 2));
            }));
    cases.add(
        floatsCase(
            "positions",
            (in, _) -> {
              Tensor x = in.getFirst();
              Tensor row = iota(x, 1).unsqueeze(-1);
              Tensor column = iota(x, 2);
              return List.of(where(row.plus(column).lessThan(9f), x, x.negate().plus(0.5f)));
            }));
    cases.add(
        floatsCase(
            "convolution",
            (in, weights) -> {
              Tensor windows = in.getFirst().pad(1, 1, 1, 0f).window(1, 3, 1);
              Tensor kernel = weights.weight("kernel", floats(10, 20, 3));
              Tensor flat = windows.flatten(2, 3);
              return List.of(einsum("bsk,nk->bsn", flat, kernel.reshape(10, 60)).max(0f));
            }));
    cases.add(
        floatsCase(
            "standardised",
            (in, _) -> {
              Tensor x = in.getFirst();
              Tensor centred = x.minus(x.mean(1).unsqueeze(1));
              Tensor variance = centred.times(centred).mean(1).unsqueeze(1);
              return List.of(centred.times(rsqrt(variance.plus(0.1f))));
            }));
    cases.add(
        floatsCase(
            "functions",
            (in, _) -> {
              Tensor x = in.getFirst();
              Tensor positive = x.abs().plus(0.25f);
              return List.of(
                  Operators.erf(x),
                  Operators.tanh(x),
                  Operators.sin(x),
                  Operators.cos(x),
                  Operators.log(positive),
                  Operators.sqrt(positive),
                  exp(x),
                  positive.pow(1.7f),
                  Operators.sigmoid(x));
            }));
    cases.add(
        new Case(
            "lookup",
            List.of(Input.ids("i32[B, S]", 7)),
            (in, weights) ->
                List.of(
                    weights.weight("table", floats(7, 16)).gather(0, in.getFirst()),
                    in.getFirst().times(3f).max(4f).sum(1)),
            LENGTHS));
    return cases;
  }

  private static Case floatsCase(String name, Body body) {
    return Case.of(name, List.of("f32[B, S, 20]"), body, LENGTHS);
  }

  static Tensor linear(String name, int out, Tensor x, WeightSource weights) {
    return new Layer.Linear(name, out, true).apply(List.of(x), weights);
  }

  static Tensor norm(String name, Tensor x, WeightSource weights) {
    return new Layer.LayerNorm(name, 1e-5f).apply(List.of(x), weights);
  }
}
