package dev.tilewright.processor.tune;

import dev.tilewright.schema.Profile;
import java.util.List;

/** Runs two libraries in turns and reads the clocks of their kernels. */
@FunctionalInterface
public interface Measurer {
  /**
   * Measures in bursts, those of the two in turns.
   *
   * @param seconds about how long
   * @throws MeasureException if that is not possible
   */
  List<Burst> measure(Variant first, Variant second, List<Case> cases, double seconds);

  /**
   * Some calls in a row.
   *
   * @param of the number of the case
   * @param second whether the second library ran them, not the first
   * @param profile what a call took
   */
  record Burst(int of, boolean second, Profile profile) {}

  /** Why nothing was measured. */
  final class MeasureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean notHere;

    /**
     * @param notHere whether this machine does not run the libraries
     */
    public MeasureException(boolean notHere, String message, Throwable cause) {
      super(message, cause);
      this.notHere = notHere;
    }

    /** Whether this machine does not run the libraries. */
    public boolean isNotHere() {
      return notHere;
    }
  }
}
