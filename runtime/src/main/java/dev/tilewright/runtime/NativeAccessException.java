package dev.tilewright.runtime;

/** The JVM forbids native code: it was started without {@code --enable-native-access}. */
public final class NativeAccessException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  public NativeAccessException(String message) {
    super(message);
  }

  public NativeAccessException(String message, Throwable cause) {
    super(message, cause);
  }
}
