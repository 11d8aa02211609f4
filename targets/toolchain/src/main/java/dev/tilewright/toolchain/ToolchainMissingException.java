package dev.tilewright.toolchain;

import java.io.Serial;

/**
 * The jar with the LLVM tools for this host is not on the class path; the message names the
 * coordinates to add.
 */
public final class ToolchainMissingException extends ToolchainException {
  @Serial private static final long serialVersionUID = 1L;

  ToolchainMissingException(String message) {
    super(message);
  }
}
