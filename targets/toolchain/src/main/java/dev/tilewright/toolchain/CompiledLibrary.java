package dev.tilewright.toolchain;

/** A finished library. */
public final class CompiledLibrary {
  private final byte[] bytes;
  private final String log;
  private final boolean reused;

  CompiledLibrary(byte[] bytes, String log, boolean reused) {
    this.bytes = bytes;
    this.log = log;
    this.reused = reused;
  }

  /**
   * The library file; a fresh copy at each call. The same request and tools give the same bytes on
   * every host.
   */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The size of the library file in bytes. */
  public int size() {
    return bytes.length;
  }

  /** What the tools said (warnings); empty if they had nothing to say. */
  public String log() {
    return log;
  }

  /** Whether the bytes came from the result cache, so that no tool ran. */
  public boolean reused() {
    return reused;
  }
}
