package dev.tilewright.schema;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What kernels may need of a CPU. Each library has a function {@code uint64_t tw_cpu(void)}, the
 * only one that every CPU of the platform runs: it asks the CPU and the operating system, and
 * answers with the {@link #bit} of each feature that kernels may use.
 */
public enum CpuFeature {
  AVX(0, "avx"),
  AVX2(1, "avx2"),
  BMI1(2, "bmi1"),
  BMI2(3, "bmi2"),
  F16C(4, "f16c"),
  FMA(5, "fma"),
  ABM(6, "abm"),
  MOVBE(7, "movbe"),
  AVX512F(8, "avx512f"),
  AVX512BW(9, "avx512bw"),
  AVX512CD(10, "avx512cd"),
  AVX512DQ(11, "avx512dq"),
  AVX512VL(12, "avx512vl"),
  AVX512_BF16(13, "avx512_bf16"),
  AVX512_VNNI(14, "avx512_vnni"),
  AVX_VNNI(15, "avx_vnni"),
  ASIMD(16, "asimd"),
  ASIMDDP(17, "asimddp"),
  I8MM(18, "i8mm"),
  BF16(19, "bf16"),
  SVE(20, "sve"),
  SVE2(21, "sve2");

  /** The function of a library that tells the features. */
  public static final String PROBE = "tw_cpu";

  private final int bit;
  private final String label;

  CpuFeature(int bit, String label) {
    this.bit = bit;
    this.label = label;
  }

  /** The number of its bit in what the probe answers. */
  public int bit() {
    return bit;
  }

  /** What Linux calls it in {@code /proc/cpuinfo}, and schemas do, too. */
  public String label() {
    return label;
  }

  /** The names of the features whose bits are set. */
  public static Set<String> labels(long bits) {
    Set<String> labels = new HashSet<>();
    for (CpuFeature feature : values()) {
      if ((bits >>> feature.bit & 1) != 0) {
        labels.add(feature.label);
      }
    }
    return labels;
  }

  /** The bits of features by their names. */
  public static long bits(Iterable<String> labels) {
    long bits = 0;
    for (String label : labels) {
      bits |= 1L << of(label).bit;
    }
    return bits;
  }

  private static CpuFeature of(String label) {
    return Arrays.stream(values())
        .filter(feature -> feature.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is none of the CPU features %s"
                        .formatted(
                            label,
                            Arrays.stream(values())
                                .map(CpuFeature::label)
                                .collect(Collectors.joining(", ")))));
  }
}
