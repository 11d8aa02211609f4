package dev.tilewright.tests.level;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tilewright.DType;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.Platform;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.runtime.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Products of narrow numbers on processors that this machine is not: whichever instructions a
 * target has for them, they give the bits that the tile interpreter does.
 */
class EmulatedPrecisionTest {
  private static final MachineModel NEON =
      new MachineModel(4, 32, true, true, 64, 64 << 10, 256 << 10, 2, 2, 4);
  static final MachineModel AVX2 =
      new MachineModel(8, 16, true, true, 64, 32 << 10, 256 << 10, 2, 2, 4);

  /** Of odd and even extents, so that there are remainders everywhere. */
  private static final List<Map<String, Long>> ROWS =
      List.of(Map.of("S", 1L), Map.of("S", 13L), Map.of("S", 16L));

  /** A processor, the target that must be right on it, and a machine that gives the same bits. */
  record Run(Platform platform, String cpu, String target, Precision precision, MachineModel same) {
    @Override
    public String toString() {
      return target + " on " + cpu + ", " + precision;
    }
  }

  static Stream<Run> runs() {
    Platform arm = Platform.LINUX_AARCH64;
    Platform x86 = Platform.LINUX_X86_64;
    return Stream.of(
        new Run(arm, "cortex-a53", "neon", Precision.BFLOAT16, NEON),
        new Run(arm, "cortex-a53", "neon", Precision.INT8, NEON),
        new Run(arm, "cortex-a53", "neon", Precision.BFLOAT16_WEIGHTS, NEON),
        new Run(arm, "cortex-a53", "neon", Precision.INT8_WEIGHTS, NEON),
        new Run(arm, "cortex-a76", "neon-dotprod", Precision.INT8, NEON),
        new Run(arm, "max", "neon-i8mm", Precision.INT8, NEON),
        new Run(arm, "max", "neon-bf16", Precision.BFLOAT16, NEON),
        new Run(x86, "Haswell", "avx2", Precision.BFLOAT16, AVX2),
        new Run(x86, "Haswell", "avx2", Precision.INT8, AVX2),
        new Run(x86, "Haswell", "avx2", Precision.BFLOAT16_WEIGHTS, AVX2),
        new Run(x86, "Haswell", "avx2", Precision.INT8_WEIGHTS, AVX2),
        new Run(arm, "cortex-a53", "neon", Precision.INT8_BLOCKS, NEON),
        new Run(arm, "cortex-a76", "neon-dotprod", Precision.INT8_BLOCKS, NEON),
        new Run(arm, "max", "neon-i8mm", Precision.INT8_BLOCKS, NEON),
        new Run(x86, "Haswell", "avx2", Precision.INT8_BLOCKS, AVX2));
  }

  /** All bytes there are, and two layers, with arithmetic alone between products. */
  static List<Case> cases() {
    Case bytes =
        new Case(
            "bytes",
            List.of(Case.Input.ids("i32[S, 36]", 256), Case.Input.ids("i32[36, 40]", 256)),
            (in, _) -> {
              Tensor signed = in.get(1).cast(DType.FLOAT32).minus(128f).cast(DType.INT8);
              return List.of(in.get(0).cast(DType.UINT8).matmul(signed));
            },
            ROWS);
    Case layers =
        Case.of(
            "two_layers",
            List.of("f32[S, 36]"),
            (in, weights) -> {
              Tensor hidden = Cases.linear("up", 100, in.getFirst(), weights).max(0f);
              return List.of(Cases.linear("down", 40, hidden, weights));
            },
            ROWS);
    return List.of(bytes, layers);
  }

  @ParameterizedTest
  @MethodSource("runs")
  void givesTheInterpretersBits(Run run) {
    assumeTrue(
        Emulator.runs(run.platform()),
        () -> "no emulator for " + run.platform() + " on the PATH: install qemu-user");
    List<Case> cases = cases();
    Program program = Case.program(cases);
    TileRunner interpreter = new TileRunner(program, run.same(), run.precision());
    try (Emulator emulator =
        Emulator.compile(program, run.target(), run.precision(), run.platform(), run.cpu())) {
      for (Case one : cases) {
        for (Map<String, Long> size : one.sizes()) {
          List<HostTensor> arguments = one.arguments(size);
          Levels.same(
              emulator.toString(),
              one,
              size,
              interpreter.run(one.name(), arguments, Case::weight, size, 1),
              emulator.run(one.name(), arguments, Case::weight, size));
        }
      }
    }
  }

  /**
   * The instructions that a row more costs, an output of 384 terms: its multiply-adds and little
   * more, with the quantisation of the row. Leaves them in {@code target/instructions}.
   */
  @ParameterizedTest
  @CsvSource({
    "neon, FLOAT32, cortex-a57, 96",
    "neon, BFLOAT16, cortex-a57, 96",
    "neon, INT8, cortex-a57, 96",
    "neon-dotprod, INT8, cortex-a76, 24",
    "neon-i8mm, INT8, max, 24",
    "neon-bf16, BFLOAT16, max, 96",
  })
  void countsInstructions(String target, Precision precision, String cpu, int least)
      throws IOException {
    assumeTrue(
        Emulator.runs(Platform.LINUX_AARCH64), "no qemu-aarch64 on the PATH: install qemu-user");
    int columns = 96;
    Case product = MicroKernelTest.product(columns);
    try (Emulator emulator =
        Emulator.compile(
            Case.program(List.of(product)), target, precision, Platform.LINUX_AARCH64, cpu)) {
      long rows = 8;
      double more = count(emulator, product, 2 * rows) - count(emulator, product, rows);
      double each = more / (rows * columns);
      Files.writeString(
          Files.createDirectories(Path.of("target", "instructions"))
              .resolve(target + "-" + precision.label() + ".md"),
          String.format(
              Locale.ROOT, "| %s | %s | %.1f | %d |%n", target, precision.label(), each, least));
      assertThat(each).isBetween((double) least, 3.0 * least);
    }
  }

  private static long count(Emulator emulator, Case product, long rows) {
    Map<String, Long> size = Map.of("S", rows);
    return emulator.instructions(product.name(), product.arguments(size), Case::weight, size);
  }
}
