package dev.tilewright.codegen;

import dev.tilewright.codegen.graph.Origin;

/** A target cannot compile a program; the message says what to write instead. */
public final class UnsupportedProgramException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Origin origin;

  public UnsupportedProgramException(String message, Origin origin) {
    super(message);
    this.origin = origin;
  }

  /** The expression that cannot be compiled. */
  public Origin origin() {
    return origin;
  }
}
