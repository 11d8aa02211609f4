package dev.tilewright.runtime;

/**
 * Weights cannot be read, or do not fit the model. The message says what was expected, what came
 * and how to mend it.
 */
public abstract sealed class WeightsException extends TilewrightException
    permits AmbiguousWeightException,
        ClosedWeightsException,
        CorruptWeightsException,
        UnreadableWeightsException,
        UnsupportedWeightsException,
        WeightMismatchException,
        WeightsInUseException {
  private static final long serialVersionUID = 1L;

  WeightsException(String message, Throwable cause) {
    super(message, cause);
  }

  WeightsException(String message) {
    super(message);
  }
}
