package dev.tilewright.runtime.bind;

import dev.tilewright.runtime.bind.GeneratedClass.Description;
import dev.tilewright.runtime.weights.FileStamp;
import dev.tilewright.schema.ModelSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A folder of images: weights as a model's kernels want them, each in a file of its own. An image
 * is written under another name first, so that nobody sees half of it, and is never changed
 * afterwards, only replaced. What is not as it was written is written anew.
 *
 * @param folder where they are
 * @param key which image is meant, and what it must have been packed for
 */
record WeightCache(Path folder, Key key) {
  /**
   * What an image belongs to.
   *
   * @param name of the file
   * @param description of the model, word for word, and of what else decides on the bytes
   * @param path the weight file's
   */
  record Key(String name, String description, String path) {
    static Key of(Description description, boolean strict, String path) {
      ModelSchema schema = description.schema();
      String text = description.text().content();
      return new Key(
          schema.model()
              + "-"
              + schema.library().target()
              + "-"
              + schema.library().precision().label()
              + "-"
              + Integer.toHexString(path.hashCode())
              + ".packed",
          strict ? text + "strict\n" : text,
          path);
    }
  }

  /**
   * Bytes of an image that have a checksum.
   *
   * @param memory where they lie
   * @param at where in the image
   */
  private record Piece(MemorySegment memory, long at) {
    ByteBuffer buffer() {
      return memory.asByteBuffer();
    }

    int checksum() {
      CRC32C crc = new CRC32C();
      crc.update(buffer());
      return (int) crc.getValue();
    }
  }

  /** The second reading of a piece finds it in the cache of the processor. */
  private static final long PIECE = 1 << 20;

  private static final System.Logger.Level WARNING = System.Logger.Level.WARNING;
  private static final System.Logger.Level INFO = System.Logger.Level.INFO;

  /**
   * The weights of the image, if there is one that is whole and fits.
   *
   * @param files what the weights have been read from so far, as far as is known
   * @param besides what else is to be done meanwhile
   */
  @SuppressWarnings("MustBeClosedChecker") // whoever gets the block closes it
  Optional<WeightBlock> find(List<FileStamp> files, Runnable besides) {
    Path image = folder.resolve(key.name());
    Arena arena = Arena.ofShared();
    boolean found = false;
    try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ)) {
      ImageHeader.Placed head = ImageHeader.read(file);
      check(head, files, file.size());
      WeightBlock block = read(file, head, arena, besides);
      found = true;
      return Optional.of(block);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | UncheckedIOException e) {
      log(INFO, "the weights in " + image + " are packed anew: " + e.getMessage());
      return Optional.empty();
    } finally {
      if (!found) {
        arena.close();
      }
    }
  }

  private void check(ImageHeader.Placed head, List<FileStamp> files, long size) throws IOException {
    ImageHeader header = head.header();
    if (!header.description().equals(key.description())) {
      throw new IOException("the model was compiled anew");
    }
    List<FileStamp> packed = header.files();
    boolean same = !packed.isEmpty() && packed.getFirst().path().equals(key.path());
    for (FileStamp file : packed) {
      same = same && file.isCurrent();
    }
    if (!same || !packed.containsAll(files)) {
      throw new IOException("the weight files have changed");
    }
    WeightPlan plan = header.plan();
    if (size != head.end() + plan.bytes()
        || header.checksums().length != Math.ceilDiv(plan.bytes(), PIECE)) {
      throw new IOException("it has " + size + " bytes");
    }
  }

  /**
   * All is read, and nothing mapped: what is mapped lies on small pages, and takes the process
   * along if somebody cuts the file short.
   */
  private WeightBlock read(
      FileChannel file, ImageHeader.Placed head, Arena arena, Runnable besides) {
    WeightPlan plan = head.header().plan();
    MemorySegment memory =
        Libc.allocate(Math.max(WeightPlan.LINE, plan.bytes()), arena).asSlice(0, plan.bytes());
    List<Piece> pieces = pieces(memory);
    List<Runnable> jobs = new ArrayList<>();
    jobs.add(besides);
    for (int i = 0; i < pieces.size(); i++) {
      Piece piece = pieces.get(i);
      int checksum = head.header().checksums()[i];
      jobs.add(
          () -> {
            try {
              ImageHeader.fill(file, piece.buffer(), head.end() + piece.at());
              if (piece.checksum() != checksum) {
                throw new IOException("it is damaged in the megabyte at " + piece.at());
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e.getMessage(), e);
            }
          });
    }
    Crew.run(jobs, true);
    return WeightBlock.at(plan, memory, Optional.of(folder.resolve(key.name())), arena);
  }

  /**
   * Writes an image of weights; says so if that fails, for which a full disk or a folder without
   * rights is reason enough.
   *
   * @param files what they were read from
   */
  void store(WeightBlock block, List<FileStamp> files) {
    for (FileStamp file : files) {
      if (!file.isCurrent()) {
        log(INFO, "weights are not kept in " + folder + ": " + file.path() + " has just changed");
        return;
      }
    }
    try {
      Files.createDirectories(folder);
      Path partial =
          folder.resolve(
              "%s-%d-%d.partial"
                  .formatted(key.name(), ProcessHandle.current().pid(), System.nanoTime()));
      try {
        write(partial, block, files);
        Files.move(
            partial,
            folder.resolve(key.name()),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(partial);
      }
    } catch (IOException e) {
      log(
          WARNING,
          "weights are not kept in " + folder + ", so the next start packs them again: " + e);
    }
  }

  private void write(Path partial, WeightBlock block, List<FileStamp> files) throws IOException {
    List<Piece> pieces = pieces(block.memory());
    int[] checksums = new int[pieces.size()];
    List<Runnable> jobs = new ArrayList<>();
    for (int i = 0; i < checksums.length; i++) {
      int number = i;
      jobs.add(() -> checksums[number] = pieces.get(number).checksum());
    }
    Crew.run(jobs, true);
    byte[] header = new ImageHeader(key.description(), files, block.plan(), checksums).encode();
    try (FileChannel file =
        FileChannel.open(partial, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      write(file, ByteBuffer.wrap(header));
      for (Piece piece : pieces) {
        write(file, piece.buffer());
      }
    }
  }

  private static void write(FileChannel file, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  private static List<Piece> pieces(MemorySegment memory) {
    List<Piece> pieces = new ArrayList<>();
    for (long at = 0; at < memory.byteSize(); at += PIECE) {
      long bytes = Math.min(PIECE, memory.byteSize() - at);
      pieces.add(new Piece(memory.asSlice(at, bytes), at));
    }
    return pieces;
  }

  private static void log(System.Logger.Level level, String message) {
    System.getLogger(WeightCache.class.getName()).log(level, message);
  }
}
