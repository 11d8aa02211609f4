package dev.tilewright.toolchain;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipFile;

/**
 * The extracted tools of one {@link ToolArchive}: programs and their libraries in {@code bin}, the
 * C compiler's headers in {@code lib}, one marker per complete group that lists its files and
 * sizes.
 *
 * <p>Each file is written beside its place and moved into it; the marker comes last. So whoever
 * sees a marker sees whole files, and a killed extraction is simply done again.
 */
final class ToolInstallation {
  private final ToolArchive archive;
  private final Path directory;
  private final ToolchainListener listener;
  private final Set<ToolGroup> ready = EnumSet.noneOf(ToolGroup.class);

  ToolInstallation(ToolArchive archive, Path cache, ToolchainListener listener) {
    this.archive = archive;
    this.directory = cache.resolve("llvm").resolve(archive.key());
    this.listener = listener;
  }

  /** Identifies the tools in keys of results. */
  String key() {
    return archive.key();
  }

  /** The folder of the programs and the shared libraries they load. */
  Path binaries() {
    return directory.resolve("bin");
  }

  /** The program of a tool, extracted now if need be. */
  Path program(Tool tool) {
    synchronized (ready) {
      require(ToolGroup.LINK);
      require(tool.group());
    }
    return binaries().resolve(archive.host().fileName(tool));
  }

  private void require(ToolGroup group) {
    if (ready.contains(group)) {
      return;
    }
    try {
      if (!Manifest.holds(marker(group))) {
        try (InterProcessLock _ =
            InterProcessLock.acquire(directory.resolveSibling(archive.key() + ".lock"))) {
          if (!Manifest.holds(marker(group))) {
            extract(group);
          }
        }
      }
    } catch (IOException e) {
      throw new ToolchainException(
          "The "
              + group.description()
              + " cannot be extracted from "
              + archive.jar()
              + " to "
              + directory
              + ": "
              + e
              + ". "
              + CacheLocation.ADVICE,
          e);
    }
    ready.add(group);
  }

  private Path marker(ToolGroup group) {
    return directory.resolve(group.name().toLowerCase(Locale.ROOT) + ".complete");
  }

  private void extract(ToolGroup group) throws IOException {
    SortedMap<String, ToolArchive.Content> files = archive.filesOf(group);
    long bytes = files.values().stream().mapToLong(ToolArchive.Content::size).sum();
    listener.extracting(group.description(), bytes, directory);
    long start = System.nanoTime();
    Files.deleteIfExists(marker(group));
    SortedMap<String, Long> placed = new TreeMap<>();
    try (ZipFile zip = new ZipFile(archive.jar().toFile())) {
      for (Map.Entry<String, ToolArchive.Content> file : files.entrySet()) {
        String place = placeOf(file.getKey(), group, zip);
        extract(zip, file.getKey(), file.getValue(), directory.resolve(place));
        placed.put(place, file.getValue().size());
      }
    }
    Manifest.write(marker(group), placed);
    listener.extracted(group.description(), Duration.ofNanos(System.nanoTime() - start));
  }

  private void extract(ZipFile zip, String file, ToolArchive.Content content, Path place)
      throws IOException {
    Files.createDirectories(place.getParent());
    Path part = place.resolveSibling(place.getFileName() + ".part");
    CRC32 crc = new CRC32();
    try (InputStream in =
            new CheckedInputStream(zip.getInputStream(zip.getEntry(archive.entryName(file))), crc);
        OutputStream out = Files.newOutputStream(part)) {
      in.transferTo(out);
    }
    if (crc.getValue() != content.crc()) {
      throw new IOException(
          file + " is damaged in the jar: delete the jar, so that Maven fetches it again");
    }
    if (!file.contains("/")) {
      part.toFile().setExecutable(true);
    }
    Files.move(part, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private String placeOf(String file, ToolGroup group, ZipFile zip) throws IOException {
    if (file.contains("/")) {
      return file;
    }
    return "bin/"
        + (group.libraries().contains(file) ? nameThatProgramsLoad(file, group, zip) : file);
  }

  /**
   * The artifact has {@code libLLVM.so}, while its programs ask the loader for {@code
   * libLLVM.so.20.1}; the name asked for is read out of the first program of the group. Mach-O
   * programs ask for the plain name.
   */
  private String nameThatProgramsLoad(String library, ToolGroup group, ZipFile zip)
      throws IOException {
    Tool program = group.tools().getFirst();
    String entry = archive.entryName(archive.host().fileName(program));
    try (InputStream in = zip.getInputStream(zip.getEntry(entry))) {
      String content = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      Matcher wanted =
          Pattern.compile(Pattern.quote(library) + "(\\.[0-9]+)*(?=\0)").matcher(content);
      return wanted.find() ? wanted.group() : library;
    }
  }
}
