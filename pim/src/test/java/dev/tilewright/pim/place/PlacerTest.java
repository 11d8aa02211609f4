package dev.tilewright.pim.place;

import static dev.tilewright.pim.place.Place.CONTROLLER;
import static dev.tilewright.pim.place.Place.HOST;
import static dev.tilewright.pim.place.Place.MEMORY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.pim.controller.Arithmetic;
import dev.tilewright.pim.controller.Controller;
import dev.tilewright.pim.decode.DecodePlan;
import dev.tilewright.pim.decode.StepTimer;
import dev.tilewright.pim.decode.TransformerSize;
import dev.tilewright.pim.device.Device;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlacerTest {
  private static final Set<Place> ALL = EnumSet.allOf(Place.class);

  private static List<Candidate> randomChain(Random random, int length) {
    List<Candidate> chain = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      Place inMemory = random.nextBoolean() ? MEMORY : CONTROLLER;
      chain.add(
          switch (random.nextInt(4)) {
            case 0 -> Candidate.only("w" + i, HOST, random.nextInt(10));
            case 1 -> Candidate.only("w" + i, inMemory, random.nextInt(10));
            default ->
                Candidate.of("w" + i, inMemory, random.nextInt(10), HOST, random.nextInt(10));
          });
    }
    return chain;
  }

  /** The least time over all ways, one by one. */
  private static double least(List<Candidate> chain, int i, Place last, double handover) {
    if (i == chain.size()) {
      return 0;
    }
    double least = Double.POSITIVE_INFINITY;
    for (Map.Entry<Place, Double> at : chain.get(i).seconds().entrySet()) {
      boolean crosses = last != null && (last == HOST) != (at.getKey() == HOST);
      double rest = least(chain, i + 1, at.getKey(), handover);
      least = Math.min(least, (crosses ? handover : 0) + at.getValue() + rest);
    }
    return least;
  }

  @Test
  void noWayIsShorter() {
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      List<Candidate> chain = randomChain(random, 1 + random.nextInt(9));
      double handover = random.nextInt(5);
      Placement placement = new Placer(handover).cheapest(chain);
      assertThat(placement.seconds()).isEqualTo(least(chain, 0, null, handover));
      double sum = placement.handovers() * handover;
      for (Placement.Choice choice : placement.choices()) {
        sum += choice.seconds();
      }
      assertThat(placement.seconds()).isEqualTo(sum);
      assertThat(placement.choices()).extracting(Placement.Choice::work).isEqualTo(chain);
      assertThat(placement.share(HOST) + placement.share(MEMORY) + placement.share(CONTROLLER))
          .isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void whatIsImpossibleIsNamed() {
    List<Candidate> chain = List.of(Candidate.only("gelu", CONTROLLER, 1));
    assertThat(new Placer(1).cheapest(List.of()).seconds()).isZero();
    assertThat(new Placer(1).cheapest(chain, ALL).seconds(CONTROLLER)).isEqualTo(1);
    assertThatThrownBy(() -> new Placer(1).cheapest(chain, EnumSet.of(HOST)))
        .hasMessageContaining("'gelu' can be done by [CONTROLLER], but not by [HOST]");
    assertThatThrownBy(() -> new Candidate("x", Map.of())).hasMessageContaining("nowhere");
    assertThatThrownBy(() -> Candidate.only("x", HOST, Double.NaN))
        .hasMessageContaining("at least 0");
    assertThatThrownBy(() -> new Placer(-1)).hasMessageContaining("at least 0");
    assertThatThrownBy(() -> new Processor("p", 0, 1)).hasMessageContaining("positive");
  }

  /** The law over a chain against the simulated step of the same transformer. */
  @Test
  void allInMemoryIsTheSimulatedStep() {
    Device device = Device.named("pim-gpt");
    TransformerSize size = TransformerSize.PIM_GPT.getFirst();
    Controller controller = new Controller(Arithmetic.FP32, 1e9, 128);
    double simulated =
        new StepTimer(device, controller).time(new DecodePlan(device, size).step(0, 700)).seconds();
    List<Candidate> chain =
        new TransformerChain(device, size, controller, Crossover.TWO_CORES).step(1, 700, 1);
    double law = new Placer(0).cheapest(chain, EnumSet.of(MEMORY, CONTROLLER)).seconds();
    // the embedding's lookups are not in the chain
    assertThat(law).isCloseTo(simulated, within(0.005 * simulated));
  }

  @Test
  void theChosenPlacementIsNeverWorse() {
    for (Crossover crossover : Crossover.all().values()) {
      assertThat(crossover.points())
          .allSatisfy(
              p -> {
                assertThat(p.chosen().seconds()).isLessThanOrEqualTo(p.memory() * (1 + 1e-12));
                assertThat(p.chosen().seconds()).isLessThanOrEqualTo(p.host() * (1 + 1e-12));
              });
    }
  }

  /** What NeuPIMs does by design: products of many rows on the host, attention in memory. */
  @Test
  void aBatchIsDividedAsNeuPimsDividesIt() {
    Placement chosen = Crossover.all().get("npu-batch").points().getLast().chosen();
    for (Placement.Choice choice : chosen.choices()) {
      switch (choice.work().name()) {
        case "scores", "weighted sum" -> assertThat(choice.place()).isEqualTo(MEMORY);
        case "qkv", "project", "up", "down", "logits" -> assertThat(choice.place()).isEqualTo(HOST);
        default -> {}
      }
    }
  }
}
