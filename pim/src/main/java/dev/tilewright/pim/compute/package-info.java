/**
 * What everything computes: the memory's data and the written arithmetic, bit for bit.
 *
 * <p>Products of bf16 are exact in f32 unless they leave its range. The 16 products of a column are
 * summed in pairs, lanes {@code 2i} and {@code 2i + 1}, then the 8 sums likewise, and so on to one,
 * each sum rounded to f32; one f32 addition joins it to the accumulator, columns ascending. Reading
 * an accumulator rounds to bf16, to nearest, ties to even; writing one widens. Subnormal numbers
 * are kept everywhere; any NaN that is rounded to bf16 becomes {@code 0x7fc0}.
 */
package dev.tilewright.pim.compute;
