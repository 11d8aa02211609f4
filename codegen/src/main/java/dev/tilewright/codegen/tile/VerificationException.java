package dev.tilewright.codegen.tile;

/**
 * A tile program breaks a rule of the tile IR: a defect of the pass that made it. The message names
 * place and rule.
 */
public final class VerificationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public VerificationException(String message) {
    super(message);
  }
}
