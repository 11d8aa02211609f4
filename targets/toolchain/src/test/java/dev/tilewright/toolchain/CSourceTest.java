package dev.tilewright.toolchain;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CSourceTest {
  private static final String KERNEL =
      """
      #include <stddef.h>
      #include <stdint.h>

      static float square(float x) { return x * x; }

      typedef struct { float lanes[300]; } Block;

      void copy_block(Block *to, const Block *from) { *to = *from; }

      float norm(const float *x, int64_t n) {
        float sum = 0;
        for (int64_t i = 0; i < n; i++) sum += square(x[i]);
        return __builtin_sqrtf(sum);
      }
      """;

  private static final TargetMachine LINUX =
      TargetMachine.of("x86_64-unknown-linux-gnu", "x86-64-v3");

  @Test
  void aFunctionCanBeCalled() throws Throwable {
    CompiledLibrary library =
        TestTools.fresh()
            .compile(
                LibraryRequest.of(
                    TestTools.HOST, List.of("norm", "copy_block"), new Source.C("kernel", KERNEL)));
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle norm =
          TestTools.function(
              library, "norm", FunctionDescriptor.of(JAVA_FLOAT, ADDRESS, JAVA_LONG), arena);
      MethodHandle copy =
          TestTools.function(
              library, "copy_block", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS), arena);
      MemorySegment x = arena.allocateFrom(JAVA_FLOAT, 3f, 4f, 12f);
      assertThat((float) norm.invokeExact(x, 3L)).isEqualTo(13f);
      MemorySegment from = arena.allocate(JAVA_FLOAT, 300);
      MemorySegment to = arena.allocate(JAVA_FLOAT, 300);
      for (int i = 0; i < 300; i++) {
        from.setAtIndex(JAVA_FLOAT, i, i);
      }
      copy.invokeExact(to, from);
      assertThat(to.mismatch(from)).isEqualTo(-1);
    }
  }

  @Test
  void cAndLlvmTextGoIntoOneLibrary() {
    String caller =
        """
        declare float @norm(ptr, i64)
        define float @norm_of_four(ptr %x) {
          %r = call float @norm(ptr %x, i64 4)
          ret float %r
        }
        """;
    Toolchain toolchain = TestTools.fresh();
    CompiledLibrary library =
        toolchain.compile(
            LibraryRequest.of(
                LINUX,
                List.of("norm_of_four"),
                new Source.LlvmText("caller", caller),
                new Source.C("kernel", KERNEL)));
    assertThat(toolchain.inspect(Tool.LLVM_NM, library.bytes(), "-D", "-j").strip())
        .isEqualTo("norm_of_four");
    String assembly =
        toolchain.assembly(
            LibraryRequest.of(
                LINUX,
                List.of("norm_of_four"),
                new Source.LlvmText("caller", caller),
                new Source.C("kernel", KERNEL)));
    assertThat(assembly).containsSubsequence("norm_of_four:", "norm:", "vsqrtss");
  }

  @Test
  void productsAndSumsAreNotContractedUnlessAsked() {
    String text = "float f(float a, float b, float c) { return a * b + c; }\n";
    Toolchain toolchain = TestTools.fresh();
    String strict =
        toolchain.assembly(LibraryRequest.of(LINUX, List.of("f"), new Source.C("f", text)));
    String contracted =
        toolchain.assembly(
            LibraryRequest.of(
                LINUX, List.of("f"), new Source.C("f", text, List.of("-ffp-contract=on"))));
    assertThat(strict).contains("vmulss").doesNotContain("vfmadd");
    assertThat(contracted).contains("vfmadd");
  }

  @Test
  void intrinsicsHeadersArePresentForEveryTarget() {
    Toolchain toolchain = TestTools.fresh();
    String avx =
        """
        #include <immintrin.h>
        void f(float *x) { _mm512_storeu_ps(x, _mm512_setzero_ps()); }
        """;
    String neon =
        """
        #include <arm_neon.h>
        void f(float *x) { vst1q_f32(x, vdupq_n_f32(1)); }
        """;
    TargetMachine avx512 = TargetMachine.of("x86_64-unknown-linux-gnu", "x86-64-v4");
    TargetMachine arm = TargetMachine.of("aarch64-unknown-linux-gnu", "neoverse-n1");
    assertThat(
            toolchain.assembly(LibraryRequest.of(avx512, List.of("f"), new Source.C("avx", avx))))
        .contains("zmm0");
    assertThat(toolchain.assembly(LibraryRequest.of(arm, List.of("f"), new Source.C("neon", neon))))
        .contains("v0.4s");
  }

  @Test
  void nothingOfTheMachinesFoldersIsIncluded() {
    Source source = new Source.C("k", "#include <math.h>\nfloat f(float x) { return x; }\n");
    assertThatThrownBy(
            () -> TestTools.fresh().compile(LibraryRequest.of(LINUX, List.of("f"), source)))
        .isInstanceOf(ToolFailedException.class)
        .hasMessageContaining("0-k.c:1:10")
        .hasMessageContaining("'math.h' file not found");
  }

  @Test
  void anErrorIsReportedAtItsPlace() {
    Source source = new Source.C("k", "int f(int x) { retrun x; }\n");
    assertThatThrownBy(
            () -> TestTools.fresh().compile(LibraryRequest.of(LINUX, List.of("f"), source)))
        .isInstanceOf(ToolFailedException.class)
        .hasMessageContaining("0-k.c:1:16: error: use of undeclared identifier 'retrun'");
  }

  @Test
  void warningsAreInTheLog() {
    String text = "int f(int x) { int unused; return x; }\n";
    Source source = new Source.C("k", text, List.of("-Wall"));
    CompiledLibrary library =
        TestTools.fresh().compile(LibraryRequest.of(LINUX, List.of("f"), source));
    assertThat(library.log()).contains("unused variable 'unused'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-o",
        "-march=native",
        "-fplugin=x",
        "-Wl,-rpath,x",
        "-I.",
        "-mllvm",
        "-DX=a/b",
        "x.c",
        ""
      })
  void optionsThatCouldReachOutsideAreRefused(String option) {
    assertThatThrownBy(() -> new Source.C("k", "", List.of(option)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got '" + option + "'");
  }
}
