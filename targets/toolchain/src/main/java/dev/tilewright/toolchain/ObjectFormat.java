package dev.tilewright.toolchain;

/** The container of native code that an operating system loads. */
public enum ObjectFormat {
  /** Linux and the BSDs: {@code .so}. */
  ELF(".so"),
  /** macOS: {@code .dylib}. */
  MACHO(".dylib"),
  /** Windows: {@code .dll}. */
  PE(".dll");

  private final String librarySuffix;

  ObjectFormat(String librarySuffix) {
    this.librarySuffix = librarySuffix;
  }

  /** The file name suffix of a shared library, with its dot. */
  public String librarySuffix() {
    return librarySuffix;
  }

  /** The format that the operating system part of an LLVM target triple implies. */
  public static ObjectFormat ofTriple(String triple) {
    if (triple.contains("-apple-") || triple.contains("-darwin") || triple.contains("-macos")) {
      return MACHO;
    }
    return triple.contains("-windows") ? PE : ELF;
  }
}
