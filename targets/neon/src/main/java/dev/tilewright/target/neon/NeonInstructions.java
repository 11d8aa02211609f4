package dev.tilewright.target.neon;

import dev.tilewright.codegen.KernelModule.Intrinsic;
import dev.tilewright.codegen.tile.Extension;
import java.util.Map;

/**
 * How the targets multiply narrow numbers. In C, clang's builtin functions take the type of the
 * result as a last number.
 */
final class NeonInstructions {
  private NeonInstructions() {}

  /**
   * On every CPU: the even and the odd bytes of a word as 16-bit numbers. A product is one, too,
   * and {@code sadalp} adds both of a word to its sum.
   */
  static final Intrinsic DOT_U8I8 =
      dot(
          """
          declare <4 x i32> @llvm.aarch64.neon.saddlp.v4i32.v8i16(<8 x i16>)
          define internal <4 x i32> @dot_u8i8(<4 x i32> %sum, <4 x i32> %left, <4 x i32> %right) alwaysinline #1 {
            %l = bitcast <4 x i32> %left to <8 x i16>
            %r = bitcast <4 x i32> %right to <8 x i16>
            %l0 = and <8 x i16> %l, splat (i16 255)
            %l1 = lshr <8 x i16> %l, splat (i16 8)
            %up = shl <8 x i16> %r, splat (i16 8)
            %r0 = ashr <8 x i16> %up, splat (i16 8)
            %r1 = ashr <8 x i16> %r, splat (i16 8)
            %even = mul <8 x i16> %l0, %r0
            %odd = mul <8 x i16> %l1, %r1
            %evens = call <4 x i32> @llvm.aarch64.neon.saddlp.v4i32.v8i16(<8 x i16> %even)
            %odds = call <4 x i32> @llvm.aarch64.neon.saddlp.v4i32.v8i16(<8 x i16> %odd)
            %some = add <4 x i32> %sum, %evens
            %all = add <4 x i32> %some, %odds
            ret <4 x i32> %all
          }
          """,
          """
          typedef short v16 __attribute__((vector_size(16)));
          typedef u16 vu16 __attribute__((vector_size(16)));
          HELPER vi dot_u8i8(vi sum, vi left, vi right) {
            v16 even = (v16)((vu16)left & 255) * ((v16)((vu16)right << 8) >> 8);
            v16 odd = (v16)((vu16)left >> 8) * ((v16)right >> 8);
            vu evens = (vu)((vi)((vu)even << 16) >> 16) + (vu)((vi)even >> 16);
            vu odds = (vu)((vi)((vu)odd << 16) >> 16) + (vu)((vi)odd >> 16);
            return (vi)((vu)sum + evens + odds);
          }

          """);

  /** With {@code dotprod}. The second factor may be one word of a vector. */
  static final Intrinsic DOT_I8I8 =
      new Intrinsic(
          "dot_i8i8",
          "dot_i8i8",
          """
          declare <4 x i32> @llvm.aarch64.neon.sdot.v4i32.v16i8(<4 x i32>, <16 x i8>, <16 x i8>)
          define internal <4 x i32> @dot_i8i8(<4 x i32> %sum, <4 x i32> %left, <4 x i32> %right) alwaysinline #1 {
            %l = bitcast <4 x i32> %left to <16 x i8>
            %r = bitcast <4 x i32> %right to <16 x i8>
            %all = call <4 x i32> @llvm.aarch64.neon.sdot.v4i32.v16i8(<4 x i32> %sum, <16 x i8> %r, <16 x i8> %l)
            ret <4 x i32> %all
          }
          """,
          """
          typedef __attribute__((neon_vector_type(16))) signed char vb16;
          HELPER vi dot_i8i8(vi sum, vi left, vi right) {
            return (vi)__builtin_neon_vdotq_s32((vb16)sum, (vb16)right, (vb16)left, 34);
          }

          """);

  /** With {@code i8mm}. */
  static final Intrinsic DOT_U8I8_USDOT =
      dot(
          """
          declare <4 x i32> @llvm.aarch64.neon.usdot.v4i32.v16i8(<4 x i32>, <16 x i8>, <16 x i8>)
          define internal <4 x i32> @dot_u8i8(<4 x i32> %sum, <4 x i32> %left, <4 x i32> %right) alwaysinline #1 {
            %l = bitcast <4 x i32> %left to <16 x i8>
            %r = bitcast <4 x i32> %right to <16 x i8>
            %all = call <4 x i32> @llvm.aarch64.neon.usdot.v4i32.v16i8(<4 x i32> %sum, <16 x i8> %l, <16 x i8> %r)
            ret <4 x i32> %all
          }
          """,
          """
          typedef __attribute__((neon_vector_type(16))) signed char vb16;
          HELPER vi dot_u8i8(vi sum, vi left, vi right) {
            return (vi)__builtin_neon_vusdotq_s32((vb16)sum, (vb16)left, (vb16)right, 34);
          }

          """);

  /**
   * With {@code bf16}: the odd elements' products, then the even ones', each added with one
   * rounding to nearest. {@code bfdot} adds both at once and rounds to odd, to the nearest with
   * FEAT_EBF16.
   */
  static final Intrinsic DOT_BF16 =
      new Intrinsic(
          "dot_bf16",
          "dot_bf16",
          """
          declare <4 x float> @llvm.aarch64.neon.bfmlalb(<4 x float>, <8 x bfloat>, <8 x bfloat>)
          declare <4 x float> @llvm.aarch64.neon.bfmlalt(<4 x float>, <8 x bfloat>, <8 x bfloat>)
          define internal <4 x float> @dot_bf16(<4 x float> %sum, <8 x bfloat> %left, <8 x bfloat> %right) alwaysinline #1 {
            %odd = call <4 x float> @llvm.aarch64.neon.bfmlalt(<4 x float> %sum, <8 x bfloat> %right, <8 x bfloat> %left)
            %all = call <4 x float> @llvm.aarch64.neon.bfmlalb(<4 x float> %odd, <8 x bfloat> %right, <8 x bfloat> %left)
            ret <4 x float> %all
          }
          """,
          """
          typedef __attribute__((neon_vector_type(16))) signed char vbytes;
          HELPER vf dot_bf16(vf sum, vp left, vp right) {
            vf odd = (vf)__builtin_neon_vbfmlaltq_f32((vbytes)sum, (vbytes)right, (vbytes)left, 41);
            return (vf)__builtin_neon_vbfmlalbq_f32((vbytes)odd, (vbytes)right, (vbytes)left, 41);
          }

          """);

  /** As DOT_BF16, with both elements of a word as factors out of a vector. */
  static final Intrinsic DOT_BF16_BY_WORD =
      new Intrinsic(
          "dot_bf16_by_word",
          "",
          """
          define internal <4 x float> @dot_bf16_by_word(<4 x float> %sum, i32 %word, <8 x bfloat> %right) alwaysinline #1 {
            %low = trunc i32 %word to i16
            %e = bitcast i16 %low to bfloat
            %e0 = insertelement <8 x bfloat> poison, bfloat %e, i64 0
            %evens = shufflevector <8 x bfloat> %e0, <8 x bfloat> poison, <8 x i32> zeroinitializer
            %upper = lshr i32 %word, 16
            %high = trunc i32 %upper to i16
            %o = bitcast i16 %high to bfloat
            %o0 = insertelement <8 x bfloat> poison, bfloat %o, i64 0
            %odds = shufflevector <8 x bfloat> %o0, <8 x bfloat> poison, <8 x i32> zeroinitializer
            %odd = call <4 x float> @llvm.aarch64.neon.bfmlalt(<4 x float> %sum, <8 x bfloat> %right, <8 x bfloat> %odds)
            %all = call <4 x float> @llvm.aarch64.neon.bfmlalb(<4 x float> %odd, <8 x bfloat> %right, <8 x bfloat> %evens)
            ret <4 x float> %all
          }
          """,
          "");

  /** With {@code bf16}: {@code bfcvtn}. */
  static final Intrinsic TO_BF16 =
      new Intrinsic(
          "to_bf16",
          "__builtin_convertvector",
          """
          define internal <4 x bfloat> @to_bf16(<4 x float> %x) alwaysinline #1 {
            %narrow = fptrunc <4 x float> %x to <4 x bfloat>
            ret <4 x bfloat> %narrow
          }
          """,
          "");

  /** All that {@code bf16} brings. */
  static final Map<Extension, Intrinsic> BF16 =
      Map.of(
          Extension.DOT_BF16,
          DOT_BF16,
          Extension.DOT_BF16_BY_WORD,
          DOT_BF16_BY_WORD,
          Extension.TO_BF16,
          TO_BF16);

  private static Intrinsic dot(String llvm, String c) {
    return new Intrinsic("dot_u8i8", "dot_u8i8", llvm, c);
  }
}
