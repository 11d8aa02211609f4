/**
 * Measures kernels for the annotation processor's tuner, in a process of its own that the compiler
 * starts.
 */
package dev.tilewright.runtime.tune;
