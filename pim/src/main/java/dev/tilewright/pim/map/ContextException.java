package dev.tilewright.pim.map;

/** A position for which a cache reserved no room. */
public final class ContextException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  ContextException(String name, int position, int context) {
    super(
        "cache '%s' has no position %d: it reserves 0 to %d; map it with a longer context"
            .formatted(name, position, context - 1));
  }
}
