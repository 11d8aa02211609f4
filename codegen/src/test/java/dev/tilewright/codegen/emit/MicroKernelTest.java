package dev.tilewright.codegen.emit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.Precision;
import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.fuse.Encoder;
import dev.tilewright.codegen.fuse.Fuser;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.codegen.lower.Lowering;
import dev.tilewright.codegen.tile.TileParser;
import dev.tilewright.codegen.tile.TileProgram;
import dev.tilewright.codegen.tile.UnrollLoops;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The inner loops of matrix products are what one would write by hand. */
class MicroKernelTest {
  private static final String PROGRAM =
      """
      program "product"
      kernel product(K)(a: ELEMENT, b: ELEMENT, c: SUM) "c = a*b" {
        acc: SUM 8x48 = fill SUM 8x48 0.0
        for k = 0 to K unroll 4 {
          acc = STEP(load a[k; 384, 0] 8x1, load b[48*k; 0, 1] 1x48, acc)
        }
        store c[0; 48, 1] = acc
      }
      function main(K) parameters 3 weights 0 frame 0 {
        run product(parameter 0, parameter 1, parameter 2)
      }
      entry product = main weights 0
      """;

  @ParameterizedTest
  @EnumSource
  void keepsAllSumsInRegisters(Language language) {
    check(language, Machines.WIDE, "f32", "f32", "multiply_add", "vfmadd231ps");
  }

  @ParameterizedTest
  @EnumSource
  void multipliesPairsInOneInstruction(Language language) {
    check(language, Machines.DOTS, "i32", "f32", "dot_bf16", "vdpbf16ps");
  }

  @ParameterizedTest
  @EnumSource
  void multipliesBytesInOneInstruction(Language language) {
    check(language, Machines.DOTS, "i32", "i32", "dot_u8i8", "vpdpbusd");
  }

  private static void check(
      Language language,
      Machines machine,
      String element,
      String sum,
      String step,
      String instruction) {
    TileProgram program =
        TileParser.parse(
            PROGRAM.replace("ELEMENT", element).replace("SUM", sum).replace("STEP", step));
    String assembly = NativeLibrary.assembly(UnrollLoops.apply(program), machine, language);
    InnerLoop loop = busiest(instruction, assembly);
    assertThat(loop.count(instruction)).isEqualTo(4 * 24);
    assertThat(loop.count("vmov")).isEqualTo(4 * 3);
    assertThat(loop.spills()).isEmpty();
    assertThat(loop.instructions()).hasSizeLessThan(4 * (24 + 3 + 8) + 10);
  }

  private static InnerLoop busiest(String instruction, String assembly) {
    return InnerLoop.of(assembly).stream()
        .max(Comparator.comparingLong(loop -> loop.count(instruction)))
        .orElseThrow();
  }

  /** Every inner loop of an encoder that multiplies keeps its vectors in registers. */
  @ParameterizedTest
  @CsvSource({
    "FLOAT32, WIDE, vfmadd",
    "BFLOAT16_WEIGHTS, WIDE, vfmadd",
    "INT8_WEIGHTS, WIDE, vfmadd",
    "BFLOAT16, DOTS, vdpbf16ps",
    "INT8, DOTS, vpdpbusd",
  })
  void encodersSpillNothing(Precision precision, Machines machine, String instruction) {
    Program program = Encoder.program(1, 100, 512, 384, 12, 1536);
    TileProgram lowered =
        Lowering.lower(
                Fuser.fuse(program, precision, Trace.NONE), program, machine.model(), Trace.NONE)
            .program();
    String assembly =
        NativeLibrary.assembly(WritersTest.expanded(lowered, machine), machine, Language.LLVM);
    List<InnerLoop> products =
        InnerLoop.of(assembly).stream()
            .filter(loop -> loop.count(instruction) >= 16)
            // Not epilogues, which read their vectors from memory or the stack alike.
            .filter(loop -> 5 * loop.count(instruction) >= 2L * loop.instructions().size())
            .toList();
    assertThat(products).isNotEmpty();
    for (InnerLoop loop : products) {
      assertThat(loop.spills()).as(loop.text()).isEmpty();
    }
  }
}
