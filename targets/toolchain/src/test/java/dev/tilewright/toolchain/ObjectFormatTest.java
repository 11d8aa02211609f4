package dev.tilewright.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.toolchain.LibraryRequest.SystemImport;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectFormatTest {
  private static final Source LLVM =
      new Source.LlvmText(
          "llvm",
          """
          declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
          define void @clear(ptr %p, i64 %n) {
            call void @llvm.memset.p0.i64(ptr %p, i8 0, i64 %n, i1 false)
            ret void
          }
          """);
  private static final Source C =
      new Source.C(
          "c", "double half(double x) { return x * 0.5; }\nint hidden(void) { return 1; }\n");

  @ParameterizedTest
  @CsvSource({
    "x86_64-unknown-linux-gnu, x86-64-v3, ELF, elf64-x86-64",
    "aarch64-unknown-linux-gnu, neoverse-n1, ELF, elf64-littleaarch64",
    "x86_64-apple-macosx11.0.0, haswell, MACHO, Mach-O 64-bit x86-64",
    "arm64-apple-macosx11.0.0, apple-m1, MACHO, Mach-O arm64",
    "x86_64-pc-windows-msvc, x86-64-v3, PE, COFF-x86-64",
    "aarch64-pc-windows-msvc, generic, PE, COFF-ARM64",
  })
  void everyFormatIsLinkedOnEveryHostWithTheSameBytes(
      String triple, String cpu, ObjectFormat format, String description) {
    TargetMachine machine = TargetMachine.of(triple, cpu);
    LibraryRequest request = LibraryRequest.of(machine, List.of("clear", "half"), LLVM, C);
    Toolchain toolchain = TestTools.fresh();
    byte[] library = toolchain.compile(request).bytes();
    assertThat(machine.format()).isEqualTo(format);
    assertThat(TestTools.fresh().compile(request).bytes()).isEqualTo(library);
    String headers = toolchain.inspect(Tool.LLVM_READOBJ, library, "--file-headers");
    assertThat(headers).contains("Format: " + description);
    assertThat(exports(toolchain, format, library)).containsExactly("clear", "half");
  }

  private static List<String> exports(Toolchain toolchain, ObjectFormat format, byte[] library) {
    return switch (format) {
      case ELF -> toolchain.inspect(Tool.LLVM_NM, library, "-D", "-j").lines().toList();
      case MACHO ->
          toolchain
              .inspect(Tool.LLVM_NM, library, "-g", "-j")
              .lines()
              .map(symbol -> symbol.substring(1))
              .toList();
      case PE ->
          toolchain
              .inspect(Tool.LLVM_READOBJ, library, "--coff-exports")
              .lines()
              .filter(line -> line.contains("Name: "))
              .map(line -> line.substring(line.indexOf(": ") + 2))
              .toList();
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x86_64-unknown-linux-gnu",
        "aarch64-unknown-linux-gnu",
        "x86_64-apple-macosx11.0.0",
        "arm64-apple-macosx11.0.0",
        "x86_64-pc-windows-msvc",
        "x86_64-w64-windows-gnu",
        "aarch64-pc-windows-msvc"
      })
  void theDataLayoutIsTheOneThatClangUses(String triple) {
    String module =
        TestTools.fresh()
            .inspect(
                Tool.CLANG, new byte[0], "-target", triple, "-S", "-emit-llvm", "-o", "-", "-xc");
    String layout = TargetMachine.of(triple, "generic").dataLayout().orElseThrow();
    assertThat(module).contains("target datalayout = \"" + layout + "\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"x86_64-unknown-linux-gnu", "arm64-apple-macosx11.0.0", "aarch64-pc-windows-msvc"})
  void tellsHowLargeFunctionsAre(String triple) {
    LibraryRequest request =
        LibraryRequest.of(
            TargetMachine.of(triple, triple.startsWith("x86") ? "x86-64" : "generic"),
            List.of("clear", "half"),
            LLVM,
            C);
    assertThat(TestTools.fresh().functionSizes(request))
        .containsKeys("clear", "half")
        .doesNotContainKey("hidden")
        .allSatisfy((function, bytes) -> assertThat(bytes).isBetween(1L, 4096L));
  }

  @Test
  void onlyFormatsWhoseSystemsHaveStableLibrariesImport() {
    LibraryRequest elf =
        LibraryRequest.of(
            TargetMachine.of("x86_64-unknown-linux-gnu", "x86-64"), List.of("clear"), LLVM);
    List<SystemImport> imports = List.of(new SystemImport("libc.so.6", List.of("write")));
    assertThatThrownBy(() -> elf.with(List.of(), List.of(), imports))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("libc.so.6");
  }

  @Test
  void anUnknownArchitectureMustStateItsOwnLayout() {
    LibraryRequest request =
        LibraryRequest.of(
            TargetMachine.of("riscv64-unknown-linux-gnu", "generic-rv64"), List.of("clear"), LLVM);
    assertThatThrownBy(() -> TestTools.fresh().compile(request))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Expected a line 'target datalayout = ...'");
  }

  @Test
  void aPipelineOfItsOwnNeedsElf() {
    Optimization own = new Optimization(3, Optional.of("function(sroa)"));
    TargetMachine mac = TargetMachine.of("arm64-apple-macosx11.0.0", "apple-m1");
    assertThatThrownBy(() -> new LibraryRequest(List.of(LLVM), mac, List.of("clear"), own))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("function(sroa)");
  }

  @ParameterizedTest
  @CsvSource({
    "linux, x86-64",
    "x86_64-unknown-linux-gnu, native",
    "x86_64-unknown-linux-gnu, -mfoo",
    "x86_64-unknown-linux-gnu, ''",
  })
  void aMachineWithoutATripleOrAProcessorIsRefused(String triple, String cpu) {
    assertThatThrownBy(() -> TargetMachine.of(triple, cpu))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Expected");
  }

  @ParameterizedTest
  @ValueSource(strings = {"avx2", "+avx2,+fma", "+", "+a b"})
  void aFeatureIsAddedOrTakenAway(String feature) {
    assertThatThrownBy(
            () -> new TargetMachine("x86_64-unknown-linux-gnu", "x86-64", List.of(feature)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got '" + feature + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "*", "a; b", "1a", ""})
  void anExportIsOneSymbol(String export) {
    TargetMachine machine = TargetMachine.of("x86_64-unknown-linux-gnu", "x86-64");
    assertThatThrownBy(() -> LibraryRequest.of(machine, List.of(export), LLVM))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got '" + export + "'");
  }
}
