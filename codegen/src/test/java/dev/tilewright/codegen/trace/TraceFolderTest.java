package dev.tilewright.codegen.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.codegen.Trace.BufferPlan;
import dev.tilewright.codegen.Trace.Decision;
import dev.tilewright.codegen.Trace.Estimate;
import dev.tilewright.codegen.graph.Origin;
import dev.tilewright.schema.Profile;
import dev.tilewright.schema.Profile.KernelTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TraceFolderTest {
  @TempDir Path folder;

  @Test
  void writesEachPassAsItFinishes() throws IOException {
    TraceFolder trace =
        new TraceFolder(folder.resolve("deep/er"), "a.Model for anything", Optional.empty());
    trace.pass("lower", "the graph", "%1 = add  @Model.java:3:7");
    assertThat(folder.resolve("deep/er/01-lower-the-graph.txt")).content().contains("%1 = add");
    trace.pass("fuse", "regions", "r0");
    assertThat(folder.resolve("deep/er/02-fuse-regions.txt")).exists();
    assertThat(Files.readString(folder.resolve("deep/er/index.html")))
        .contains("a.Model for anything", "r0");
  }

  @Test
  void linksPlacesToTheirSourceLine() throws IOException {
    TraceFolder trace = new TraceFolder(folder, "m", Optional.empty());
    trace.source("Model.java", "interface Model {\n  // a < b\n}");
    trace.pass("lower", "graph", "%1 = add  @Model.java:2:7");
    assertThat(Files.readString(folder.resolve("index.html")))
        .contains("<a data-place=\"Model.java:2\">Model.java:2:7</a>")
        .contains("data-place=\"Model.java:2\"><i>   2</i>    // a &lt; b</span>");
  }

  @Test
  void showsDecisionsAndMemory() throws IOException {
    TraceFolder trace = new TraceFolder(folder, "m", Optional.empty());
    trace.explain(
        new Decision(
            "f", "stream-softmax", false, "it is clipped", new Origin("Model.java", 2, 3, "x")));
    trace.plan(
        new BufferPlan(
            "f",
            List.of("r0", "r1"),
            List.of(new BufferPlan.Slot("t0 f32[B]", "64*B", "64*B", 0, 1))));
    assertThat(folder.resolve("explain.txt"))
        .hasContent("refused stream-softmax in f at Model.java:2:3: it is clipped");
    assertThat(Files.readString(folder.resolve("index.html")))
        .contains("it is clipped", "<rect", "t0 f32[B], 64*B bytes");
  }

  @Test
  void showsWhatKernelsCostBesideWhatTheyTook() throws IOException {
    Profile profile =
        new Profile(
            "a.Model", "any", "run", Map.of("B", 3L), 1, 5, List.of(new KernelTime("k0", 2, 4e3)));
    TraceFolder trace = new TraceFolder(folder, "m", Optional.of(profile));
    trace.estimate(new Estimate("k0", List.of("B"), "a sum", sizes -> 1000.0 * sizes.get("B")));
    trace.estimate(new Estimate("k1", List.of(), "not run", _ -> 7));
    assertThat(Files.readString(folder.resolve("index.html")))
        .contains("k0</td><td>2</td><td>6,000</td>", "<td>4.0</td>", "<td>1.50</td>")
        .contains("k1</td><td>0</td><td>0</td>");
  }

  @Test
  void estimatesForTypicalSizesWithoutAProfile() throws IOException {
    TraceFolder trace = new TraceFolder(folder, "m", Optional.empty());
    trace.estimate(new Estimate("k0", List.of("B"), "a sum", sizes -> 10.0 * sizes.get("B")));
    assertThat(Files.readString(folder.resolve("index.html")))
        .contains("k0</td><td>1</td><td>640</td>", "tilewright.profile");
  }

  @Test
  void needsNothingFromOutside() throws IOException {
    new TraceFolder(folder, "m", Optional.empty()).pass("emit", "llvm", "define void @f()");
    assertThat(Files.readString(folder.resolve("index.html")))
        .doesNotContain("http:", "https:", "src=", "href=\"");
  }
}
