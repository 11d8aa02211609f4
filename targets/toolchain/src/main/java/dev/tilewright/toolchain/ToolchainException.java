package dev.tilewright.toolchain;

import java.io.Serial;

/** The tools could not do their work; the message says why and how to mend it. */
public class ToolchainException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  ToolchainException(String message) {
    super(message);
  }

  ToolchainException(String message, Throwable cause) {
    super(message, cause);
  }
}
