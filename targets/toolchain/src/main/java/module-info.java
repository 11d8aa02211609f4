/** Runs the LLVM tools of the Maven artifact {@code org.bytedeco:llvm} as separate processes. */
module dev.tilewright.toolchain {
  exports dev.tilewright.toolchain;
}
