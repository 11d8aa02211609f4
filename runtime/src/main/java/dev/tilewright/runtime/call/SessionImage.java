package dev.tilewright.runtime.call;

import dev.tilewright.runtime.SessionException;
import dev.tilewright.runtime.SessionException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UTFDataFormatException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * What a session remembers, as bytes: a title, whose it is, how many rows there are and the first
 * that states with windows hold, then for each state its name, the bytes of a row and the rows as
 * they lie in memory, little-endian; at the end their CRC-32.
 *
 * @param owner model, target and precision
 * @param length how many rows each state holds that keeps all
 * @param first the first row of states with windows
 */
public record SessionImage(String owner, long length, long first, List<StateRows> states) {
  private static final String TITLE = "tilewright-session 2";
  private static final int CHUNK = 1 << 16;

  /**
   * The rows of a state.
   *
   * @param window whether it may forget rows
   */
  public record StateRows(String name, long rowBytes, boolean window, MemorySegment rows) {
    /** What so many rows take. */
    public long bytes(HeldRows held) {
      return held.of(window) * rowBytes;
    }
  }

  public SessionImage {
    states = List.copyOf(states);
  }

  /** Writes all of it. */
  public void write(OutputStream out) throws IOException {
    CheckedOutputStream checked = new CheckedOutputStream(out, new CRC32());
    DataOutputStream data = new DataOutputStream(checked);
    data.writeUTF(TITLE);
    data.writeUTF(owner);
    data.writeLong(length);
    data.writeLong(first);
    data.writeInt(states.size());
    byte[] chunk = new byte[CHUNK];
    for (StateRows state : states) {
      data.writeUTF(state.name());
      data.writeLong(state.rowBytes());
      long bytes = (state.window() ? length - first : length) * state.rowBytes();
      for (long at = 0; at < bytes; at += CHUNK) {
        int count = (int) Math.min(CHUNK, bytes - at);
        MemorySegment.copy(state.rows(), at, MemorySegment.ofArray(chunk), 0, count);
        data.write(chunk, 0, count);
      }
    }
    data.writeLong(checked.getChecksum().getValue());
    data.flush();
  }

  /**
   * Reads what {@link #write} wrote of a session like this one.
   *
   * @param like the same owner, and states with the same names and rows
   * @param limits what there is room for
   * @throws SessionException if it is not, or is damaged
   */
  public static SessionImage read(InputStream in, SessionImage like, SessionLimits limits)
      throws IOException {
    CheckedInputStream checked = new CheckedInputStream(in, new CRC32());
    DataInputStream data = new DataInputStream(checked);
    try {
      demand(data.readUTF().equals(TITLE), "these are not the bytes of a session");
      String owner = data.readUTF();
      demand(
          owner.equals(like.owner()),
          "it was saved by a session of " + owner + ", and this is one of " + like.owner());
      long length = data.readLong();
      long first = data.readLong();
      demand(
          limits.admits(first, length),
          "it holds the rows %d to %d, and here is room for %d, and for %d behind a window of %d"
              .formatted(first, length, limits.capacity(), limits.recent(), limits.window()));
      demand(data.readInt() == like.states().size(), "it has other states");
      List<StateRows> states = new ArrayList<>();
      for (StateRows state : like.states()) {
        demand(
            data.readUTF().equals(state.name()) && data.readLong() == state.rowBytes(),
            "it has other states");
        states.add(
            new StateRows(
                state.name(),
                state.rowBytes(),
                state.window(),
                rows(data, (state.window() ? length - first : length) * state.rowBytes())));
      }
      long sum = checked.getChecksum().getValue();
      demand(data.readLong() == sum, "its bytes were changed since");
      return new SessionImage(owner, length, first, states);
    } catch (EOFException | UTFDataFormatException e) {
      throw new SessionException(
          Reason.FOREIGN, "the session cannot be restored: its bytes are cut short");
    }
  }

  /** Grows with what comes, as the length may be a lie. */
  private static MemorySegment rows(DataInputStream data, long bytes) throws IOException {
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    byte[] chunk = new byte[CHUNK];
    for (long at = 0; at < bytes; at += CHUNK) {
      int count = (int) Math.min(CHUNK, bytes - at);
      data.readFully(chunk, 0, count);
      rows.write(chunk, 0, count);
    }
    return MemorySegment.ofArray(rows.toByteArray());
  }

  private static void demand(boolean holds, String fault) {
    if (!holds) {
      throw new SessionException(Reason.FOREIGN, "the session cannot be restored: " + fault);
    }
  }
}
