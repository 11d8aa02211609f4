/** The target for x86-64 with AVX2 and fused multiply-add. */
package dev.tilewright.target.avx2;
