package dev.tilewright.runtime.weights;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.tilewright.runtime.CorruptWeightsException;
import dev.tilewright.runtime.UnreadableWeightsException;
import dev.tilewright.runtime.UnsupportedWeightsException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The bytes of one file in memory.
 *
 * @param origin what messages call it
 * @param folder where files lie that it refers to; empty if it did not come from a file
 * @param arena owns the bytes and all further memory of the weights
 * @param bytes the whole content
 * @param files all files that were mapped into the arena so far, shared by its sources
 */
record Source(
    String origin, Optional<Path> folder, Arena arena, MemorySegment bytes, List<FileStamp> files) {
  private static final int CHUNK = 1 << 16;
  private static final int ALIGNMENT = 64;

  /** A new arena; the weights that are read into it close it. */
  @SuppressWarnings("MustBeClosedChecker")
  static Arena openArena() {
    return Arena.ofShared();
  }

  /** Maps a file into {@code arena}. */
  static Source map(Path file, Arena arena) {
    return map(file, arena, new CopyOnWriteArrayList<>());
  }

  /**
   * Maps the file at a relative path that this one names into the same arena.
   *
   * @throws UnsupportedWeightsException if it lies outside of this one's folder, or if this source
   *     is not a file
   */
  Source beside(String relative) {
    return map(neighbour(relative), arena, files);
  }

  /** The same; empty if there is no such file, or this source is none. */
  Optional<Source> besideIfThere(String relative) {
    return folder.isPresent() && Files.isRegularFile(neighbour(relative))
        ? Optional.of(beside(relative))
        : Optional.empty();
  }

  private static Source map(Path file, Arena arena, List<FileStamp> files) {
    try {
      // Before anything is read, so that a later change is seen.
      files.add(FileStamp.of(file));
    } catch (IOException e) {
      throw unreadable(file, e);
    }
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      var bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
      return new Source(
          file.toString(), Optional.of(file.toAbsolutePath().getParent()), arena, bytes, files);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static UnreadableWeightsException unreadable(Path file, IOException e) {
    return new UnreadableWeightsException(
        file + (e instanceof NoSuchFileException ? " does not exist" : " cannot be read: " + e), e);
  }

  /**
   * Copies a stream into an arena of its own; {@code expected} is the stream's length, or negative
   * if unknown.
   */
  static Source copy(String origin, InputStream stream, long expected) {
    var arena = openArena();
    try {
      var chunk = new byte[CHUNK];
      var bytes = arena.allocate(expected < 0 ? CHUNK : expected, ALIGNMENT);
      long length = 0;
      for (int n = stream.read(chunk); n >= 0; n = stream.read(chunk)) {
        if (length + n > bytes.byteSize()) {
          var larger = openArena();
          bytes = larger.allocate(2 * bytes.byteSize() + n, ALIGNMENT).copyFrom(bytes);
          arena.close();
          arena = larger;
        }
        MemorySegment.copy(chunk, 0, bytes, JAVA_BYTE, length, n);
        length += n;
      }
      return new Source(
          origin, Optional.empty(), arena, bytes.asSlice(0, length).asReadOnly(), List.of());
    } catch (IOException e) {
      arena.close();
      throw new UnreadableWeightsException(origin + " cannot be read: " + e, e);
    }
  }

  private Path neighbour(String relative) {
    var here =
        folder.orElseThrow(
            () ->
                new UnsupportedWeightsException(
                    "%s refers to the file %s beside it: open it by its path"
                        .formatted(origin, relative)));
    try {
      var path = here.resolve(relative).normalize();
      if (path.startsWith(here.normalize()) && !Path.of(relative).isAbsolute()) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw new UnsupportedWeightsException(
          origin + " refers to " + relative + ", which is no path: " + e.getReason());
    }
    throw new UnsupportedWeightsException(
        origin + " refers to " + relative + ", outside of its folder; put the file beside it");
  }

  /** The first bytes, at most so many. */
  static byte[] head(MemorySegment bytes, int most) {
    byte[] head = new byte[(int) Math.min(most, bytes.byteSize())];
    MemorySegment.copy(bytes, 0, MemorySegment.ofArray(head), 0, head.length);
    return head;
  }

  CorruptWeightsException corrupt(long offset, String problem) {
    return new CorruptWeightsException(origin, offset, problem);
  }
}
