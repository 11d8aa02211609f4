package dev.tilewright.toolchain;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Results by the hash of everything they depend on. An entry is {@code SHA-256(body) body} with
 * {@code body = length log result}; one that does not match its hash is deleted and counts as
 * absent. The least recently used go first.
 */
final class ResultCache {
  private record Stored(Path file, long size, FileTime used) {}

  private final Path directory;
  private final long limit;
  private final ToolchainListener listener;
  private final AtomicLong writtenSinceSweep = new AtomicLong();

  /** A cache of at most {@code limit} bytes; 0 switches it off. */
  ResultCache(Path cache, long limit, ToolchainListener listener) {
    this.directory = cache.resolve("results");
    this.limit = limit;
    this.listener = listener;
    // The first entry that is written sweeps what earlier processes left.
    this.writtenSinceSweep.set(limit);
  }

  Optional<CompiledLibrary> get(String key) {
    if (limit == 0) {
      return Optional.empty();
    }
    Path file = file(key);
    try {
      byte[] stored = Files.readAllBytes(file);
      Optional<CompiledLibrary> entry = decode(stored);
      if (entry.isPresent()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        listener.reused(key);
      } else {
        listener.warning("The cached result " + file + " is damaged; it is built again.");
        Files.deleteIfExists(file);
      }
      return entry;
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      listener.warning(
          "The cached result " + file + " cannot be read; it is built again (" + e + ").");
      return Optional.empty();
    }
  }

  void put(String key, CompiledLibrary entry) {
    if (limit == 0) {
      return;
    }
    Path file = file(key);
    try {
      Files.createDirectories(file.getParent());
      Path part = Files.createTempFile(file.getParent(), key, ".part");
      try {
        byte[] stored = encode(entry);
        Files.write(part, stored);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (writtenSinceSweep.addAndGet(stored.length) > limit / 16) {
          writtenSinceSweep.set(0);
          sweep();
        }
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException | UncheckedIOException e) {
      listener.warning(
          "The result cannot be cached in " + directory + ": " + e + ". " + CacheLocation.ADVICE);
    }
  }

  private Path file(String key) {
    return directory.resolve(key.substring(0, 2)).resolve(key);
  }

  private void sweep() throws IOException {
    List<Stored> entries = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory, 2)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        try {
          BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
          if (attributes.isRegularFile()) {
            entries.add(new Stored(file, attributes.size(), attributes.lastModifiedTime()));
          }
        } catch (NoSuchFileException deletedByAnotherProcess) {
          // Then it takes no room.
        }
      }
    }
    entries.sort(Comparator.comparing(Stored::used));
    long total = entries.stream().mapToLong(Stored::size).sum();
    for (Stored oldest : entries) {
      if (total <= limit) {
        break;
      }
      Files.deleteIfExists(oldest.file());
      total -= oldest.size();
    }
  }

  private static byte[] encode(CompiledLibrary entry) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(body);
    byte[] log = entry.log().getBytes(StandardCharsets.UTF_8);
    out.writeInt(log.length);
    out.write(log);
    out.write(entry.bytes());
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    stored.writeBytes(new Digest().add(body.toByteArray()).bytes());
    stored.writeBytes(body.toByteArray());
    return stored.toByteArray();
  }

  private static Optional<CompiledLibrary> decode(byte[] stored) throws IOException {
    if (stored.length < Digest.BYTES + Integer.BYTES) {
      return Optional.empty();
    }
    byte[] body = Arrays.copyOfRange(stored, Digest.BYTES, stored.length);
    if (!Arrays.equals(new Digest().add(body).bytes(), Arrays.copyOf(stored, Digest.BYTES))) {
      return Optional.empty();
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(body));
    String log = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    return Optional.of(new CompiledLibrary(in.readAllBytes(), log, true));
  }
}
