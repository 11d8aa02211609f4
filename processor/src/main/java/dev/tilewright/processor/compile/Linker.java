package dev.tilewright.processor.compile;

import dev.tilewright.codegen.KernelModule;
import dev.tilewright.codegen.Platform;
import java.util.List;
import java.util.SequencedMap;

/** Makes a library of kernels. */
@FunctionalInterface
public interface Linker {
  /**
   * The bytes of the library, which depend on nothing but the arguments. Several threads may call.
   *
   * @param name for messages
   * @throws LinkException if it cannot be built
   */
  byte[] link(String name, Platform platform, KernelModule kernels);

  /**
   * The bytes of code of each function in the library that {@link #link} makes, by symbol.
   *
   * @throws LinkException if it cannot be built
   */
  default SequencedMap<String, Long> functionSizes(Platform platform, KernelModule kernels) {
    throw new LinkException("there are no tools that tell sizes", null);
  }

  /**
   * The bytes of a static library.
   *
   * @param kernels with symbols of their own each
   * @param glue C for the platform's plainest processor, which calls {@code NAME_cpu}, the probe
   * @throws LinkException if it cannot be built
   */
  default byte[] archive(String name, Platform platform, List<KernelModule> kernels, String glue) {
    throw new LinkException("there are no tools for static libraries", null);
  }

  /** Kernels could not be built; the message has the tools' own words. */
  final class LinkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LinkException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
