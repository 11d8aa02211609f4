package dev.tilewright.tests.level;

import static dev.tilewright.Operators.attention;
import static dev.tilewright.Operators.rotary;
import static dev.tilewright.Operators.silu;

import dev.tilewright.AttentionOptions;
import dev.tilewright.DType;
import dev.tilewright.Rotary;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.op.Layer;
import dev.tilewright.op.WeightSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Entries that remember: attention over caches, reductions and elementwise work over states. */
final class SessionCases {
  private static final int CAPACITY = 200;

  private static final List<Map<String, Long>> LENGTHS =
      Stream.of(1L, 2L, 7L, 33L, 100L)
          .map(
              s ->
                  Map.of(
                      "S",
                      s,
                      State.CONTEXT,
                      s + Remembered.ROWS,
                      State.RECENT,
                      s + Remembered.HELD))
          .toList();

  private SessionCases() {}

  static List<Case> all() {
    return List.of(
        decoder(4, 2, 16, 0, AttentionOptions.heads(4).keyHeads(2).causal(true)),
        decoder(3, 1, 20, 0, AttentionOptions.heads(3).keyHeads(1).causal(true).window(5)),
        decoder(2, 2, 7, 0, AttentionOptions.heads(2).causal(true).softCap(3f)),
        decoder(4, 1, 8, 5, AttentionOptions.heads(4).keyHeads(1).causal(true).window(5)),
        Case.of(
            "mean_of_recent_rows",
            List.of("f32[1, S, 20]"),
            (in, weights) -> {
              Tensor x = in.getFirst();
              Tensor recent = weights.append("recent", CAPACITY, 3, x.times(2f));
              Tensor all = append("seen", x, weights);
              return List.of(recent.mean(1), all.mean(1).plus(recent.maxOver(1)));
            },
            LENGTHS),
        Case.of(
            "mean_of_all_rows",
            List.of("f32[1, S, 20]"),
            (in, weights) -> List.of(append("seen", in.getFirst(), weights).mean(1)),
            LENGTHS),
        Case.of(
            "all_rows_twice",
            List.of("f32[1, S, 6]"),
            (in, weights) -> {
              Tensor seen = append("seen", in.getFirst().times(0.5f), weights);
              return List.of(seen.times(2f), silu(seen).transpose(0, 2, 1));
            },
            LENGTHS),
        Case.of(
            "rows_by_place",
            List.of("f32[1, S, 5]"),
            (in, weights) -> {
              Tensor x = in.getFirst();
              Tensor places = new Layer.Positions().apply(List.of(x), weights);
              Tensor scaled = x.times(places.cast(DType.FLOAT32).unsqueeze(-1));
              return List.of(append("scaled", scaled, weights).sum(1), places);
            },
            LENGTHS),
        Case.of(
            "norms_of_projections",
            List.of("f32[1, S, 24]"),
            (in, weights) -> {
              Tensor y = Cases.linear("up", 40, in.getFirst(), weights);
              return List.of(Cases.norm("norm", append("ups", y, weights), weights));
            },
            LENGTHS));
  }

  private static Case decoder(
      int heads, int groups, int width, int window, AttentionOptions options) {
    return Case.of(
        "decoder_" + heads + "_" + groups + "_" + width + "_" + window,
        List.of("f32[1, S, " + heads * width + "]"),
        (in, weights) -> {
          Tensor x = in.getFirst();
          Tensor q = Cases.linear("q", heads * width, x, weights);
          Tensor k = Cases.linear("k", groups * width, x, weights);
          Tensor v = Cases.linear("v", groups * width, x, weights);
          if (width % 2 == 0) {
            Tensor places = new Layer.Positions().apply(List.of(x), weights);
            q = rotary(q, places, Rotary.heads(heads));
            k = rotary(k, places, Rotary.heads(groups).interleaved(groups == 1));
          }
          Tensor keys = weights.append("keys", CAPACITY, window, k);
          return List.of(
              attention(q, keys, weights.append("values", CAPACITY, window, v), options));
        },
        LENGTHS);
  }

  private static Tensor append(String name, Tensor rows, WeightSource weights) {
    return weights.append(name, CAPACITY, 0, rows);
  }
}
