package dev.tilewright.tests.level;

import static dev.tilewright.Operators.attention;
import static dev.tilewright.Operators.softmax;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.AttentionOptions;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.CompileOptions;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.Trace;
import dev.tilewright.runtime.bind.CpuFeatures;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What attention over long inputs needs of memory. */
class LongInputTest {
  private static final Case MASKED =
      Case.of(
          "masked",
          List.of("f32[B, S, 96]", "i32[B, S]"),
          (in, _) ->
              List.of(
                  attention(
                      in.getFirst(),
                      in.getFirst(),
                      in.getFirst(),
                      AttentionOptions.heads(3).mask(in.get(1)).causal(true))),
          List.of());

  static List<Target> targets() {
    return NativeRunner.targets();
  }

  /** Neither scores nor masks are ever whole: 16,384 tokens squared are 268 million. */
  @ParameterizedTest
  @MethodSource("targets")
  void memoryGrowsWithTheLength(Target target) {
    long half = bytes(target, 8192);
    long whole = bytes(target, 16384);
    assertThat(whole).isLessThanOrEqualTo(2 * half);
    assertThat(whole).isLessThan(16384L * 96 * Float.BYTES * 4);
  }

  /** The bound above would notice a square. */
  @Test
  void scoresAsAResultAreSquare() {
    Case whole =
        Case.of(
            "whole",
            List.of("f32[B, S, 96]"),
            (in, _) -> {
              Tensor scores = in.getFirst().matmul(in.getFirst().transpose(0, 2, 1));
              return List.of(softmax(scores, -1).max(0.1f).sum(-1));
            },
            List.of());
    Target target = NativeRunner.targets().getFirst();
    assertThat(bytes(entry(target, whole), 16384)).isGreaterThan(16384L * 16384);
  }

  private static long bytes(Target target, long length) {
    return bytes(entry(target, MASKED), length);
  }

  private static long bytes(EntrySchema entry, long length) {
    Map<String, Long> sizes = Map.of("B", 1L, "S", length);
    return entry.arenaBytes().evaluate(sizes::get) + entry.scratchBytes().evaluate(sizes::get);
  }

  private static EntrySchema entry(Target target, Case one) {
    CompileOptions options = CompileOptions.of(CpuFeatures.host().platform());
    return target.compile(Case.program(List.of(one)), options, Trace.NONE).entries().getFirst();
  }
}
