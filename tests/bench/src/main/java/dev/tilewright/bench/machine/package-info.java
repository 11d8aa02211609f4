/** The machine's own limits, measured by kernels of this project's toolchain. */
package dev.tilewright.bench.machine;
