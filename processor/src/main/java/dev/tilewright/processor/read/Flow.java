package dev.tilewright.processor.read;

/** How a statement ends. */
sealed interface Flow {
  /** The next statement follows. */
  record Next() implements Flow {}

  /** Out of the loop or switch with the label, or out of the innermost if it is null. */
  record Break(String label) implements Flow {}

  /** To the next round of the loop with the label, or of the innermost if it is null. */
  record Continue(String label) implements Flow {}

  /** Out of the method. */
  record Return(Object value) implements Flow {}

  /** Out of the switch expression. */
  record Yield(Object value) implements Flow {}

  Flow NEXT = new Next();

  /** Whether control leaves the loop of that label. */
  default boolean leaves(String label) {
    return switch (this) {
      case Next _ -> false;
      case Continue(String to) -> to != null && !to.equals(label);
      case Break _, Return _, Yield _ -> true;
    };
  }

  /** What control does when it has left the loop of that label. */
  default Flow after(String label) {
    return this instanceof Break(String to) && (to == null || to.equals(label)) ? NEXT : this;
  }
}
