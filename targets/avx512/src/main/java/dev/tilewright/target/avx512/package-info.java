/** The target for x86-64 with AVX-512, with and without bf16 and VNNI. */
package dev.tilewright.target.avx512;
