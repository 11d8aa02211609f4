package dev.tilewright.target.avx2;

import dev.tilewright.codegen.KernelModule.Intrinsic;

/** How the target multiplies bytes. */
final class Avx2Instructions {
  private Avx2Instructions() {}

  /**
   * The even and the odd bytes of a word as pairs of 16-bit numbers, each pair multiplied and
   * summed in 32 bits: exact, where {@code vpmaddubsw} would saturate.
   */
  static final Intrinsic DOT_U8I8 =
      new Intrinsic(
          "dot_u8i8",
          "dot_u8i8",
          """
          declare <8 x i32> @llvm.x86.avx2.pmadd.wd(<16 x i16>, <16 x i16>)
          define internal <8 x i32> @dot_u8i8(<8 x i32> %sum, <8 x i32> %left, <8 x i32> %right) alwaysinline #1 {
            %l = bitcast <8 x i32> %left to <16 x i16>
            %r = bitcast <8 x i32> %right to <16 x i16>
            %l0 = and <16 x i16> %l, splat (i16 255)
            %l1 = lshr <16 x i16> %l, splat (i16 8)
            %up = shl <16 x i16> %r, splat (i16 8)
            %r0 = ashr <16 x i16> %up, splat (i16 8)
            %r1 = ashr <16 x i16> %r, splat (i16 8)
            %even = call <8 x i32> @llvm.x86.avx2.pmadd.wd(<16 x i16> %l0, <16 x i16> %r0)
            %odd = call <8 x i32> @llvm.x86.avx2.pmadd.wd(<16 x i16> %l1, <16 x i16> %r1)
            %both = add <8 x i32> %even, %odd
            %all = add <8 x i32> %sum, %both
            ret <8 x i32> %all
          }
          """,
          """
          typedef short v16 __attribute__((vector_size(32)));
          typedef u16 vu16 __attribute__((vector_size(32)));
          HELPER vi dot_u8i8(vi sum, vi left, vi right) {
            vi even = (vi)__builtin_ia32_pmaddwd256((v16)((vu16)left & 255), (v16)((vu16)right << 8) >> 8);
            vi odd = (vi)__builtin_ia32_pmaddwd256((v16)((vu16)left >> 8), (v16)right >> 8);
            return (vi)((vu)sum + ((vu)even + (vu)odd));
          }

          """);

  /** Neither two products nor, with 1, two such sums are more than 16 bits hold. */
  static final Intrinsic DOT_U7I8 =
      new Intrinsic(
          "dot_u7i8",
          "dot_u7i8",
          """
          declare <16 x i16> @llvm.x86.avx2.pmadd.ub.sw(<32 x i8>, <32 x i8>)
          declare <8 x i32> @llvm.x86.avx2.pmadd.wd(<16 x i16>, <16 x i16>)
          define internal <8 x i32> @dot_u7i8(<8 x i32> %sum, <8 x i32> %left, <8 x i32> %right) alwaysinline #1 {
            %l = bitcast <8 x i32> %left to <32 x i8>
            %r = bitcast <8 x i32> %right to <32 x i8>
            %pairs = call <16 x i16> @llvm.x86.avx2.pmadd.ub.sw(<32 x i8> %l, <32 x i8> %r)
            %fours = call <8 x i32> @llvm.x86.avx2.pmadd.wd(<16 x i16> %pairs, <16 x i16> splat (i16 1))
            %all = add <8 x i32> %sum, %fours
            ret <8 x i32> %all
          }
          """,
          """
          typedef char v32 __attribute__((vector_size(32)));
          typedef short v16 __attribute__((vector_size(32)));
          HELPER vi dot_u7i8(vi sum, vi left, vi right) {
            v16 pairs = __builtin_ia32_pmaddubsw256((v32)left, (v32)right);
            return (vi)((vu)sum + (vu)__builtin_ia32_pmaddwd256(pairs, (v16){} + 1));
          }

          """);

  private static final String FMA =
      "declare <8 x float> @llvm.fma.v8f32(<8 x float>, <8 x float>, <8 x float>)\n";

  private static final String PRODUCTS =
      """
        %high = and <8 x i32> %l, splat (i32 u0xFFFF0000)
        %low = shl <8 x i32> %l, splat (i32 16)
        %righthigh = and <8 x i32> %r, splat (i32 u0xFFFF0000)
        %rightlow = shl <8 x i32> %r, splat (i32 16)
        %l1 = bitcast <8 x i32> %high to <8 x float>
        %l0 = bitcast <8 x i32> %low to <8 x float>
        %r1 = bitcast <8 x i32> %righthigh to <8 x float>
        %r0 = bitcast <8 x i32> %rightlow to <8 x float>
        %odd = call <8 x float> @llvm.fma.v8f32(<8 x float> %l1, <8 x float> %r1, <8 x float> %sum)
        %all = call <8 x float> @llvm.fma.v8f32(<8 x float> %l0, <8 x float> %r0, <8 x float> %odd)
        ret <8 x float> %all
      }
      """;

  static final Intrinsic DOT_BF16 =
      new Intrinsic(
          "dot_bf16",
          "dot_bf16",
          FMA
              + """
              define internal <8 x float> @dot_bf16(<8 x float> %sum, <16 x bfloat> %left, <16 x bfloat> %right) alwaysinline #1 {
                %l = bitcast <16 x bfloat> %left to <8 x i32>
                %r = bitcast <16 x bfloat> %right to <8 x i32>
              """
              + PRODUCTS,
          """
          HELPER vf dot_bf16(vf sum, vp left, vp right) {
            vf odd = __builtin_elementwise_fma((vf)((vu)left & 0xFFFF0000u), (vf)((vu)right & 0xFFFF0000u), sum);
            return __builtin_elementwise_fma((vf)((vu)left << 16), (vf)((vu)right << 16), odd);
          }

          """);

  /** As DOT_BF16. LLVM would shift the word before it is broadcast, which costs two more. */
  static final Intrinsic DOT_BF16_BY_WORD =
      new Intrinsic(
          "dot_bf16_by_word",
          "",
          FMA
              + """
              define internal <8 x float> @dot_bf16_by_word(<8 x float> %sum, i32 %word, <16 x bfloat> %right) alwaysinline #1 {
                %first = insertelement <8 x i32> poison, i32 %word, i64 0
                %words = shufflevector <8 x i32> %first, <8 x i32> poison, <8 x i32> zeroinitializer
                %l = call <8 x i32> asm "", "=x,0"(<8 x i32> %words)
                %r = bitcast <16 x bfloat> %right to <8 x i32>
              """
              + PRODUCTS,
          "");

  /** AVX-VNNI's instruction. */
  static final Intrinsic VPDPBUSD =
      new Intrinsic("llvm.x86.avx512.vpdpbusd.256", "__builtin_ia32_vpdpbusd256");
}
