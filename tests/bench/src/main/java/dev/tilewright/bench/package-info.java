/**
 * Measures what this project compiles beside its peers:
 *
 * <pre>
 * ./mvnw -q -Pbench -pl tests/bench -am process-classes
 * ./mvnw -q -Pbench -pl tests/bench -am process-classes -Dbench.args="model --cases 1x8,8x64"
 * </pre>
 *
 * <p>All run in one JVM and take turns, burst by burst, so that a machine that slows down slows all
 * of them. The share of the peak is of what compiled kernels of multiply-adds alone reach in the
 * same run, on as many threads. Not part of {@code verify}.
 */
package dev.tilewright.bench;
