package dev.tilewright.toolchain;

/** The programs that are taken out of the LLVM artifact. */
public enum Tool {
  /** LLVM text to bitcode. */
  LLVM_AS("llvm-as", ToolGroup.LINK),
  /** The linker, which also optimises and generates code for bitcode. */
  LLD("lld", ToolGroup.LINK),
  /** The C compiler. */
  CLANG("clang", ToolGroup.COMPILE_C),
  /** Puts object files into a static library. */
  LLVM_AR("llvm-ar", ToolGroup.COMPILE_C),
  /** Lists symbols. */
  LLVM_NM("llvm-nm", ToolGroup.INSPECT),
  /** Disassembles. */
  LLVM_OBJDUMP("llvm-objdump", ToolGroup.INSPECT),
  /** Shows headers, sections and dynamic symbols. */
  LLVM_READOBJ("llvm-readobj", ToolGroup.INSPECT),
  /** Predicts the throughput of assembly text. */
  LLVM_MCA("llvm-mca", ToolGroup.INSPECT);

  private final String program;
  private final ToolGroup group;

  Tool(String program, ToolGroup group) {
    this.program = program;
    this.group = group;
  }

  /** The name of the program, without a suffix. */
  public String program() {
    return program;
  }

  ToolGroup group() {
    return group;
  }
}
