package dev.tilewright.runtime.call;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** What one session of a model remembers, wherever it lies. Safe for use by several threads. */
public interface SessionMemory extends AutoCloseable {
  /** How many rows it holds. */
  long length();

  /** How many rows it can hold. */
  int capacity();

  /** How many rows the next call may bring. */
  long room();

  /** The shortest length, but for 0, that it can be cut to. */
  long earliest();

  /** The bytes that its rows can take. */
  long bytes();

  /** Forgets the rows from a length on, at most {@link #length}. */
  void truncate(long length);

  /** Another session that remembers the same. */
  SessionMemory fork();

  /** Writes all that it remembers. */
  void save(OutputStream out) throws IOException;

  /** Replaces what it remembers by what {@link #save} wrote. */
  void restore(InputStream in) throws IOException;

  @Override
  void close();
}
