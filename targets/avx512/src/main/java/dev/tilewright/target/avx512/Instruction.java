package dev.tilewright.target.avx512;

import java.util.List;

/**
 * A vector instruction that kernels of this target are made of, and what it does as tile IR. The
 * meaning is also the rule by which it is emitted: LLVM turns that tile into this instruction.
 *
 * @param mnemonic the start of its name in assembly
 * @param meaning the tile, in the text form, of the F32 tiles a, b and c, the I32 tile i (16
 *     columns each) and the buffer x
 */
record Instruction(String mnemonic, String meaning) {
  /**
   * What tile IR says today. The bf16 and int8 products (vdpbf16ps, vpdpbusd) have no tile that
   * means them, so this target does not ask for the CPU features that they need.
   */
  static final List<Instruction> ALL =
      List.of(
          new Instruction("vfmadd", "multiply_add(a, b, c)"),
          new Instruction("vaddps", "add(a, b)"),
          new Instruction("vsubps", "sub(a, b)"),
          new Instruction("vmulps", "mul(a, b)"),
          new Instruction("vdivps", "div(a, b)"),
          new Instruction("vminps", "min(a, b)"),
          new Instruction("vmaxps", "max(a, b)"),
          new Instruction("vsqrtps", "sqrt(a)"),
          new Instruction("vrndscaleps", "floor(a)"),
          new Instruction("vrndscaleps", "round(a)"),
          new Instruction("vcmpltps", "select(lt(a, b), a, c)"),
          new Instruction("vbroadcastss", "add(mul(load x[3; 0, 0] 1x1, a), load x[3; 0, 0] 1x1)"),
          new Instruction("vgather", "gather x[0](and(i, fill i32 1x16 15.0))"),
          new Instruction("vcvtdq2ps", "to_float(i)"),
          new Instruction("vcvttps2dq", "to_float(to_int(a))"),
          new Instruction("vpslld", "to_float(shift_left(i, fill i32 1x16 5.0))"),
          new Instruction("vpsrad", "to_float(shift_right(i, fill i32 1x16 5.0))"),
          new Instruction("vpmulld", "to_float(mul(i, i))"),
          new Instruction("vscalefps", "scale(a, to_float(and(i, fill i32 1x16 255.0)))"),
          new Instruction(
              "vpermps",
              "table [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0,"
                  + " -0.5, -1.0, -1.5, -2.0, -2.5, -3.0, -3.5, -4.0](i)"),
          new Instruction("vpminsd", "to_float(min(i, fill i32 1x16 7.0))"));
}
