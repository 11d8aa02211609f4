/**
 * Batched decode on two devices, as NeuPIMs (arXiv 2403.00579) divides it: products of many rows on
 * a processor with systolic arrays, attention in the memory, one request a channel at a time.
 *
 * <pre>
 * each layer, each part of the batch:
 *   q, k, v = qkv x          arrays, a head group (a row of keys) after the other
 *   append k, v; s = q k     memory, each channel its own requests
 *   p = softmax s            vector lanes
 *   a = p v                  memory
 *   project, up, down        arrays; norms and GELU at the ends of products
 * </pre>
 *
 * Work of the memory is timed by the timing simulator, stream by stream, with and without ordinary
 * reads beside it; the processor's by its roofline. A {@link dev.tilewright.pim.batch.Schedule} is
 * a clock over both: with one row buffer a channel either multiplies or serves the processor, with
 * two it does both, each as much slower as the simulator says.
 */
package dev.tilewright.pim.batch;
