/** Tuning with real kernels, in a real process. */
package dev.tilewright.tests.tune;
