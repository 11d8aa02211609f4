/** The target for AArch64 with Advanced SIMD (Neon). */
package dev.tilewright.target.neon;
