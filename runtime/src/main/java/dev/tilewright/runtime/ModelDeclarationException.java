package dev.tilewright.runtime;

/**
 * An interface is no model, or declares something that has no meaning. The annotation processor
 * refuses the same at compile time, with the place; eager execution meets it when the method is
 * called.
 */
public final class ModelDeclarationException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  public ModelDeclarationException(String message) {
    super(message);
  }

  public ModelDeclarationException(String message, Throwable cause) {
    super(message, cause);
  }
}
