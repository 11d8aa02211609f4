package dev.tilewright.target.avx512;

import java.util.List;

/**
 * A vector instruction that kernels of this target are made of, and what it does as tile IR. The
 * meaning is also the rule by which it is emitted: LLVM turns that tile into this instruction.
 *
 * @param mnemonic the start of its name in assembly
 * @param meaning the tile, in the text form, of the F32 tiles a, b and c, the I32 tiles i and j (16
 *     columns each) and the buffers x (f32), h (bf16), q (i8) and u (u8)
 */
record Instruction(String mnemonic, String meaning) {
  /** Those that need AVX512_BF16 or AVX512_VNNI. */
  static final List<Instruction> DOTS =
      List.of(
          new Instruction("vdpbf16ps", "dot_bf16(i, j, a)"),
          new Instruction("vpdpbusd", "to_float(dot_u8i8(i, j, j))"),
          new Instruction("vcvtneps2bf16", "to_bf16(a)"));

  /** Those of every AVX-512. */
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
          new Instruction("vpmovzxwd", "load h[2; 0, 1] 1x16"),
          new Instruction("vpmovsxbd", "to_float(load q[3; 0, 1] 1x16)"),
          new Instruction("vpmovzxbd", "to_float(load u[3; 0, 1] 1x16)"),
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
