package dev.tilewright.tests.level;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.Precision;
import dev.tilewright.codegen.CompileOptions;
import dev.tilewright.codegen.KernelModule;
import dev.tilewright.codegen.Platform;
import dev.tilewright.codegen.Trace;
import dev.tilewright.toolchain.LibraryRequest;
import dev.tilewright.toolchain.Toolchain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What llvm-mca predicts of the inner loop of a matrix product on processors that this machine is
 * not. Leaves the rows of a table in {@code target/micro-kernels}.
 */
class MicroKernelTest {
  private static final Toolchain TOOLCHAIN = Toolchain.open();

  /**
   * @param names of what multiplies and adds
   * @param share how much of the bound the products must be
   */
  @ParameterizedTest(name = "{0}, {2} on {4}")
  @CsvSource({
    "neon, LINUX_AARCH64, FLOAT32, fmla, neoverse-v2, 0.9",
    "neon, LINUX_AARCH64, FLOAT32, fmla, cortex-a76, 0.9",
    "neon, LINUX_AARCH64, FLOAT32, fmla, apple-m1, 0.9",
    "neon, LINUX_AARCH64, BFLOAT16_WEIGHTS, fmla, neoverse-v2, 0.9",
    "neon, LINUX_AARCH64, INT8_WEIGHTS, fmla, neoverse-v2, 0.9",
    "neon, LINUX_AARCH64, BFLOAT16, fmla, neoverse-v2, 0.75",
    "neon, LINUX_AARCH64, BFLOAT16, fmla, cortex-a76, 0.75",
    "neon, LINUX_AARCH64, BFLOAT16, fmla, apple-m1, 0.6",
    "neon, LINUX_AARCH64, INT8, mul|sadalp, neoverse-v2, 0.6",
    "neon, LINUX_AARCH64, INT8, mul|sadalp, cortex-a76, 0.9",
    "neon-dotprod, LINUX_AARCH64, INT8, sdot, neoverse-v2, 0.9",
    "neon-dotprod, LINUX_AARCH64, INT8, sdot, cortex-a76, 0.85",
    "neon-dotprod, LINUX_AARCH64, INT8, sdot, apple-m1, 0.89",
    "neon-i8mm, LINUX_AARCH64, INT8, sudot, neoverse-v2, 0.9",
    "neon-i8mm, LINUX_AARCH64, INT8, sudot, apple-m2, 0.9",
    "neon-bf16, LINUX_AARCH64, BFLOAT16, bfmlal, neoverse-v2, 0.9",
    "neon-bf16, LINUX_AARCH64, BFLOAT16, bfmlal, apple-m2, 0.9",
    "avx2, LINUX_X86_64, FLOAT32, vfmadd, haswell, 0.95",
    "avx2, LINUX_X86_64, FLOAT32, vfmadd, znver3, 0.95",
    "avx2, LINUX_X86_64, FLOAT32, vfmadd, alderlake, 0.95",
    "avx2, LINUX_X86_64, BFLOAT16_WEIGHTS, vfmadd, haswell, 0.8",
    "avx2, LINUX_X86_64, BFLOAT16_WEIGHTS, vfmadd, znver3, 0.7",
    "avx2, LINUX_X86_64, INT8_WEIGHTS, vfmadd, haswell, 0.7",
    "avx2, LINUX_X86_64, INT8_WEIGHTS, vfmadd, znver3, 0.7",
    "avx2, LINUX_X86_64, BFLOAT16, vfmadd, haswell, 0.55",
    "avx2, LINUX_X86_64, BFLOAT16, vfmadd, znver3, 0.9",
    "avx2, LINUX_X86_64, INT8, vpmaddwd, haswell, 0.6",
    "avx2, LINUX_X86_64, INT8, vpmaddwd, znver3, 0.8",
    "avx2, LINUX_X86_64, INT8, vpmaddwd, alderlake, 0.6",
    "avx2-vnni, LINUX_X86_64, INT8, vpdpbusd, alderlake, 0.95",
    "avx512, LINUX_X86_64, FLOAT32, vfmadd, znver4, 0.95",
    "avx512, LINUX_X86_64, FLOAT32, vfmadd, sapphirerapids, 0.95",
    "avx512, LINUX_X86_64, BFLOAT16_WEIGHTS, vfmadd, znver4, 0.85",
    "avx512, LINUX_X86_64, BFLOAT16_WEIGHTS, vfmadd, sapphirerapids, 0.85",
    "avx512, LINUX_X86_64, INT8_WEIGHTS, vfmadd, znver4, 0.85",
    "avx512, LINUX_X86_64, INT8_WEIGHTS, vfmadd, sapphirerapids, 0.85",
    "avx512-bf16, LINUX_X86_64, BFLOAT16, vdpbf16ps, znver4, 0.95",
    "avx512-bf16, LINUX_X86_64, BFLOAT16, vdpbf16ps, sapphirerapids, 0.95",
    "avx512-bf16, LINUX_X86_64, INT8, vpdpbusd, znver4, 0.95",
    "avx512-bf16, LINUX_X86_64, INT8, vpdpbusd, sapphirerapids, 0.95",
  })
  void keepsMultipliersBusy(
      String target, Platform platform, Precision precision, String names, String cpu, double share)
      throws IOException {
    KernelModule module =
        (KernelModule)
            NativeRunner.target(target)
                .compile(
                    Case.program(List.of(product(384))),
                    CompileOptions.of(platform.id()).withPrecision(precision),
                    Trace.NONE);
    String triple = module.machine().triple();
    InnerLoop loop =
        InnerLoop.of(assembly(module)).stream()
            .max(Comparator.comparingInt(each -> each.only(names).size()))
            .orElseThrow();
    InnerLoop products = loop.only(names);
    assertThat(loop.spills()).as(target).isEmpty();
    double all = loop.cycles(TOOLCHAIN, triple, cpu);
    double alone = products.cycles(TOOLCHAIN, triple, cpu);
    String row =
        String.format(
            Locale.ROOT,
            "| %s | %s | %s | %d %s of %d | %.1f | %.0f %% |%n",
            target,
            precision.label(),
            cpu,
            products.size(),
            names.replace("|", ", "),
            loop.size(),
            all,
            100 * alone / all);
    Files.writeString(
        Files.createDirectories(Path.of("target", "micro-kernels"))
            .resolve(target + "-" + precision.label() + "-" + cpu + ".md"),
        row);
    assertThat(alone / all).as("%s on %s: %s", target, cpu, loop).isGreaterThanOrEqualTo(share);
  }

  private static String assembly(KernelModule module) {
    return TOOLCHAIN.assembly(
        LibraryRequest.of(
            NativeRunner.machine(module), module.exports(), NativeRunner.source(module)));
  }

  /** A product with sums of 384 terms. */
  static Case product(int columns) {
    return Case.of(
        "product",
        List.of("f32[S, 384]"),
        (in, weights) -> List.of(Cases.linear("w", columns, in.getFirst(), weights)),
        List.of(Map.of("S", 64L)));
  }
}
