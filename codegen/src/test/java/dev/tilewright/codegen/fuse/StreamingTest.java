package dev.tilewright.codegen.fuse;

import static dev.tilewright.Operators.einsum;
import static dev.tilewright.Operators.exp;
import static dev.tilewright.Operators.iota;
import static dev.tilewright.Operators.relu;
import static dev.tilewright.Operators.softmax;
import static dev.tilewright.Operators.where;
import static dev.tilewright.codegen.fuse.Fused.floats;
import static dev.tilewright.codegen.fuse.Fused.ints;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.AttentionOptions;
import dev.tilewright.DType;
import dev.tilewright.Operators;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.graph.GraphBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What may be streamed and what must not: the weights as functions of the scores {@code [B, 3, Q,
 * K]}.
 */
class StreamingTest {
  private static final Map<String, Long> SYMBOLS = Map.of("B", 2L, "Q", 4L, "K", 7L);

  /** The weights of the values, from the scores. */
  @FunctionalInterface
  private interface Weights {
    Tensor of(Tensor scores, GraphBuilder builder);
  }

  private static Tensor scores(GraphBuilder builder) {
    Tensor q = builder.input("q", floats("B", "Q", 3, 5));
    Tensor k = builder.input("k", floats("B", "K", 3, 5));
    return einsum("bqhd,bkhd->bhqk", q, k);
  }

  private static Fused attention(Weights weights) {
    return Fused.of(
        builder -> {
          Tensor p = weights.of(scores(builder), builder);
          Tensor v = builder.input("v", floats("B", "K", 3, 4));
          return List.of(einsum("bhqk,bkhe->bqhe", p, v).flatten(2, 3));
        });
  }

  private static Region.Streamed streams(Weights weights) {
    Fused fused = attention(weights);
    assertThat(fused.refusals("stream-softmax")).isEmpty();
    assertThat(fused.regions()).hasSize(1);
    fused.agrees(SYMBOLS, 1).agrees(Map.of("B", 1L, "Q", 1L, "K", 1L), 2);
    return fused.regions(Region.Streamed.class).getFirst();
  }

  private static void refuses(String why, Weights weights) {
    Fused fused = attention(weights);
    assertThat(fused.regions(Region.Streamed.class)).isEmpty();
    assertThat(fused.refusals("stream-softmax")).singleElement().asString().contains(why);
    fused.agrees(SYMBOLS, 3);
  }

  private static Tensor row(Tensor reduced) {
    return reduced.unsqueeze(-1);
  }

  @Test
  void softmaxStreams() {
    Region.Streamed region = streams((s, _) -> softmax(s.times(0.3f), -1));
    assertThat(region.maximum()).isPresent();
    assertThat(region.sums()).hasSize(1);
  }

  @Test
  void softmaxWithoutMaximumStreams() {
    Region.Streamed region = streams((s, _) -> exp(s).dividedBy(row(exp(s).sum(-1))));
    assertThat(region.maximum()).isEmpty();
  }

  @Test
  void aUsersOwnSoftmaxStreams() {
    streams(
        (s, _) -> {
          Tensor shifted = s.minus(row(s.maxOver(3)));
          Tensor inverse = Operators.rsqrt(exp(shifted).sum(3).times(exp(shifted).sum(3)));
          return row(inverse).times(exp(shifted));
        });
  }

  @Test
  void masksAndBiasesStream() {
    streams(
        (s, builder) -> {
          Tensor mask = builder.input("mask", ints("B", "K")).notEqualTo(0);
          Tensor masked = where(mask.unsqueeze(1).unsqueeze(1), s, -Float.MAX_VALUE);
          Tensor causal = iota(s, 3).atMost(row(iota(s, 2)));
          return softmax(where(causal, masked, -Float.MAX_VALUE), -1);
        });
    streams((s, builder) -> softmax(s.plus(builder.input("bias", floats(3, "Q", "K"))), -1));
  }

  @Test
  void slopesByDistanceStream() {
    streams(
        (s, builder) -> {
          Tensor slopes = builder.weight("slopes", floats(3)).reshape(3, 1, 1);
          Tensor distance = iota(s, 3).minus(row(iota(s, 2))).cast(DType.FLOAT32);
          return softmax(s.plus(slopes.times(distance)), -1);
        });
  }

  @Test
  void multipliersAfterTheSoftmaxStream() {
    streams((s, builder) -> softmax(s, -1).times(builder.input("factors", floats(3, "Q", "K"))));
  }

  @Test
  void masksAfterTheExponentialStream() {
    streams(
        (s, builder) -> {
          Tensor mask = builder.input("mask", ints("B", "K")).notEqualTo(0);
          Tensor e = where(mask.unsqueeze(1).unsqueeze(1), exp(s.minus(row(s.maxOver(-1)))), 0f);
          return e.dividedBy(row(e.sum(-1)).plus(exp(row(s.maxOver(-1)).negate())));
        });
  }

  @Test
  void kernelsOtherThanTheExponentialStream() {
    streams((s, _) -> relu(s).dividedBy(row(relu(s).sum(-1)).plus(1e-3f)));
  }

  @Test
  void renormalisedWeightsStream() {
    Region.Streamed region =
        streams(
            (s, builder) -> {
              Tensor p = softmax(s, -1).times(builder.input("factors", floats("Q", "K")).abs());
              return p.dividedBy(row(p.sum(-1)));
            });
    assertThat(region.sums()).hasSize(2);
  }

  @Test
  void groupedQueriesStream() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor q = builder.input("q", floats("B", "Q", 2, 3, 5));
              Tensor k = builder.input("k", floats("B", "K", 2, 5));
              Tensor v = builder.input("v", floats("B", "K", 2, 4));
              Tensor p = softmax(einsum("bqgrd,bkgd->bgrqk", q, k), -1);
              return List.of(einsum("bgrqk,bkge->bqgre", p, v));
            });
    assertThat(fused.regions(Region.Streamed.class)).hasSize(1);
    fused.agrees(SYMBOLS, 4);
  }

  @Test
  void operatorsAttentionStreamsWithAllOptions() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor x = builder.input("x", floats("B", "Q", 12));
              AttentionOptions options =
                  AttentionOptions.heads(3)
                      .mask(builder.input("mask", ints("B", "Q")))
                      .causal(true)
                      .scale(0.2f)
                      .bias(builder.weight("bias", floats(3, 1, 1)));
              return List.of(Operators.attention(x, x, x, options));
            });
    assertThat(fused.regions()).singleElement().isInstanceOf(Region.Streamed.class);
    fused.agrees(SYMBOLS, 5);
  }

  @Test
  void aClippedSoftmaxTakesTwoSweeps() {
    refuses(
        "added to something else",
        (s, _) -> softmax(s, -1).times(1.2f).minus(0.1f).max(0f).min(1f));
    refuses("pass through", (s, _) -> softmax(s, -1).times(1.2f).max(0.1f));
    refuses("added to something else", (s, _) -> softmax(s, -1).minus(0.1f));
  }

  @Test
  void probabilitiesThatAreAResultMustBeWhole() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor p = softmax(scores(builder), -1);
              Tensor v = builder.input("v", floats("B", "K", 3, 4));
              return List.of(einsum("bhqk,bkhe->bqhe", p, v), p);
            });
    assertThat(fused.regions(Region.Streamed.class)).isEmpty();
    assertThat(fused.refusals("stream-softmax")).singleElement().asString().contains("a result");
    fused.agrees(SYMBOLS, 6);
  }

  @Test
  void probabilitiesUsedElsewhereMustBeWhole() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor p = softmax(scores(builder), -1);
              Tensor v = builder.input("v", floats("B", "K", 3, 4));
              // How much attention each key received.
              return List.of(einsum("bhqk,bkhe->bqhe", p, v), p.sum(2));
            });
    assertThat(fused.refusals("stream-softmax")).singleElement().asString().contains("also used");
    fused.agrees(SYMBOLS, 7);
  }

  @Test
  void normalisersOverQueriesOrHeadsCannotStream() {
    refuses("another axis", (s, _) -> softmax(s, 2));
    refuses("another axis", (s, _) -> softmax(s, 1));
    refuses(
        "another axis",
        (s, _) -> {
          Tensor p = softmax(s, -1);
          return p.dividedBy(p.sum(2).unsqueeze(2));
        });
  }

  @Test
  void aSecondMaximumCannotStream() {
    refuses(
        "second maximum",
        (s, _) -> {
          Tensor p = softmax(s, -1);
          return p.dividedBy(row(p.maxOver(-1)));
        });
  }

  @Test
  void comparisonsOfProbabilitiesCannotStream() {
    refuses(
        "second maximum",
        (s, _) -> {
          Tensor p = softmax(s, -1);
          return p.atLeast(row(p.maxOver(-1))).cast(DType.FLOAT32);
        });
    refuses(
        "condition compares",
        (s, _) -> {
          Tensor p = softmax(s, -1);
          return where(p.greaterThan(0.2f), p, 0f);
        });
  }

  @Test
  void exponentsThatAreClampedOrScaledCannotStream() {
    refuses("rescaled", (s, _) -> exp(s.minus(row(s.maxOver(-1))).max(-2f)));
    refuses("rescaled", (s, _) -> exp(s.minus(row(s.maxOver(-1))).times(2f)));
  }

  @Test
  void keysThatDependOnTheQueryCannotStream() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor q = builder.input("q", floats("B", "Q", 5));
              Tensor k = builder.input("k", floats("B", "Q", "K", 5));
              Tensor v = builder.input("v", floats("B", "K", 4));
              Tensor p = softmax(einsum("bqd,bqkd->bqk", q, k), -1);
              return List.of(einsum("bqk,bke->bqe", p, v));
            });
    assertThat(fused.regions(Region.Streamed.class)).isEmpty();
    assertThat(fused.refusals("stream-softmax"))
        .singleElement()
        .asString()
        .contains("depends on the query");
    fused.agrees(SYMBOLS, 8);
  }

  @Test
  void headsMixedAfterTheSoftmaxCannotStream() {
    refuses(
        "another axis",
        (s, builder) ->
            einsum("bhqk,gh->bgqk", softmax(s, -1), builder.input("mix", floats(3, 3))));
  }
}
