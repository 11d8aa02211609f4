package dev.tilewright.runtime.weights;

import dev.tilewright.runtime.WeightType;
import java.util.Arrays;
import java.util.Optional;

/** How GGUF stores tensors: single elements, or blocks along the last dimension. */
enum GgufType {
  F32(0, WeightType.F32),
  F16(1, WeightType.F16),
  Q4_0(2, 32, 18),
  Q4_1(3, 32, 20),
  Q5_0(6, 32, 22),
  Q5_1(7, 32, 24),
  Q8_0(8, 32, 34),
  Q8_1(9, 32, 36),
  Q2_K(10, 256, 84),
  Q3_K(11, 256, 110),
  Q4_K(12, 256, 144),
  Q5_K(13, 256, 176),
  Q6_K(14, 256, 210),
  Q8_K(15, 256, 292),
  IQ2_XXS(16, 256, 66),
  IQ2_XS(17, 256, 74),
  IQ3_XXS(18, 256, 98),
  IQ1_S(19, 256, 50),
  IQ4_NL(20, 32, 18),
  IQ3_S(21, 256, 110),
  IQ2_S(22, 256, 82),
  IQ4_XS(23, 256, 136),
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
  private final Optional<WeightType> plain;

  GgufType(int number, WeightType plain) {
    this.number = number;
    this.elements = 1;
    this.bytes = plain.bytes();
    this.plain = Optional.of(plain);
  }

  GgufType(int number, int elements, int bytes) {
    this.number = number;
    this.elements = elements;
    this.bytes = bytes;
    this.plain = Optional.empty();
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

  /** If elements can be read as they are. */
  Optional<WeightType> plain() {
    return plain;
  }

  /** What blocks of the type mean; empty for the types that are only known by their size. */
  Optional<BlockDecoder> decoder() {
    return switch (this) {
      case Q4_0 -> Optional.of(SmallBlocks::q4Zero);
      case Q4_1 -> Optional.of(SmallBlocks::q4One);
      case Q5_0 -> Optional.of(SmallBlocks::q5Zero);
      case Q5_1 -> Optional.of(SmallBlocks::q5One);
      case Q8_0 -> Optional.of(SmallBlocks::q8Zero);
      case Q2_K -> Optional.of(SuperBlocks::q2);
      case Q3_K -> Optional.of(SuperBlocks::q3);
      case Q4_K -> Optional.of(SuperBlocks::q4);
      case Q5_K -> Optional.of(SuperBlocks::q5);
      case Q6_K -> Optional.of(SuperBlocks::q6);
      case Q8_K -> Optional.of(SuperBlocks::q8);
      case IQ4_NL -> Optional.of(SmallBlocks::iq4);
      case IQ4_XS -> Optional.of(SuperBlocks::iq4);
      default -> Optional.empty();
    };
  }
}
