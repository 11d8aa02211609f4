package dev.tilewright.pim.device;

/** A device file says something it cannot; the message begins with line and column. */
public final class DeviceFileException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  DeviceFileException(int line, int column, String message) {
    super("line %d, column %d: %s".formatted(line, column, message));
  }
}
