package dev.tilewright.codegen.fuse;

import static dev.tilewright.codegen.fuse.Fused.floats;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.Tensor;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.GraphBuilder;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.op.TensorType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Functions that call others: what must lie in a buffer, and whose buffer it is. */
class CallsTest {
  private static final TensorType ROWS = floats("B", 6);

  /** Gives {@code (x*w, x, x + y)}. */
  private static Function callee() {
    GraphBuilder builder = new GraphBuilder("block");
    Tensor x = builder.input("x", ROWS);
    Tensor y = builder.input("y", ROWS);
    Tensor w = builder.weight("w", floats(6));
    return builder.finish(List.of(x.times(w), x, x.plus(y)));
  }

  @FunctionalInterface
  private interface Caller {
    List<Tensor> build(GraphBuilder builder, Function callee);
  }

  private static Fused program(Caller caller) {
    Function callee = callee();
    GraphBuilder builder = new GraphBuilder("run");
    Function function = builder.finish(caller.build(builder, callee));
    return Fused.of(
        new Program(
            "test.Calls",
            List.of(callee, function),
            List.of(new Program.EntryPoint("run", "run"))));
  }

  private static List<? extends Tensor> call(
      GraphBuilder builder, Function callee, String prefix, Tensor x, Tensor y) {
    return builder.call(callee, prefix, List.of(x, y), List.of(ROWS, ROWS, ROWS));
  }

  @Test
  void resultsOfTheLastCallGoToTheCallersMemory() {
    Fused fused =
        program(
            (builder, callee) -> {
              Tensor x = builder.input("x", ROWS);
              var first = call(builder, callee, "a.", x, x);
              var second = call(builder, callee, "b.", first.get(0), first.get(2));
              return List.of(second.get(2), second.get(0));
            });
    assertThat(fused.last().steps()).hasSize(2);
    RegionFunction.Step.Call last = (RegionFunction.Step.Call) fused.last().steps().getLast();
    assertThat(last.results()).startsWith("out1").endsWith("out0");
    fused.agrees(Map.of("B", 3L), 1);
  }

  @Test
  void viewsAreCopiedForACallAndReshapesAreNot() {
    Fused fused =
        program(
            (builder, callee) -> {
              Tensor wide = builder.input("x", floats("B", 12));
              Tensor folded = builder.input("y", floats("B", 2, 3));
              var results =
                  call(
                      builder,
                      callee,
                      "a.",
                      wide.slice(1, 3, 9),
                      folded.reshape(ROWS.shape().toArray(dev.tilewright.Dim[]::new)));
              return List.of(results.get(0).plus(results.get(1)));
            });
    assertThat(fused.regions()).hasSize(2);
    fused.agrees(Map.of("B", 3L), 2);
  }

  @Test
  void argumentsMayBeWeightsAndEpilogues() {
    Fused fused =
        program(
            (builder, callee) -> {
              Tensor x = builder.input("x", ROWS);
              Tensor square = builder.weight("square", floats(6, 6));
              Tensor y = x.matmul(square).max(0f);
              var results = call(builder, callee, "a.", y, y.times(2f));
              return List.of(results.get(2), results.get(2), y, results.get(1).swapAxes(0, 1));
            });
    assertThat(fused.last().results()).hasSize(4).doesNotHaveDuplicates();
    fused.agrees(Map.of("B", 3L), 3);
  }

  @Test
  void whatWaitsForACallIsNoPartOfTheStepBefore() {
    Fused fused =
        program(
            (builder, callee) -> {
              Tensor x = builder.input("x", ROWS);
              Tensor sum = x.sum(1).unsqueeze(1);
              Tensor shifted = x.minus(sum);
              var results = call(builder, callee, "", shifted, x);
              return List.of(shifted.times(results.get(0)).plus(sum));
            });
    assertThat(fused.last().steps()).hasSize(3);
    fused.agrees(Map.of("B", 3L), 4);
  }
}
