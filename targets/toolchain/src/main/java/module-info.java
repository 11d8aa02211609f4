/** The LLVM tools, run as processes. */
module dev.tilewright.toolchain {}
