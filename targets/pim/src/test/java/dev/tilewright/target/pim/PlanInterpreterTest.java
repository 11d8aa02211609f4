package dev.tilewright.target.pim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.pim.device.Device;
import dev.tilewright.runtime.DeviceReport;
import dev.tilewright.runtime.HostTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What banks and streams compute is what the plan says in the written arithmetic, bit for bit, and
 * every product is within its bound.
 */
class PlanInterpreterTest {
  private static final Device DEVICE = Device.named("pim-gpt");
  private static final int[][] CALLS = {{3, 1, 4, 1, 5}, {9}, {2, 6}, {5}, {35}, {8, 9, 7}};

  @ParameterizedTest
  @ValueSource(strings = {"tiny-gpt2", "tiny-llama"})
  void simulatorIsInterpreterBitForBit(String name) {
    GraphModel model = GraphModel.resource(name);
    CheckedUnit[] bounded = new CheckedUnit[1];
    PimProgram banks =
        model.load(DEVICE, ledger -> bounded[0] = new CheckedUnit(new Banks(DEVICE, ledger)));
    PimProgram plain = model.load(DEVICE, _ -> new WrittenUnit());
    PimSession inBanks = banks.newSession();
    PimSession inArrays = plain.newSession();
    int before = 0;
    for (int[] tokens : CALLS) {
      float[] found = model.next(banks, inBanks, before, tokens).getFirst().toFloats();
      float[] expected = model.next(plain, inArrays, before, tokens).getFirst().toFloats();
      assertThat(found).containsExactly(expected);
      before += tokens.length;
    }
    // A fork goes its own way; what is cut off is overwritten.
    PimSession fork = (PimSession) inBanks.fork(before);
    PimSession plainFork = (PimSession) inArrays.fork(before);
    model.next(banks, inBanks, before, 11);
    model.next(plain, inArrays, before, 11);
    assertThat(model.next(banks, fork, before - 2, 12).getFirst().toFloats())
        .containsExactly(model.next(plain, plainFork, before - 2, 12).getFirst().toFloats());
    assertThat(bounded[0].checked()).isGreaterThan(10_000);
  }

  /** A plan whose places were edited: the host computes everything, and rounds no sum to bf16. */
  @ParameterizedTest
  @ValueSource(strings = {"tiny-gpt2", "tiny-llama"})
  void theHostCanDoWhatMemoryAndControllerDo(String name) {
    GraphModel model = GraphModel.resource(name);
    String onHost = model.plan().replaceAll("(?m)^(place \\S+ \\S+) .*", "$1 host");
    PimProgram host =
        new GraphModel(model.schema(), onHost).load(DEVICE, ledger -> new Banks(DEVICE, ledger));
    PimProgram banks = model.load(DEVICE, ledger -> new Banks(DEVICE, ledger));
    PimSession onHosts = host.newSession();
    PimSession inBanks = banks.newSession();
    assertThat(onHosts.caches()).isEmpty();
    int before = 0;
    for (int[] tokens : CALLS) {
      float[] expected = model.next(host, onHosts, before, tokens).getFirst().toFloats();
      float[] found = model.next(banks, inBanks, before, tokens).getFirst().toFloats();
      float largest = 0;
      for (float logit : expected) {
        largest = Math.max(largest, Math.abs(logit));
      }
      assertThat(found).isNotEqualTo(expected).containsExactly(expected, within(largest / 32));
      before += tokens.length;
    }
    assertThat(host.report().cycles()).isZero();
    float[] again = model.next(host, onHosts, before, 1).getFirst().toFloats();
    PimSession fork = (PimSession) onHosts.fork(before);
    assertThat(model.next(host, fork, before, 1).getFirst().toFloats()).containsExactly(again);
  }

  @Test
  void aWeightMayHoldIndices() {
    GraphModel model =
        GraphModel.of(
            """
            model test.Model
            entry next = next

            function next
              %0 = input x : i32[1, S]  @M.java:1:1  // x
              %1 = weight "table" : f32[8, 3]  @M.java:2:1  // table
              %2 = weight "order" : i32[4]  @M.java:3:1  // order
              %3 = gather 0 %2, %0 : i32[1, S]  @M.java:4:1  // gather
              %4 = gather 0 %1, %3 : f32[1, S, 3]  @M.java:5:1  // gather
              return %4
            """);
    PimProgram program = model.load(DEVICE, ledger -> new Banks(DEVICE, ledger));
    HostTensor[] weights = {model.weight(0), model.weight(1)};
    boolean first = weights[0].type().rank() == 2;
    float[] table = weights[first ? 0 : 1].toFloats();
    int[] order = weights[first ? 1 : 0].toInts();
    float[] found = model.next(program, null, 0, 3, 1).getFirst().toFloats();
    assertThat(found).hasSize(6);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isEqualTo(table[3 * order[i < 3 ? 3 : 1] + i % 3]);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny-gpt2", "tiny-llama"})
  void reportsEveryRegion(String name) {
    GraphModel model = GraphModel.resource(name);
    PimProgram program = model.load(DEVICE, ledger -> new Banks(DEVICE, ledger));
    assertThat(program.report()).isNull();
    model.next(program, program.newSession(), 0, 1);
    DeviceReport report = program.report();
    assertThat(report.parts()).extracting(DeviceReport.Part::place).contains("memory+controller");
    assertThat(report.parts())
        .filteredOn(part -> part.place().startsWith("memory"))
        .allSatisfy(part -> assertThat(part.cycles()).isPositive())
        .allSatisfy(part -> assertThat(part.joules()).isPositive());
    assertThat(report.parts())
        .filteredOn(part -> part.name().contains("attention"))
        .singleElement()
        .satisfies(part -> assertThat(part.runs()).isEqualTo(3));
    assertThat(report.seconds())
        .isGreaterThanOrEqualTo(DEVICE.seconds(report.cycles()))
        .isLessThan(1e-3);
  }
}
