package dev.tilewright.target.pim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.codegen.UnsupportedProgramException;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;
import dev.tilewright.runtime.DamagedModelException;
import dev.tilewright.runtime.DeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanTest {
  /** Products of one input with so many matrices of half a million rows. */
  private static String products(int count) {
    StringBuilder text =
        new StringBuilder(
            """
            model test.Model
            entry next = next

            function next
              %0 = input y : f32[S, 4096]  @M.java:9:9  // y
            """);
    List<String> results = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      text.append(
          """
            %%%d = weight "w%d" : f32[500000, 4096]  @M.java:%d:9  // w
            %%%d = contract "sk,nk->sn" %%0, %%%d : f32[S, 500000]  @M.java:%d:13  // linear
          """
              .formatted(2 * i, i, 10 + i, 2 * i + 1, 2 * i, 20 + i));
      results.add("%" + (2 * i + 1));
    }
    return text + "  return " + String.join(", ", results) + "\n";
  }

  @Test
  void roundTrips() {
    for (String name : new String[] {"tiny-gpt2", "tiny-llama"}) {
      String text = GraphModel.resource(name).plan();
      assertThat(Plan.parse(text).print()).isEqualTo(text);
      assertThat(text).contains("place next r6_linear_token_embd memory+controller");
    }
    assertThat(GraphModel.resource("tiny-llama").plan())
        .contains("place Layer_forward_2 r10_attention memory+controller")
        .contains("place Layer_forward_2 r4_map host");
  }

  @Test
  void refusesDamagedPlans() {
    String text = GraphModel.resource("tiny-gpt2").plan();
    assertThatThrownBy(() -> Plan.parse("x\n" + text))
        .hasMessage("line 1: expected 'tilewright-plan 2', but found 'x'");
    assertThatThrownBy(() -> Plan.parse(text.replace("r0_map controller", "r0_map moon")))
        .hasMessage("'moon' is no place of a region");
    assertThatThrownBy(() -> Plan.parse(text.replace("r0_map controller", "r0_map memory+host")))
        .hasMessage("r0_map of logits cannot run on memory+host, only on controller or host");
    assertThatThrownBy(() -> Plan.parse(text.replace("next r0_map", "next r9_map")))
        .hasMessageContaining("compile the model with this version");
    GraphModel model = GraphModel.resource("tiny-gpt2");
    assertThatThrownBy(
            () -> new PimDriver().load(model.schema(), "nothing", model::weight, "pim-gpt"))
        .isInstanceOf(DamagedModelException.class)
        .hasMessage("test.plan: line 1: the plan ends before its program");
  }

  @Test
  void weightsThatFitNoDeviceAreRefusedAtTheirPlace() {
    assertThatThrownBy(() -> GraphModel.of(products(5)))
        .isInstanceOf(UnsupportedProgramException.class)
        .hasMessage(
            "'w5' needs 977 rows of every bank, but 752 of the 16384 rows of device aim-gddr6 are"
                + " left; use more channels or a shorter context")
        .extracting(e -> ((UnsupportedProgramException) e).origin().toString())
        .isEqualTo("M.java:15:9");
  }

  @Test
  void statesThatFitNoDeviceAreRefusedAtTheirPlace() {
    String graph =
        GraphModel.text("tiny-gpt2")
            .replace("state \"keyCache\" 24", "state \"keyCache\" 300000000")
            .replace("state \"valueCache\" 24", "state \"valueCache\" 300000000");
    assertThatThrownBy(() -> GraphModel.of(graph))
        .isInstanceOf(UnsupportedProgramException.class)
        .hasMessageContaining("needs")
        .extracting(e -> ((UnsupportedProgramException) e).origin().toString())
        .isEqualTo("Gpt2.java:53:13");
  }

  @Test
  void devicesThatAreTooSmallOrUnknownAreRefused(@TempDir Path folder) throws IOException {
    GraphModel model = GraphModel.resource("tiny-gpt2");
    Path small = folder.resolve("small.device");
    Files.writeString(small, Device.named("pim-gpt").with(Parameter.ROWS, 8).toText());
    assertThatThrownBy(
            () -> new PimDriver().load(model.schema(), model.plan(), model::weight, small + ""))
        .isInstanceOf(DeviceException.class)
        .hasMessageStartingWith("test.Model does not fit: ");
    Files.writeString(small, Device.named("pim-gpt").with(Parameter.ROWS, 22).toText());
    var program = new PimDriver().load(model.schema(), model.plan(), model::weight, small + "");
    var session = program.newSession();
    assertThatThrownBy(program::newSession)
        .isInstanceOf(DeviceException.class)
        .hasMessageEndingWith("close a session, or load the model for a larger device");
    session.close();
    program.newSession().close();
    assertThatThrownBy(
            () -> new PimDriver().load(model.schema(), model.plan(), model::weight, "none"))
        .isInstanceOf(DeviceException.class)
        .hasMessageStartingWith("'none' is neither a known device (aim-gddr6, pim-gpt,");
  }
}
