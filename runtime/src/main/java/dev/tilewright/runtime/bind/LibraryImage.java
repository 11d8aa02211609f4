package dev.tilewright.runtime.bind;

import dev.tilewright.runtime.DamagedModelException;
import dev.tilewright.schema.ModelSchema.LibrarySchema;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Function;

/** A library in the process, unloaded when it is closed. */
@SuppressWarnings("restricted")
public final class LibraryImage implements AutoCloseable {
  private static final int NO_FILE = -1;

  private final LibrarySchema library;
  private final Arena arena = Arena.ofShared();
  private final SymbolLookup symbols;
  private final String origin;
  private final int file;
  private final long bytes;

  private LibraryImage(
      LibrarySchema library,
      String origin,
      int file,
      long bytes,
      Function<Arena, SymbolLookup> open) {
    this.library = library;
    this.bytes = bytes;
    this.origin = origin;
    this.file = file;
    try {
      symbols = open.apply(arena);
    } catch (IllegalArgumentException e) {
      close();
      throw new DamagedModelException(
          library.resource() + " is refused by the system's loader: " + e.getMessage(), e);
    }
  }

  /**
   * Does what the first library of a process takes whichever it is; returns soon if it was done.
   */
  static void prepare() {
    Libc.link();
    String _ = sha256(new byte[0]);
  }

  /**
   * Sees to it that library and schema belong together, before anything of it is run.
   *
   * @throws DamagedModelException if the content has another digest than the schema says
   */
  static void check(LibrarySchema library, byte[] content) {
    String digest = sha256(content);
    if (!digest.equals(library.sha256())) {
      throw new DamagedModelException(
          library.resource()
              + " has the SHA-256 "
              + digest
              + ", but its description says "
              + library.sha256()
              + ": the files are of different builds; compile the model again");
    }
  }

  /**
   * Loads a library from memory, or where the system cannot do that from the user's cache folder;
   * says so if it could have been expected to.
   *
   * @param content has passed the {@link #check}
   * @throws DamagedModelException if it is no library
   */
  static LibraryImage load(LibrarySchema library, byte[] content) {
    if (!Libc.hasMemoryFiles()) {
      return fromCache(library, library.sha256(), content);
    }
    int file;
    try {
      file = Libc.memoryFile("tilewright-" + library.target(), content);
    } catch (IOException refused) {
      System.getLogger(LibraryImage.class.getName())
          .log(
              System.Logger.Level.INFO,
              "{0}; loading {1} from {2}",
              refused.getMessage(),
              library.resource(),
              LibraryCache.ofUser().folder());
      return fromCache(library, library.sha256(), content);
    }
    // The loader takes a path that it has open for the library it loaded from there, so the file
    // stays open, too.
    String path = "/proc/self/fd/" + file;
    return new LibraryImage(
        library, "memory", file, content.length, arena -> SymbolLookup.libraryLookup(path, arena));
  }

  static LibraryImage fromCache(LibrarySchema library, String digest, byte[] content) {
    LibraryCache cache = LibraryCache.ofUser();
    try {
      var path = cache.store(digest, content);
      return new LibraryImage(
          library,
          path.toString(),
          NO_FILE,
          content.length,
          arena ->
              Libc.WINDOWS
                  ? new WindowsLibrary(path, arena)
                  : SymbolLookup.libraryLookup(path, arena));
    } catch (IOException e) {
      throw new DamagedModelException(
          library.resource()
              + " could not be stored in "
              + cache.folder()
              + " to load it: "
              + e
              + "; name another folder with -D"
              + LibraryCache.PROPERTY,
          e);
    }
  }

  /**
   * The function of that name, valid until the image is closed.
   *
   * @throws DamagedModelException if the library has none
   */
  public MemorySegment function(String name) {
    return symbols
        .find(name)
        .orElseThrow(
            () -> new DamagedModelException(library.resource() + " has no function " + name));
  }

  /** The size of its file. */
  public long bytes() {
    return bytes;
  }

  /** Where it was loaded from, for people. */
  public String origin() {
    return origin;
  }

  @Override
  public void close() {
    arena.close();
    if (file != NO_FILE) {
      Libc.closeFile(file);
    }
  }

  static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
