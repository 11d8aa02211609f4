package dev.tilewright.tests.level;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.Precision;
import dev.tilewright.codegen.Platform;
import dev.tilewright.codegen.Target;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Of the targets whose features a CPU has, the greatest rank is the best one for it: no CPU meets
 * an instruction that it lacks, and none goes without one that it has.
 */
class TargetChoiceTest {
  private static final String HASWELL = "avx avx2 bmi1 bmi2 f16c fma abm movbe";
  private static final String WIDE = "avx512f avx512bw avx512cd avx512dq avx512vl";

  /**
   * @param features as Linux names them
   */
  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "LINUX_AARCH64, Cortex-A53, asimd, neon, neon, neon",
    "LINUX_AARCH64, Cortex-A76, asimd asimddp, neon, neon, neon-dotprod",
    "LINUX_AARCH64, Neoverse V2, asimd asimddp i8mm bf16 sve, neon, neon-bf16, neon-i8mm",
    "MACOS_AARCH64, Apple M1, asimd asimddp, neon, neon, neon-dotprod",
    "WINDOWS_AARCH64, Snapdragon X, asimd asimddp i8mm bf16, neon, neon-bf16, neon-i8mm",
    "LINUX_X86_64, Nehalem, sse2, portable, portable, portable",
    "LINUX_X86_64, Sandy Bridge, sse2 avx, portable, portable, portable",
    "LINUX_X86_64, Haswell, " + HASWELL + ", avx2, avx2, avx2",
    "WINDOWS_X86_64, Alder Lake, " + HASWELL + " avx_vnni, avx2, avx2, avx2-vnni",
    "LINUX_X86_64, Skylake-X, " + HASWELL + " " + WIDE + ", avx512, avx512, avx512",
    "LINUX_X86_64, Zen 4, "
        + HASWELL
        + " "
        + WIDE
        + " avx512_bf16 avx512_vnni, avx512, avx512-bf16, avx512-bf16",
  })
  void takesTheBest(
      Platform platform, String cpu, String features, String fp32, String bf16, String int8) {
    List<String> has = List.of(features.split(" "));
    assertThat(best(platform, has, Precision.FLOAT32)).as(cpu).isEqualTo(fp32);
    assertThat(best(platform, has, Precision.BFLOAT16)).as(cpu).isEqualTo(bf16);
    assertThat(best(platform, has, Precision.INT8)).as(cpu).isEqualTo(int8);
    assertThat(best(platform, has, Precision.INT8_WEIGHTS)).as(cpu).isEqualTo(fp32);
  }

  private static String best(Platform platform, List<String> features, Precision precision) {
    return ServiceLoader.load(Target.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(target -> target.platforms().contains(platform.id()))
        .filter(target -> target.compiles(precision))
        .filter(target -> features.containsAll(target.cpuFeatures()))
        .max(Comparator.comparingInt(Target::rank))
        .orElseThrow()
        .name();
  }
}
