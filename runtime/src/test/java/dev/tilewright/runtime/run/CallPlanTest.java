package dev.tilewright.runtime.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.ModelArgumentException;
import dev.tilewright.runtime.ModelArgumentException.Reason;
import dev.tilewright.runtime.ModelDeclarationException;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.TooLargeException;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.ModelSchema.Limit;
import dev.tilewright.schema.ModelSchema.Parameter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CallPlanTest {
  private static NativeEntry entry(
      String result, String arenaBytes, String scratchBytes, Limit... limits) {
    return new NativeEntry(
        "Tiny",
        new EntrySchema(
            "run",
            "tiny_run",
            List.of("N", "M"),
            List.of(
                new Parameter("x", TensorType.parse("f32[N, M]")),
                new Parameter("keep", TensorType.parse("bool[N]"))),
            List.of(TensorType.parse(result)),
            Dim.parse(arenaBytes),
            Dim.parse(scratchBytes),
            List.of(limits),
            List.of(),
            List.of()),
        MemorySegment.NULL);
  }

  private static Tensor[] arguments(int n, int m) {
    return new Tensor[] {Tensors.zeros(DType.FLOAT32, n, m), Tensors.zeros(DType.BOOL, n)};
  }

  /**
   * Everything in a frame is aligned, in the order that the interface wants, and nothing overlaps.
   */
  @Property(tries = 200)
  void laysOutACall(
      @ForAll @IntRange(min = 1, max = 40) int n,
      @ForAll @IntRange(min = 1, max = 40) int m,
      @ForAll @IntRange(min = 1, max = 5) int workers) {
    Tensor[] arguments = arguments(n, m);
    CallPlan plan = entry("i32[M, 3]", "12*N*M + 4", "8*M").plan(arguments, workers);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(plan.bytes(), 64).fill((byte) 7);
      MemorySegment barrier = arena.allocate(256, 64);
      MemorySegment weights = arena.allocate(64, 64);
      CallFrame run = plan.run(0);
      long frame = run.fill(memory, arguments, barrier, weights, 42);
      long[] words =
          memory
              .asSlice(frame - memory.address(), 8L * (ModelSchema.FRAME_HEADER + 5))
              .toArray(ValueLayout.JAVA_LONG);
      assertThat(words[2]).isGreaterThanOrEqualTo(8L * m).matches(stride -> stride % 64 == 0);
      assertThat(words[3]).isEqualTo(barrier.address());
      assertThat(words[5]).isEqualTo(weights.address());
      assertThat(words[6]).isEqualTo(42);
      assertThat(words[7]).isZero();
      assertThat(words[8]).isEqualTo(n);
      assertThat(words[9]).isEqualTo(m);
      long end = memory.address() + memory.byteSize();
      long[] starts = {words[4], frame, words[10], words[11], words[12], words[0], words[1], end};
      long[] sizes = {
        16, 8L * words.length, 4L * n * m, n, 12L * m, 12L * n * m + 4, words[2] * workers, 0
      };
      for (int i = 0; i + 1 < starts.length; i++) {
        assertThat(starts[i] % 64).isZero();
        assertThat(starts[i] + sizes[i]).isLessThanOrEqualTo(starts[i + 1]);
      }
      assertThat(plan.runs()).isEqualTo(1);
      assertThat(run.faultSite(memory)).isZero();
      HostTensor[] results = plan.results(false);
      run.copyResults(memory, results);
      assertThat(results).hasSize(1);
      assertThat(results[0].type()).isEqualTo(TensorType.of(DType.INT32, m, 3));
      assertThat(results[0].toInts()).containsOnly(0x07070707);
    }
  }

  @Test
  void refusesMemoryThatCannotBe() {
    assertThatThrownBy(() -> entry("f32[N]", "4611686018427387904*N", "0").plan(arguments(2, 1), 1))
        .isInstanceOf(TooLargeException.class)
        .hasMessageContaining("Tiny.run with N = 2, M = 1");
    assertThatThrownBy(() -> entry("f32[N]", "0", "4611686018427387904").plan(arguments(1, 1), 2))
        .isInstanceOf(TooLargeException.class);
    assertThatThrownBy(() -> entry("f32[1073741824*N]", "0", "0").plan(arguments(2, 1), 1))
        .isInstanceOf(TooLargeException.class)
        .hasMessageContaining("an array holds at most");
    try (Workspace workspace = new Workspace()) {
      assertThatThrownBy(() -> workspace.reserve(1L << 45, "Tiny.run with N = 9"))
          .isInstanceOf(TooLargeException.class)
          .hasMessageContainingAll(
              "Tiny.run with N = 9", "35184372088832 bytes", "MaxDirectMemorySize");
      assertThatThrownBy(() -> workspace.reserve(Long.MAX_VALUE & -64, "Tiny.run"))
          .isInstanceOf(TooLargeException.class);
      assertThat(workspace.reserve(100, "Tiny.run").byteSize()).isGreaterThanOrEqualTo(100);
    }
  }

  @Test
  void growsTheWorkspaceOnlyWhenItMust() {
    try (Workspace workspace = new Workspace()) {
      MemorySegment first = workspace.reserve(1000, "call");
      assertThat(workspace.reserve(900, "call")).isSameAs(first);
      assertThat(workspace.reserve(1001, "call").byteSize()).isEqualTo(1500);
      assertThat(first.scope().isAlive()).isFalse();
      assertThat(workspace.bytes()).isEqualTo(1500);
    }
  }

  @Test
  void holdsSymbolsToTheirLimits() {
    NativeEntry limited =
        entry("f32[N]", "0", "0", new Limit(Dim.parse("N + M"), Dim.of(8), "Tiny.java:5"));
    assertThat(limited.plan(arguments(4, 4), 1).symbols()).containsExactly(4, 4);
    assertThatThrownBy(() -> limited.plan(arguments(5, 4), 1))
        .isInstanceOfSatisfying(
            ModelArgumentException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.LIMIT);
              assertThat(e.parameter()).isEqualTo("M, N");
            })
        .hasMessageContainingAll("N = 5, M = 4", "Tiny.java:5");
    assertThatThrownBy(() -> entry("f32[N - 3]", "0", "0").plan(arguments(2, 1), 1))
        .isInstanceOf(ModelArgumentException.class)
        .hasMessageContaining("N - 3 would be -1");
  }

  @Test
  void refusesASymbolThatNoArgumentGives() {
    EntrySchema schema =
        new EntrySchema(
            "run",
            "run",
            List.of("N"),
            List.of(new Parameter("x", TensorType.parse("f32[2*N]"))),
            List.of(),
            Dim.ZERO,
            Dim.ZERO,
            List.of(),
            List.of(),
            List.of());
    assertThatThrownBy(() -> new NativeEntry("Tiny", schema, MemorySegment.NULL))
        .isInstanceOf(ModelDeclarationException.class)
        .hasMessageContaining("extent N by itself");
  }
}
