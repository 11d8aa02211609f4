package dev.tilewright.runtime.weights;

import dev.tilewright.runtime.WeightType;
import java.util.Arrays;
import java.util.Optional;

/** How GGUF stores tensors: single elements, or blocks along the last dimension. */
enum GgufType {
  F32(0, WeightType.F32),
  F16(1, WeightType.F16),
  Q4_0(2, WeightType.Q4_0),
  Q4_1(3, WeightType.Q4_1),
  Q5_0(6, WeightType.Q5_0),
  Q5_1(7, WeightType.Q5_1),
  Q8_0(8, WeightType.Q8_0),
  Q8_1(9, 32, 36),
  Q2_K(10, WeightType.Q2_K),
  Q3_K(11, WeightType.Q3_K),
  Q4_K(12, WeightType.Q4_K),
  Q5_K(13, WeightType.Q5_K),
  Q6_K(14, WeightType.Q6_K),
  Q8_K(15, WeightType.Q8_K),
  IQ2_XXS(16, 256, 66),
  IQ2_XS(17, 256, 74),
  IQ3_XXS(18, 256, 98),
  IQ1_S(19, 256, 50),
  IQ4_NL(20, WeightType.IQ4_NL),
  IQ3_S(21, 256, 110),
  IQ2_S(22, 256, 82),
  IQ4_XS(23, WeightType.IQ4_XS),
  I8(24, WeightType.I8),
  I16(25, WeightType.I16),
  I32(26, WeightType.I32),
  I64(27, WeightType.I64),
  F64(28, WeightType.F64),
  IQ1_M(29, 256, 56),
  BF16(30, WeightType.BF16),
  TQ1_0(34, 256, 54),
  TQ2_0(35, 256, 66),
  MXFP4(39, 32, 17);

  private final int number;
  private final int elements;
  private final int bytes;
  private final Optional<WeightType> stored;

  GgufType(int number, WeightType stored) {
    this.number = number;
    this.elements = stored.elements();
    this.bytes = stored.bytes();
    this.stored = Optional.of(stored);
  }

  GgufType(int number, int elements, int bytes) {
    this.number = number;
    this.elements = elements;
    this.bytes = bytes;
    this.stored = Optional.empty();
  }

  /** The type of a number in a file. */
  static Optional<GgufType> of(int number) {
    return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
  }

  /** Its number in a file. */
  int number() {
    return number;
  }

  /** Elements of a block; 1 if there are none. */
  int elements() {
    return elements;
  }

  /** Bytes of a block. */
  int bytes() {
    return bytes;
  }

  /** How elements are stored; empty for the types that are only known by their size. */
  Optional<WeightType> stored() {
    return stored;
  }
}
