package dev.tilewright.op;

/**
 * Operands do not fit an operator: their shapes, ranks or element types. Thrown by eager execution
 * and turned into a compile error by the annotation processor, in the same words.
 */
public final class TensorTypeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** What kind of misfit it is. */
  public enum Reason {
    SHAPE,
    RANK,
    DTYPE,
    AXIS,
    SPECIFICATION
  }

  private final Reason reason;

  public TensorTypeException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
