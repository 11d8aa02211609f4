/**
 * Measures all-MiniLM-L6-v2, compiled, beside ONNX Runtime on the same weights:
 *
 * <pre>
 * ./mvnw -q -Pbench -pl tests/bench -am process-classes
 * ./mvnw -q -Pbench -pl tests/bench -am process-classes -Dbench.args="--shapes 1x8,8x64 --workers 1"
 * </pre>
 *
 * <p>Both run in one JVM and take turns, burst by burst, so that a machine that slows down slows
 * both. The first call of a burst is not counted: it pays for the other's idle threads and cache
 * contents. The share of the peak is of what a compiled kernel of fused multiply-adds alone reaches
 * in the same run, on as many threads. Not part of {@code verify}.
 */
package dev.tilewright.bench;
