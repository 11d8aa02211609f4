package dev.tilewright.tests.level;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.codegen.CompileOptions;
import dev.tilewright.codegen.KernelModule;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.Trace;
import dev.tilewright.toolchain.LibraryRequest;
import dev.tilewright.toolchain.Tool;
import dev.tilewright.toolchain.Toolchain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What llvm-mca predicts of the inner loop of a matrix product on processors that this machine is
 * not. Leaves the rows of a table in {@code target/micro-kernels}.
 */
class MicroKernelTest {
  private static final Toolchain TOOLCHAIN = Toolchain.open();
  private static final Pattern LABEL = Pattern.compile("(\\.?L\\w+):.*");

  /**
   * @param instruction what multiplies and adds
   * @param share how much of the bound the products must be
   */
  @ParameterizedTest
  @CsvSource({
    "neon, linux-aarch64, fmla, aarch64, neoverse-v2, 0.9",
    "neon, linux-aarch64, fmla, aarch64, cortex-a76, 0.9",
    "neon, macos-aarch64, fmla, arm64-apple-macosx, apple-m1, 0.9",
    "avx2, linux-x86_64, vfmadd, x86_64, haswell, 0.8",
    "avx2, linux-x86_64, vfmadd, x86_64, znver3, 0.8",
  })
  void keepsMultipliersBusy(
      String target, String platform, String instruction, String triple, String cpu, double share)
      throws IOException {
    List<String> loop = busiest(assembly(target, platform), instruction);
    List<String> products = loop.stream().filter(line -> line.startsWith(instruction)).toList();
    assertThat(loop.stream().filter(MicroKernelTest::spills)).as(target).isEmpty();
    double all = cycles(loop, triple, cpu);
    double alone = cycles(products, triple, cpu);
    assertThat(alone / all).as("%s on %s: %s", target, cpu, loop).isGreaterThanOrEqualTo(share);
    String row =
        String.format(
            Locale.ROOT,
            "| %s | %s | %d %s of %d | %.1f | %.0f %% |%n",
            target,
            cpu,
            products.size(),
            instruction,
            loop.size(),
            all,
            100 * alone / all);
    Files.writeString(
        Files.createDirectories(Path.of("target", "micro-kernels"))
            .resolve(target + "-" + cpu + ".md"),
        row);
  }

  private static String assembly(String name, String platform) {
    Target target = NativeRunner.target(name);
    Case product =
        Case.of(
            "product",
            List.of("f32[S, 384]"),
            (in, weights) -> List.of(Cases.linear("w", 384, in.getFirst(), weights)),
            List.of(Map.of("S", 64L)));
    KernelModule module =
        target.compile(Case.program(List.of(product)), CompileOptions.of(platform), Trace.NONE);
    return TOOLCHAIN.assembly(
        LibraryRequest.of(
            NativeRunner.machine(module), module.exports(), NativeRunner.source(module)));
  }

  /** The instructions of the loop without another inside that holds most of a kind. */
  private static List<String> busiest(String assembly, String instruction) {
    List<List<String>> loops = new ArrayList<>();
    List<String> body = new ArrayList<>();
    String label = "";
    for (String line : assembly.lines().map(String::strip).toList()) {
      Matcher start = LABEL.matcher(line);
      if (start.matches()) {
        label = start.group(1);
        body = new ArrayList<>();
      } else if (line.matches("[a-z].*")) {
        body.add(line.replace('\t', ' '));
        if (line.endsWith(label) && line.matches("(j|b\\.|cb|tb).*")) {
          loops.add(List.copyOf(body.subList(0, body.size() - 1)));
        }
      }
    }
    return loops.stream()
        .max(
            Comparator.comparingLong(
                loop -> loop.stream().filter(line -> line.startsWith(instruction)).count()))
        .orElseThrow();
  }

  /** A vector that is kept in memory for want of registers. */
  private static boolean spills(String line) {
    boolean vector = line.contains("ymm") || line.matches("(ldr|str|ldp|stp) q.*");
    return vector && (line.contains("[sp") || line.contains("%rsp"));
  }

  /** Cycles of a turn that llvm-mca predicts from throughput alone. */
  private static double cycles(List<String> instructions, String triple, String cpu) {
    String report =
        TOOLCHAIN.inspect(
            Tool.LLVM_MCA,
            (String.join("\n", instructions) + "\n").getBytes(StandardCharsets.UTF_8),
            "-mtriple=" + triple,
            "-mcpu=" + cpu);
    Matcher matcher = Pattern.compile("Block RThroughput: ([\\d.]+)").matcher(report);
    assertThat(matcher.find()).as(report).isTrue();
    return Double.parseDouble(matcher.group(1));
  }
}
