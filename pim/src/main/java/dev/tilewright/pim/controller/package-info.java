/**
 * What the memory cannot compute: softmax, GELU, layer norm and their like, made of additions and
 * multiplications alone, as the controller of PIM-GPT (arXiv 2310.09385) does, or exactly by the
 * host. The angles of rotary positions come from a table that is filled ahead.
 *
 * <p>The arithmetic, which the source leaves open: an operation rounds to {@link
 * dev.tilewright.pim.controller.Arithmetic}, to nearest even; subnormals are kept; NaN stays NaN. A
 * sum over a vector is one sum a lane (lane {@code l} of {@code L} takes elements {@code l, l + L,
 * ..}, ascending), then a tree that adds the upper half of the lanes to the lower.
 */
package dev.tilewright.pim.controller;
