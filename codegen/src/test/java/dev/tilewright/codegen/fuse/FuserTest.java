package dev.tilewright.codegen.fuse;

import static dev.tilewright.codegen.fuse.Fused.floats;
import static dev.tilewright.codegen.fuse.Fused.ints;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.AttentionOptions;
import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Operators;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.graph.GraphBuilder;
import dev.tilewright.codegen.graph.GraphInterpreter;
import dev.tilewright.op.Layer;
import dev.tilewright.op.TensorTypeException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FuserTest {
  @Test
  void anEncoderLayerBecomesSevenRegions() {
    Fused fused = Fused.of(Encoder.program(2, 5, 11, 12, 3, 20));
    List<String> kinds =
        fused.functions.getFirst().steps().stream()
            .map(step -> ((RegionFunction.Step.Run) step).region())
            .map(region -> region.getClass().getSimpleName())
            .toList();
    assertThat(kinds)
        .containsExactly(
            "Contraction",
            "Streamed",
            "Contraction",
            "RowReduction",
            "Contraction",
            "Contraction",
            "RowReduction");
    assertThat(fused.last().limits())
        .extracting(limit -> limit.left() + " <= " + limit.right())
        .containsExactly("S <= 11");
    fused.agrees(Map.of("B", 2L, "S", 7L), 1).agrees(Map.of("B", 1L, "S", 1L), 2);
  }

  @Test
  void crossAttentionMergesKeyAndValueOnly() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor x = builder.input("x", floats("B", "Q", 12));
              Tensor memory = builder.input("memory", floats("B", "K", 12));
              Tensor mask = builder.input("mask", ints("B", "K"));
              Tensor q = new Layer.Linear("q", 12, true).apply(List.of(x), builder::weight);
              Tensor k = new Layer.Linear("k", 12, true).apply(List.of(memory), builder::weight);
              Tensor v = new Layer.Linear("v", 12, true).apply(List.of(memory), builder::weight);
              return List.of(Operators.attention(q, k, v, 3, mask));
            });
    assertThat(fused.regions(Region.Contraction.class)).hasSize(2);
    assertThat(fused.regions(Region.Streamed.class)).hasSize(1);
    fused.agrees(Map.of("B", 2L, "Q", 3L, "K", 7L), 3);
  }

  @Test
  void gatedUnitsAreNotMergedButFuse() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor x = builder.input("x", floats("B", 6));
              Tensor gate = new Layer.Linear("gate", 10, false).apply(List.of(x), builder::weight);
              Tensor up = new Layer.Linear("up", 10, false).apply(List.of(x), builder::weight);
              return List.of(Operators.silu(gate).times(up));
            });
    assertThat(fused.refusals("merge-contractions")).isNotEmpty();
    assertThat(fused.regions()).hasSize(2).allMatch(Region.Contraction.class::isInstance);
    fused.agrees(Map.of("B", 5L), 4);
  }

  @Test
  void tokenMixingStoresUnderTheTranspose() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor x = builder.input("x", floats("B", 7, 16));
              Tensor mixed = x.swapAxes(1, 2);
              mixed = new Layer.Linear("up", 9, true).apply(List.of(mixed), builder::weight);
              mixed = Operators.gelu(mixed);
              mixed = new Layer.Linear("down", 7, true).apply(List.of(mixed), builder::weight);
              Tensor y = x.plus(mixed.swapAxes(1, 2));
              return List.of(new Layer.LayerNorm("norm", 1e-5f).apply(List.of(y), builder::weight));
            });
    assertThat(fused.regions()).hasSize(3);
    fused.agrees(Map.of("B", 2L), 5);
  }

  @Test
  void rmsNormReadsTheResidualOnce() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor x = builder.input("x", floats("B", "S", 16));
              Tensor y =
                  x.plus(new Layer.Linear("a", 16, false).apply(List.of(x), builder::weight));
              Tensor normed = new Layer.RmsNorm("norm", 1e-6f).apply(List.of(y), builder::weight);
              return List.of(
                  y.plus(new Layer.Linear("b", 16, true).apply(List.of(normed), builder::weight)));
            });
    assertThat(fused.regions()).hasSize(3);
    assertThat(fused.regions(Region.Contraction.class).getFirst().outputs()).hasSize(1);
    fused.agrees(Map.of("B", 2L, "S", 3L), 6);
  }

  @Test
  void viewsOfEveryKindComeOutRight() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor x = builder.input("x", floats("B", 7, 6));
              Tensor padded = x.pad(1, 2, 1, 0.5f);
              Tensor windows = padded.window(1, 3, 2);
              Tensor parts = Operators.concat(1, x.slice(1, Dim.of(1), Dim.of(6), 2), x.negate());
              Tensor order = Operators.iota(x, 1).cast(DType.FLOAT32);
              Tensor chosen =
                  Operators.where(x.greaterThan(0.3f), x.times(order.unsqueeze(-1)), 2f);
              return List.of(
                  windows.sum(1), parts.maxOver(1), chosen.reshape(-1, 3).transpose(1, 0), padded);
            });
    fused.agrees(Map.of("B", 2L), 7);
  }

  @Test
  void computedIndicesAreMaterialised() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor ids = builder.input("ids", ints("B", "S"));
              Tensor table = builder.weight("table", floats(8, 5));
              return List.of(table.gather(0, ids.plus(2)).sum(-1));
            });
    assertThat(fused.applied("materialise")).isTrue();
    fused.agrees(Map.of("B", 2L, "S", 3L), 8);
  }

  @Test
  void inputsAndRepeatedResultsAreCopied() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor x = builder.input("x", floats("B", 4));
              Tensor y = x.times(2);
              return List.of(x, y, y, y.reshape(2, -1).transpose(1, 0));
            });
    assertThat(fused.last().results()).hasSize(4).doesNotHaveDuplicates();
    fused.agrees(Map.of("B", 2L), 9);
  }

  @Test
  void convolutionIsAContractionOverWindows() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor x = builder.input("x", floats("B", "T", 4));
              Tensor kernel = builder.weight("kernel", floats(6, 4, 3));
              Tensor y =
                  Operators.einsum("btcw,ocw->bto", x.pad(1, 1, 1, 0).window(1, 3, 1), kernel);
              return List.of(Operators.relu(y));
            });
    assertThat(fused.regions(Region.Contraction.class)).hasSize(1);
    fused.agrees(Map.of("B", 2L, "T", 5L), 10);
  }

  @Test
  void weightsStandOnTheRight() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor x = builder.input("x", floats("B", "S", 6));
              Tensor w = builder.weight("w", floats(4, 6));
              return List.of(Operators.einsum("nk,bsk->bns", w, x));
            });
    Region.Contraction product = fused.regions(Region.Contraction.class).getFirst();
    assertThat(product.right().buffer()).isEqualTo("w_w");
    fused.agrees(Map.of("B", 2L, "S", 3L), 11);
  }

  @Test
  void aUsersOwnNormIsOneRowReduction() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor x = builder.input("x", floats("B", "S", 10));
              // Mean and mean square in one sweep; centred by the maximum of both.
              Tensor mean = x.mean(-1);
              Tensor square = x.times(x).mean(-1);
              Tensor spread = Operators.sqrt(square.minus(mean.times(mean)).plus(1e-5f));
              Tensor centre = Operators.max(mean, x.maxOver(-1).times(0.5f));
              return List.of(
                  x.minus(centre.unsqueeze(-1)).dividedBy(spread.unsqueeze(-1)).max(-1f));
            });
    assertThat(fused.regions()).singleElement().isInstanceOf(Region.RowReduction.class);
    assertThat(fused.applied("row-fusion")).isTrue();
    fused.agrees(Map.of("B", 2L, "S", 3L), 12);
  }

  @Test
  void aLoneSoftmaxIsOneRowReduction() {
    Fused fused =
        Fused.of(builder -> List.of(Operators.softmax(builder.input("x", floats("B", 5, "S")), 1)));
    assertThat(fused.regions()).singleElement().isInstanceOf(Region.RowReduction.class);
    fused.agrees(Map.of("B", 2L, "S", 3L), 13);
  }

  @Test
  void anEmbeddingThatIsAlsoResidualIsStoredByItsNorm() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor ids = builder.input("ids", ints("B", "S"));
              Tensor words =
                  new Layer.Embedding("words", 5, 6).apply(List.of(ids), builder::weight);
              Tensor places = builder.weight("places", floats(9, 6));
              Tensor x = Operators.tanh(words.plus(places.gather(0, Operators.iota(ids, 1))));
              Tensor y = new Layer.RmsNorm("norm", 1e-6f).apply(List.of(x), builder::weight);
              return List.of(
                  x.plus(new Layer.Linear("a", 6, true).apply(List.of(y), builder::weight)));
            });
    assertThat(fused.last().limits()).hasSize(1);
    assertThat(fused.regions()).hasSize(2);
    assertThat(fused.regions().getFirst().outputs()).hasSize(2);
    fused.agrees(Map.of("B", 2L, "S", 3L), 14);
  }

  @Test
  void headsStoredUnderATransposeNeedNoCopy() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor x = builder.input("x", floats("B", "S", 6));
              Tensor y = new Layer.Linear("a", 12, true).apply(List.of(x), builder::weight);
              return List.of(Operators.tanh(y.unflatten(2, 3, 4).transpose(0, 2, 1, 3)));
            });
    assertThat(fused.regions()).singleElement().isInstanceOf(Region.Contraction.class);
    fused.agrees(Map.of("B", 2L, "S", 3L), 15);
  }

  @Test
  void constantsFoldWithoutChangingBits() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor x = builder.input("x", floats("B", 3));
              Tensor same = x.times(1f).dividedBy(1f).minus(0f).plus(-0f).negate().negate();
              Tensor kept = x.plus(0f);
              return List.of(same.times(2f), kept, x.dividedBy(4f));
            });
    List<Region.Pointwise> maps = fused.regions(Region.Pointwise.class);
    assertThat(RegionPrinter.print(maps.get(0))).contains("= (x[i0] * 2.0)");
    assertThat(RegionPrinter.print(maps.get(1))).contains("= (x[i0] + 0.0)");
    assertThat(RegionPrinter.print(maps.get(2))).contains("= (x[i0] * 0.25)");
    fused.agrees(Map.of("B", 2L), 16);
  }

  @Test
  void aChangedTypeOfRepeatedSymbolsIsNamed() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor x = builder.input("x", floats("B", "S"));
              return List.of(x.plus(builder.input("y", floats("B", "S"))));
            });
    GraphInterpreter graph = new GraphInterpreter(fused.program, Doubles.EVALUATOR, (_, _) -> null);
    Tensor small = new Doubles.Value(floats(2, 3), new double[6]);
    Tensor large = new Doubles.Value(floats(2, 4), new double[8]);
    assertThatThrownBy(() -> graph.run("run", List.of(small, large)))
        .isInstanceOf(TensorTypeException.class)
        .hasMessageContaining("input 1 of run is declared f32[B, S], here f32[2, 3]");
  }

  @Test
  void aDecoderLayerWithRotationsAndGroupedQueriesFuses() {
    Fused fused = Fused.of(FuserTest::decoderLayer);
    assertThat(fused.regions(Region.Streamed.class)).hasSize(1);
    assertThat(fused.regions(Region.RowReduction.class)).hasSize(2);
    fused.agrees(Map.of("B", 2L, "S", 3L), 17);
  }

  static List<Tensor> decoderLayer(GraphBuilder builder) {
    Tensor x = builder.input("x", floats("B", "S", 16));
    Tensor h = new Layer.RmsNorm("norm1", 1e-6f).apply(List.of(x), builder::weight);
    Tensor q = new Layer.Linear("q", 16, false).apply(List.of(h), builder::weight);
    Tensor k = new Layer.Linear("k", 8, false).apply(List.of(h), builder::weight);
    Tensor v = new Layer.Linear("v", 8, false).apply(List.of(h), builder::weight);
    Tensor angle =
        Operators.iota(x, 1)
            .cast(DType.FLOAT32)
            .unsqueeze(-1)
            .times(builder.weight("frequencies", floats(2)));
    Tensor queries = rotate(q.unflatten(2, 4, 4), angle).unflatten(2, 2, 2);
    Tensor keys = rotate(k.unflatten(2, 2, 4), angle);
    Tensor scores = Operators.einsum("bqgrd,bkgd->bgrqk", queries, keys).times(0.5f);
    Tensor causal = Operators.iota(scores, 4).atMost(Operators.iota(scores, 3).unsqueeze(-1));
    Tensor p = Operators.softmax(Operators.where(causal, scores, -Float.MAX_VALUE), -1);
    Tensor attended = Operators.einsum("bgrqk,bkge->bqgre", p, v.unflatten(2, 2, 4)).flatten(2, 4);
    Tensor y = x.plus(new Layer.Linear("o", 16, false).apply(List.of(attended), builder::weight));
    Tensor n = new Layer.RmsNorm("norm2", 1e-6f).apply(List.of(y), builder::weight);
    Tensor gate = new Layer.Linear("gate", 20, false).apply(List.of(n), builder::weight);
    Tensor up = new Layer.Linear("up", 20, false).apply(List.of(n), builder::weight);
    Tensor down =
        new Layer.Linear("down", 16, false)
            .apply(List.of(Operators.silu(gate).times(up)), builder::weight);
    return List.of(y.plus(down));
  }

  /**
   * Rotary embeddings of {@code [B, S, heads, 4]} with angles {@code [S, 2]}; tanh stands for the
   * functions of angles.
   */
  private static Tensor rotate(Tensor x, Tensor angle) {
    Tensor cosine = Operators.concat(-1, angle, angle).unsqueeze(1);
    Tensor sine = Operators.tanh(cosine);
    Tensor turned = Operators.concat(-1, x.slice(3, 2, 4).negate(), x.slice(3, 0, 2));
    return x.times(cosine).plus(turned.times(sine));
  }

  @Test
  void relativePositionsLookUpTheirBias() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor x = builder.input("x", floats("B", "S", 6));
              Tensor place = Operators.iota(x, 1);
              Tensor distance = place.minus(place.unsqueeze(-1)).abs().min(3);
              Tensor bias = builder.weight("bias", floats(4, 3)).gather(0, distance);
              return List.of(
                  Operators.attention(
                      x, x, x, AttentionOptions.heads(3).bias(bias.transpose(2, 0, 1))));
            });
    assertThat(fused.regions(Region.Streamed.class)).hasSize(1);
    fused.agrees(Map.of("B", 2L, "S", 5L), 18);
  }

  @Test
  void longChainsAreCutIntoSteps() {
    Fused fused =
        Fused.of(
            builder -> {
              Tensor x = builder.input("x", floats("B", 4));
              Tensor y = new Layer.Linear("a", 4, false).apply(List.of(x), builder::weight);
              for (int i = 0; i < 800; i++) {
                x = x.times(0.9f).plus(0.01f);
                y = y.max(-1f).times(0.9f);
              }
              return List.of(x, y);
            });
    assertThat(fused.regions()).hasSizeBetween(10, 25);
    fused.agrees(Map.of("B", 2L), 19);
  }
}
