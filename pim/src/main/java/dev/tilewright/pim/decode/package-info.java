/**
 * A whole decode step of a GPT-2-shaped transformer, as PIM-GPT (arXiv 2310.09385) divides it:
 * every product with a matrix or a cache in the memory, everything else on the controller.
 *
 * <pre>
 * x = tokens[token] + positions[position]                       two lookups, ADD
 * each layer:
 *   q, k, v = qkv layerNorm(x) + b                              LAYER_NORM, product
 *   append k, v; s = q k; p = softmax(s / sqrt(head)); a = p v  three streams, SOFTMAX a head
 *   x += project a + b                                          product, ADD
 *   x += down gelu(up layerNorm(x) + b) + b                     LAYER_NORM, product, GELU, product, ADD
 * logits = tokens layerNorm(x)                                  LAYER_NORM, product
 * </pre>
 *
 * The controller keeps x in fp32; what goes to the memory rounds to bf16, what comes from it is
 * bf16. Biases start the accumulators. Sums over chunks are the controller's ADD.
 */
package dev.tilewright.pim.decode;
