package dev.tilewright.target.pim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.UnsupportedProgramException;
import dev.tilewright.codegen.graph.GraphParser;
import dev.tilewright.pim.controller.Arithmetic;
import dev.tilewright.pim.controller.Controller;
import dev.tilewright.pim.controller.Host;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.place.Processor;
import dev.tilewright.runtime.DeviceReport;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Places by cost, and where the declaration demands them. */
class PlacerTest {
  private static final Device DEVICE = Device.named("pim-gpt");
  private static final int CONTEXT = 24;

  /** What is expected of a token at the end of the context is what the ledger then adds up. */
  @ParameterizedTest
  @ValueSource(strings = {"tiny-gpt2", "tiny-llama"})
  void costsAreThoseOfARun(String name) {
    GraphModel model = GraphModel.resource(name);
    PimProgram program = model.load(DEVICE, ledger -> new Banks(DEVICE, ledger));
    PimSession session = program.newSession();
    model.next(program, session, 0, new int[CONTEXT - 1]);
    model.next(program, session, CONTEXT - 1, 1);
    Map<String, Map<String, Choice>> choices = Plan.parse(model.plan()).choices();
    assertThat(program.report().parts()).isNotEmpty();
    for (DeviceReport.Part part : program.report().parts()) {
      String[] names = part.name().split("\\.", 2);
      Choice choice = choices.get(names[0]).get(names[1]);
      assertThat(part.place()).isEqualTo(choice.place().label());
      double micros = choice.micros().get(choice.place());
      assertThat(1e6 * part.seconds() / part.runs())
          .as(part.name())
          .isCloseTo(micros, within(0.06 * micros + 0.001));
    }
  }

  private static final String SMALL_PRODUCT =
      """
      model test.Model
      entry next = next

      function next
        %0 = input x : f32[S, 16]  @M.java:1:1  // x
        %1 = sin %0 : f32[S, 16]  @M.java:2:1  // sin
        %2 = weight "w" : f32[WIDTH, 16]  @M.java:3:1  // w
        %3 = contract "sk,nk->sn" %1, %2 : f32[S, WIDTH]  @M.java:4:1PRODUCT  // up
        %4 = sin %3 : f32[S, WIDTH]  @M.java:5:1REST  // sin
        return %4
      """;

  private static String small(int width, String product, String rest) {
    return SMALL_PRODUCT
        .replace("WIDTH", "" + width)
        .replace("PRODUCT", product)
        .replace("REST", rest);
  }

  /** Two changes of sides cost more than a small product does on the host. */
  @Test
  void aSmallProductStaysWithItsNeighboursOnTheHost() {
    assertThat(GraphModel.of(small(32, "", "")).plan())
        .containsPattern("place next r1_\\w+ host 0\\.\\d+us memory\\+host");
    assertThat(GraphModel.of(small(40_000, "", "")).plan())
        .containsPattern("place next r1_\\w+ memory\\+host");
  }

  /** The system that the crossover charts call a processor for many rows. */
  @Test
  void aFasterHostTakesMore() {
    Machine large =
        new Machine(
            DEVICE,
            new Controller(Arithmetic.FP32, 1e9, 128),
            new Host(1e12),
            new Processor("large", 262e12, 1.02e15),
            0);
    String graph = GraphModel.text("tiny-gpt2");
    Plan plan = Plan.of(GraphParser.parse(graph), large, Trace.NONE);
    assertThat(plan.choices().values())
        .flatExtracting(Map::values)
        .noneSatisfy(choice -> assertThat(choice.place().inMemory()).isTrue());
    assertThat(Plan.parse(plan.print()).print()).isEqualTo(plan.print());
  }

  @Test
  void demandsGoBeforeCosts() {
    assertThat(GraphModel.of(small(32, " on memory", "")).plan())
        .containsPattern("place next r1_\\w+ memory\\+host");
    assertThat(GraphModel.of(small(40_000, " on host", "")).plan())
        .containsPattern("place next r1_\\w+ host ");
    String gelu = small(64, " on memory", " on host").replace("= sin %3", "= exp %3");
    assertThat(GraphModel.of(gelu).plan()).containsPattern("place next r1_\\w+ memory\\+host");
    assertThat(GraphModel.of(gelu.replace("on host", "on controller")).plan())
        .containsPattern("place next r1_\\w+ memory\\+controller");
  }

  @Test
  void demandsThatCannotBeMetAreRefusedAtTheirPlace() {
    refused(small(32, "", " on controller"), "M.java:5:1", "the controller has no logarithm, sine");
    refused(
        small(32, " on controller", ""),
        "M.java:4:1",
        "the controller adds and multiplies vectors");
    refused(
        small(32, "", "").replace("@M.java:2:1", "@M.java:2:1 on memory"),
        "M.java:2:1",
        "memory computes products and attention alone");
    refused(
        small(32, " on host", " on controller").replace("= sin %3", "= exp %3"),
        "M.java:5:1",
        "@On(CONTROLLER) is demanded here and @On(HOST) at M.java:4:1");
    String scores =
        GraphModel.text("tiny-gpt2")
            .replaceAll(
                "(%39 = contract \\S+ %36, %37 : \\S+ \\[?.*@Gpt2.java:56:22)", "$1 on memory");
    refused(scores, "Gpt2.java:56:22", "memory multiplies with matrices of weights and attends");
  }

  private static void refused(String graph, String place, String message) {
    assertThatThrownBy(() -> GraphModel.of(graph))
        .isInstanceOf(UnsupportedProgramException.class)
        .hasMessageContaining(message)
        .extracting(e -> ((UnsupportedProgramException) e).origin().toString())
        .isEqualTo(place);
  }

  /** Attention over a session's states on the host keeps the states there. */
  @Test
  void attentionOnDemand() {
    GraphModel model =
        GraphModel.of(
            GraphModel.text("tiny-llama").replaceAll("(?m)(  // attention)$", " on host$1"));
    assertThat(model.plan()).containsPattern("place Layer_forward_2 r10_attention host ");
    PimProgram program = model.load(DEVICE, ledger -> new Banks(DEVICE, ledger));
    PimSession session = program.newSession();
    assertThat(session.caches()).isEmpty();
    GraphModel free = GraphModel.resource("tiny-llama");
    PimProgram inMemory = free.load(DEVICE, ledger -> new Banks(DEVICE, ledger));
    float[] found = model.next(program, session, 0, 3, 1, 4).getFirst().toFloats();
    float[] expected = free.next(inMemory, inMemory.newSession(), 0, 3, 1, 4).getFirst().toFloats();
    assertThat(found).isNotEqualTo(expected).containsExactly(expected, within(0.5f));
  }
}
