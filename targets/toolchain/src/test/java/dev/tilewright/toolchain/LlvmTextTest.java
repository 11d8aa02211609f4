package dev.tilewright.toolchain;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LlvmTextTest {
  private static final String ADD =
      """
      define i32 @add(i32 %a, i32 %b) {
        %sum = add i32 %a, %b
        ret i32 %sum
      }
      """;

  private static final String AXPY =
      """
      define void @axpy(ptr noalias %y, ptr noalias readonly %x, float %a, i64 %n) {
      entry:
        %none = icmp eq i64 %n, 0
        br i1 %none, label %end, label %loop
      loop:
        %i = phi i64 [ 0, %entry ], [ %next, %loop ]
        %p = getelementptr float, ptr %y, i64 %i
        %q = getelementptr float, ptr %x, i64 %i
        %u = load float, ptr %p
        %v = load float, ptr %q
        %av = fmul float %a, %v
        %w = fadd float %u, %av
        store float %w, ptr %p
        %next = add nuw i64 %i, 1
        %more = icmp ult i64 %next, %n
        br i1 %more, label %loop, label %end
      end:
        ret void
      }
      """;

  /** Clears, copies and moves by intrinsics of a run-time length, which LLVM lowers to calls. */
  private static final String BLOCKS =
      """
      declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
      declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
      declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)
      define void @fill(ptr %p, i8 %value, i64 %n) {
        call void @llvm.memset.p0.i64(ptr %p, i8 %value, i64 %n, i1 false)
        ret void
      }
      define void @copy(ptr %p, ptr %q, i64 %n) {
        call void @llvm.memcpy.p0.p0.i64(ptr %p, ptr %q, i64 %n, i1 false)
        ret void
      }
      define void @move(ptr %p, ptr %q, i64 %n) {
        call void @llvm.memmove.p0.p0.i64(ptr %p, ptr %q, i64 %n, i1 false)
        ret void
      }
      """;

  private static final String CLEAR_LOOP =
      """
      define void @clear(ptr %p, i64 %n) {
      entry:
        br label %loop
      loop:
        %i = phi i64 [ 0, %entry ], [ %next, %loop ]
        %q = getelementptr float, ptr %p, i64 %i
        store float 0.0, ptr %q
        %next = add nuw i64 %i, 1
        %more = icmp ult i64 %next, %n
        br i1 %more, label %loop, label %end
      end:
        ret void
      }
      """;

  private static LibraryRequest request(String export, String text) {
    return LibraryRequest.of(TestTools.HOST, List.of(export), new Source.LlvmText("module", text));
  }

  private static LibraryRequest linux(List<String> exports, String... texts) {
    List<Source> sources = new ArrayList<>();
    for (String text : texts) {
      sources.add(new Source.LlvmText("module", text));
    }
    return new LibraryRequest(
        sources,
        TargetMachine.of("x86_64-unknown-linux-gnu", "x86-64-v4"),
        exports,
        Optimization.O3);
  }

  @Test
  void aFunctionCanBeCalled() throws Throwable {
    CompiledLibrary library = TestTools.fresh().compile(request("add", ADD));
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle add =
          TestTools.function(
              library, "add", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), arena);
      assertThat((int) add.invokeExact(40, 2)).isEqualTo(42);
      assertThat(library.log()).isEmpty();
      assertThat(library.reused()).isFalse();
    }
  }

  @Test
  void aVectorisedLoopComputesWhatJavaComputes() throws Throwable {
    CompiledLibrary library = TestTools.fresh().compile(request("axpy", AXPY));
    FunctionDescriptor type = FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_FLOAT, JAVA_LONG);
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle axpy = TestTools.function(library, "axpy", type, arena);
      for (int n : new int[] {0, 1, 7, 100}) {
        MemorySegment y = arena.allocate(JAVA_FLOAT, n + 1);
        MemorySegment x = arena.allocate(JAVA_FLOAT, n + 1);
        for (int i = 0; i <= n; i++) {
          y.setAtIndex(JAVA_FLOAT, i, i * 0.1f);
          x.setAtIndex(JAVA_FLOAT, i, 1f / (i + 1));
        }
        axpy.invokeExact(y, x, 3f, (long) n);
        for (int i = 0; i < n; i++) {
          assertThat(y.getAtIndex(JAVA_FLOAT, i)).isEqualTo(i * 0.1f + 3f * (1f / (i + 1)));
        }
        assertThat(y.getAtIndex(JAVA_FLOAT, n))
            .as("the element after the last")
            .isEqualTo(n * 0.1f);
      }
    }
  }

  @Test
  void blockOperationsNeedNoCLibrary() throws Throwable {
    LibraryRequest request =
        LibraryRequest.of(
            TestTools.HOST, List.of("fill", "copy", "move"), new Source.LlvmText("blocks", BLOCKS));
    CompiledLibrary library = TestTools.fresh().compile(request);
    FunctionDescriptor two = FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_LONG);
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle fill =
          TestTools.function(
              library, "fill", FunctionDescriptor.ofVoid(ADDRESS, JAVA_BYTE, JAVA_LONG), arena);
      MethodHandle copy = TestTools.function(library, "copy", two, arena);
      MethodHandle move = TestTools.function(library, "move", two, arena);
      for (int n : new int[] {0, 1, 15, 16, 17, 1000}) {
        MemorySegment a = arena.allocate(n + 8);
        MemorySegment b = arena.allocate(n + 8);
        fill.invokeExact(a, (byte) -2, (long) n);
        byte[] expected = new byte[n];
        Arrays.fill(expected, (byte) -2);
        assertThat(a.asSlice(0, n).toArray(JAVA_BYTE)).isEqualTo(expected);
        assertThat(a.get(JAVA_BYTE, n)).isZero();
        for (int i = 0; i < n; i++) {
          a.set(JAVA_BYTE, i, (byte) i);
        }
        copy.invokeExact(b, a, (long) n);
        assertThat(b.asSlice(0, n).mismatch(a.asSlice(0, n))).isEqualTo(-1);
        assertThat(b.get(JAVA_BYTE, n)).isZero();
        move.invokeExact(a.asSlice(5), a, (long) n);
        assertThat(a.asSlice(5, n).mismatch(b.asSlice(0, n))).isEqualTo(-1);
        move.invokeExact(a, a.asSlice(5), (long) n);
        assertThat(a.asSlice(0, n).mismatch(b.asSlice(0, n))).isEqualTo(-1);
      }
    }
  }

  @Test
  void aLoopThatClearsStaysALoop() {
    String assembly = TestTools.fresh().assembly(linux(List.of("clear"), CLEAR_LOOP));
    assertThat(assembly).contains("clear:").doesNotContain("memset");
  }

  @Test
  void supportIsLinkedOnlyWhereItIsCalled() {
    Toolchain toolchain = TestTools.fresh();
    byte[] without = toolchain.compile(linux(List.of("add"), ADD)).bytes();
    byte[] with = toolchain.compile(linux(List.of("fill"), BLOCKS)).bytes();
    assertThat(code(toolchain, without)).doesNotContain("zmm", "ymm", "xmm");
    assertThat(code(toolchain, with)).containsAnyOf("zmm", "ymm");
  }

  @Test
  void onlyTheExportsCanBeSeenAndNothingIsNeeded() {
    String helper =
        """
        define i32 @twice(i32 %a) noinline {
          %r = shl i32 %a, 1
          ret i32 %r
        }
        """;
    String user =
        """
        declare i32 @twice(i32)
        define i32 @four_times(i32 %a) {
          %t = call i32 @twice(i32 %a)
          %r = call i32 @twice(i32 %t)
          ret i32 %r
        }
        """;
    Toolchain toolchain = TestTools.fresh();
    byte[] library = toolchain.compile(linux(List.of("four_times"), helper, user)).bytes();
    assertThat(toolchain.inspect(Tool.LLVM_NM, library, "-D").strip()).endsWith(" T four_times");
    String dynamic = toolchain.inspect(Tool.LLVM_READOBJ, library, "--dynamic-table");
    assertThat(dynamic).contains("SYMTAB").doesNotContain("NEEDED", "SONAME", "TEXTREL");
    assertThat(toolchain.inspect(Tool.LLVM_READOBJ, library, "--sections"))
        .doesNotContain(".symtab", ".note.gnu.build-id");
  }

  @Test
  void theProcessorAndItsFeaturesDecideTheCode() {
    Toolchain toolchain = TestTools.fresh();
    String triple = "x86_64-unknown-linux-gnu";
    Source source = new Source.LlvmText("axpy", AXPY);
    String plain =
        toolchain.assembly(
            LibraryRequest.of(TargetMachine.of(triple, "x86-64"), List.of("axpy"), source));
    String featured =
        toolchain.assembly(
            LibraryRequest.of(
                new TargetMachine(triple, "x86-64", List.of("+avx2", "+prefer-256-bit")),
                List.of("axpy"),
                source));
    assertThat(plain).contains("axpy:", "xmm").doesNotContain("ymm");
    assertThat(featured).contains("axpy:", "ymm").doesNotContain("zmm");
  }

  @Test
  void aPipelineOfItsOwnIsUsed() {
    Toolchain toolchain = TestTools.fresh();
    LibraryRequest standard = linux(List.of("axpy"), AXPY);
    LibraryRequest scalar =
        new LibraryRequest(
            standard.sources(),
            standard.machine(),
            standard.exports(),
            new Optimization(3, Optional.of("function(instcombine)")));
    assertThat(toolchain.assembly(standard)).contains("vmulps").doesNotContain("vfmadd");
    assertThat(toolchain.assembly(scalar)).contains("vmulss").doesNotContain("vmulps");
  }

  @Test
  void theSameRequestGivesTheSameBytesAnywhere(@TempDir Path folder) throws Exception {
    Path elsewhere = folder.resolve("a path with blanks");
    Files.createDirectories(elsewhere);
    Files.createSymbolicLink(elsewhere.resolve("llvm"), TestTools.CACHE.resolve("llvm"));
    TestTools.fresh().compile(linux(List.of("add"), ADD));
    List<String> exports = List.of("add", "axpy", "fill");
    byte[] first = TestTools.fresh().compile(linux(exports, ADD, AXPY, BLOCKS)).bytes();
    List<Source> renamed =
        List.of(
            new Source.LlvmText("x", ADD),
            new Source.LlvmText("another-name", AXPY),
            new Source.LlvmText("z.ll", BLOCKS));
    Toolchain other = Toolchain.open(ToolchainOptions.defaults().withCache(elsewhere));
    LibraryRequest again =
        new LibraryRequest(
            renamed,
            linux(exports, ADD).machine(),
            List.of("fill", "add", "axpy", "add"),
            Optimization.O3);
    assertThat(other.compile(again).bytes()).isEqualTo(first);
    Files.delete(elsewhere.resolve("llvm"));
  }

  @Test
  void aSyntaxErrorIsReportedWithItsLineAndTheInputIsKept() {
    assertThatThrownBy(
            () -> TestTools.fresh().compile(request("f", "define i32 @f() {\n  ret i32 bad\n}\n")))
        .asInstanceOf(type(ToolFailedException.class))
        .satisfies(
            failure -> {
              assertThat(failure.tool()).isEqualTo(Tool.LLVM_AS);
              assertThat(failure.exitCode()).isEqualTo(1);
              assertThat(failure.log()).contains("0-module.ll:4:").contains("expected value token");
              assertThat(failure.command().getFirst()).endsWith("llvm-as");
              assertThat(failure.directory().resolve("0-module.ll"))
                  .content()
                  .contains("ret i32 bad");
              assertThat(failure)
                  .hasMessageContaining("expected value token")
                  .hasMessageContaining(failure.directory().toString())
                  .hasMessageContaining("llvm-as 0-module.ll -o 0-module.bc");
            });
  }

  @Test
  void anUndefinedSymbolIsNamedWithTheWayOut() {
    String text =
        """
        declare float @expf(float)
        define float @f(float %x) {
          %y = call float @expf(float %x)
          ret float %y
        }
        """;
    assertThatThrownBy(() -> TestTools.fresh().compile(linux(List.of("f"), text)))
        .isInstanceOf(ToolFailedException.class)
        .hasMessageContaining("Libraries stand alone")
        .hasMessageContaining("define expf in a source");
  }

  @Test
  void anExportThatNoSourceDefinesIsNamed() {
    assertThatThrownBy(() -> TestTools.fresh().compile(linux(List.of("add", "missing"), ADD)))
        .isInstanceOf(ToolFailedException.class)
        .hasMessageContaining("'missing'");
  }

  @Test
  void aProcessorThatLlvmDoesNotKnowIsRefused() {
    LibraryRequest request =
        LibraryRequest.of(
            TargetMachine.of("x86_64-unknown-linux-gnu", "z80"),
            List.of("add"),
            new Source.LlvmText("module", ADD));
    assertThatThrownBy(() -> TestTools.fresh().compile(request))
        .isInstanceOf(ToolFailedException.class)
        .hasMessageContaining("does not know a processor or feature")
        .hasMessageContaining("z80");
  }

  @Test
  void aFeatureThatLlvmDoesNotKnowIsRefused() {
    LibraryRequest request =
        LibraryRequest.of(
            new TargetMachine("x86_64-unknown-linux-gnu", "x86-64", List.of("+warp")),
            List.of("add"),
            new Source.LlvmText("module", ADD));
    assertThatThrownBy(() -> TestTools.fresh().compile(request))
        .isInstanceOf(ToolFailedException.class)
        .hasMessageContaining("does not know a processor or feature")
        .hasMessageContaining("warp");
  }

  @Test
  void textForAnotherMachineIsRefused() {
    String text = "target triple = \"aarch64-unknown-linux-gnu\"\n" + ADD;
    assertThatThrownBy(() -> TestTools.fresh().compile(linux(List.of("add"), text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Expected LLVM text for x86_64-unknown-linux-gnu, got 'module' for"
                + " aarch64-unknown-linux-gnu: leave its target lines out, or request that"
                + " machine.");
  }

  @Test
  void severalLibrariesComeInTheOrderOfTheirRequests() {
    List<LibraryRequest> requests =
        List.of(
            linux(List.of("add"), ADD),
            linux(List.of("axpy"), AXPY),
            linux(List.of("fill"), BLOCKS));
    Toolchain toolchain = TestTools.fresh();
    List<String> symbols =
        toolchain.compileAll(requests).stream()
            .map(library -> toolchain.inspect(Tool.LLVM_NM, library.bytes(), "-D", "-j").strip())
            .toList();
    assertThat(symbols).containsExactly("add", "axpy", "fill");
  }

  private static String code(Toolchain toolchain, byte[] library) {
    String code = toolchain.inspect(Tool.LLVM_OBJDUMP, library, "-d", "--no-show-raw-insn");
    assertThat(code).contains("ret");
    return code;
  }
}
