package dev.tilewright.codegen.fuse;

import static dev.tilewright.codegen.fuse.Fused.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Operators;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.UnsupportedProgramException;
import dev.tilewright.codegen.graph.GraphBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Ragged batches: each sequence's result is the one that it has alone. */
class RaggedTest {
  private static final int PROGRAMS = Integer.getInteger("tilewright.ragged", 150);
  private static final int FIRST = Integer.getInteger("tilewright.first", 0);

  @Test
  void anEncoderGivesEachSequenceWhatItHasAlone() {
    Ragged encoder = Ragged.of(Encoder.program(2, 5, 40, 12, 3, 20), Map.of(), 1);
    encoder.agrees(7);
    encoder.agrees(1, 7, 3);
    encoder.agrees(1, 1, 33, 2, 5, 18);
  }

  @Test
  void whatIsTheSameForAllSequencesIsOneMatrix() {
    String text =
        RegionPrinter.print(Ragged.of(Encoder.program(1, 5, 40, 12, 3, 20), Map.of(), 1).functions);
    assertThat(text).contains("contraction  for i0:S_total, i1:20");
    assertThat(text).contains("norm: row reduction  for i0:S_total  along r:12");
    assertThat(text).contains("streamed  for i0:B ragged, i1:3, i2:S_own  along j:S_own");
  }

  @Test
  void aDecoderLayerGivesEachSequenceWhatItHasAlone() {
    Ragged.of(FuserTest::decoderLayer, Map.of(), 2).agrees(4, 1, 9);
  }

  @Test
  void randomModelsGiveEachSequenceWhatItHasAlone() {
    List<String> failures = new ArrayList<>();
    int ragged = 0;
    for (int seed = FIRST; seed < FIRST + PROGRAMS; seed++) {
      int own = seed;
      try {
        Ragged model =
            Ragged.of(builder -> RandomModel.buildRagged(own, builder), Map.of("T", 5L), seed);
        ragged++;
        model.agrees(3, 5, 4);
      } catch (UnsupportedProgramException e) {
        assertThat(e).hasMessageContaining("S is ragged over B");
      } catch (RuntimeException | AssertionError e) {
        failures.add("program " + seed + ": " + e + " at " + e.getStackTrace()[0]);
      }
    }
    assertThat(failures).isEmpty();
    assertThat(ragged).isGreaterThan(PROGRAMS / 3);
  }

  private static void refuses(String why, Fused.Declaration declaration) {
    assertThatThrownBy(() -> Ragged.of(declaration, Map.of("N", 4L), 1))
        .isInstanceOf(UnsupportedProgramException.class)
        .hasMessageContaining("S is ragged over B")
        .hasMessageContaining(why);
  }

  private static Ragged model(Fused.Declaration declaration) {
    return Ragged.of(declaration, Map.of("N", 4L), 3).agrees(1).agrees(5, 2, 1, 7);
  }

  private static Tensor x(GraphBuilder builder) {
    return builder.input("x", floats("B", "S", 6));
  }

  @Test
  void theLengthIsThatOfTheSequenceAtHand() {
    model(b -> List.of(x(b).mean(1)));
    model(
        b ->
            List.of(
                Operators.softmax(x(b), 1),
                x(b).slice(1, Dim.parse("S - 1"), Dim.parse("S")).squeeze(1)));
    model(b -> List.of(x(b).times(x(b).extent(1))));
  }

  @Test
  void whatIsThereOnceIsSeenFromItsBeginning() {
    model(
        b -> {
          Tensor places = b.input("places", floats("S", 6));
          return List.of(x(b).plus(Operators.tanh(places)));
        });
    model(
        b -> {
          Tensor bias = Operators.tanh(b.input("bias", floats(3, "S", "S")));
          Tensor q = x(b).unflatten(-1, 3, 2).swapAxes(1, 2);
          Tensor scores = Operators.einsum("bhqd,bhkd->bhqk", q, q).plus(bias);
          return List.of(
              Operators.einsum("bhqk,bhkd->bqhd", Operators.softmax(scores, -1), q).flatten(2, 3));
        });
  }

  @Test
  void sequencesMayGrowAndStandBehindOtherAxes() {
    model(b -> List.of(x(b).pad(1, 1, 2, 0.5f).times(2f).maxOver(1)));
    model(
        b -> {
          Tensor heads = x(b).unflatten(-1, 3, 2).transpose(2, 0, 1, 3);
          return List.of(Operators.softmax(heads, 2).transpose(1, 2, 0, 3).flatten(2, 3));
        });
    model(
        b ->
            List.of(
                Operators.softmax(x(b).flatten(0, 1), -1)
                    .reshape(Dim.symbol("B"), Dim.symbol("S"), Dim.of(6))));
    model(b -> List.of(Operators.einsum("bsk,bsn->bkn", x(b), Operators.exp(x(b)))));
  }

  @Test
  void whatMixesSequencesIsRefused() {
    refuses("it sums over B, so sequences mix", b -> List.of(x(b).minus(x(b).mean(0))));
    refuses(
        "belongs to another sequence", b -> List.of(x(b).plus(x(b).slice(0, Dim.ZERO, Dim.ONE))));
    refuses(
        "depends on the sequence's number",
        b ->
            List.of(
                x(b).plus(
                        Operators.iota(x(b), 0).cast(DType.FLOAT32).unsqueeze(-1).unsqueeze(-1))));
    refuses("the number of sequences is used", b -> List.of(x(b).times(x(b).extent(0))));
  }

  @Test
  void whatNeedsOneLengthOfAllIsRefused() {
    refuses(
        "there is no one length of all sequences",
        b -> List.of(x(b).plus(b.input("places", floats("S", 6)).sum(0))));
    refuses(
        "in other places for sequences of other lengths",
        b -> {
          Tensor places = b.input("places", floats(6, "S"));
          return List.of(x(b).plus(places.reshape(Dim.symbol("S"), Dim.of(6))));
        });
  }

  @Test
  void scoresThatAreNotStreamedAreRefusedWithTheReason() {
    refuses(
        "attention was not streamed, because",
        b -> {
          Tensor q = x(b);
          Tensor scores = Operators.softmax(Operators.einsum("bqd,bkd->bqk", q, q), -1).min(0.3f);
          return List.of(Operators.einsum("bqk,bkd->bqd", scores, q));
        });
  }

  @Test
  void shapesOfEntriesAreChecked() {
    refuses("must have B as its first axis", b -> List.of(x(b).swapAxes(0, 1)));
    refuses("must have S as its second axis", b -> List.of(x(b).swapAxes(1, 2)));
    refuses("no result of one sequence", b -> List.of(b.input("places", floats("S", 6)), x(b)));
    refuses(
        "must be an axis of it by itself",
        b ->
            List.of(
                x(b).plus(
                        b.input("places", floats("2*S", 6)).slice(0, Dim.ZERO, Dim.symbol("S")))));
  }
}
