/**
 * Where matrices and caches lie in the banks, and the streams that multiply with them.
 *
 * <p>A matrix of {@code outputs x depth} gives each bank of each channel one output, so that a
 * <em>group</em> of {@code channels * banks} outputs is computed at once; the depth lies along the
 * columns of a row. A depth that is longer than a row is cut into <em>chunks</em>, each with rows
 * of its own: the accumulators are read after each chunk, so that a partial sum rounds to bf16
 * once, and the host adds the chunks in fp32, ascending. Where a chunk is shorter than half a row,
 * several groups share it.
 *
 * <pre>
 *            columns 0 ..                                  63
 * row r      | group 0, chunk 0: 48 columns       | unused |     depth 768, one chunk
 * row r+1    | group 1, chunk 0                   |        |
 * row s      | group 0 | group 1 | group 2 | group 3 | ..  |     depth 64: 16 groups in a row
 * </pre>
 *
 * <p>Keys are such a matrix with a token an output and the heads side by side along the depth.
 * Values are one with a dimension an output and the tokens along the depth; a head starts a new
 * channel, because the banks of a channel share one vector. Rows for the whole context are taken
 * when the cache is mapped.
 */
package dev.tilewright.pim.map;
