package dev.tilewright.pim.map;

/** The banks have no room for what is to be mapped. The message says what is needed and left. */
public final class CapacityException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  CapacityException(String message) {
    super(message);
  }
}
