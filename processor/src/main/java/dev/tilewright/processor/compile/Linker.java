package dev.tilewright.processor.compile;

import dev.tilewright.codegen.KernelModule;

/** Makes a library of kernels. */
@FunctionalInterface
public interface Linker {
  /**
   * The bytes of the library, which depend on nothing but the arguments. Several threads may call.
   *
   * @param name for messages
   * @throws LinkException if it cannot be built
   */
  byte[] link(String name, KernelModule kernels);

  /** Kernels could not be built; the message has the tools' own words. */
  final class LinkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LinkException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
