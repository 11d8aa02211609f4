package dev.tilewright.toolchain;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What the platform jar of {@code org.bytedeco:llvm} has.
 *
 * @param jar the file
 * @param host whose tools it has
 * @param binaries the programs and shared libraries of all {@link ToolGroup}s that are present,
 *     named from the platform folder
 */
record ToolArchive(Path jar, HostPlatform host, SortedMap<String, Content> binaries) {
  /** The size of a file in bytes and the CRC-32 of its content. */
  record Content(long size, long crc) {
    private static Content of(ZipEntry entry) {
      return new Content(entry.getSize(), entry.getCrc());
    }
  }

  /** Looks the binaries up in the jar's table of contents; nothing is inflated. */
  static ToolArchive read(Path jar, HostPlatform host) {
    SortedMap<String, Content> binaries = new TreeMap<>();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ToolGroup group : ToolGroup.values()) {
        for (String file : binariesOf(group, host)) {
          ZipEntry entry = zip.getEntry(ToolJar.folder(host) + file);
          if (entry != null) {
            binaries.put(file, Content.of(entry));
          }
        }
      }
    } catch (IOException e) {
      throw unreadable(jar, e);
    }
    return new ToolArchive(jar, host, binaries);
  }

  /** Names this content: the same for the same tools, wherever the jar lies. */
  String key() {
    Digest digest = new Digest();
    binaries.forEach(
        (name, content) -> digest.add(List.of(name, content.size() + ":" + content.crc())));
    return digest.hex().substring(0, 20);
  }

  /** Where a file is in the jar. */
  String entryName(String file) {
    return ToolJar.folder(host) + file;
  }

  /**
   * The files of a group, named from the platform folder.
   *
   * @throws ToolchainException if the jar lacks one of the group's tools or cannot be read
   */
  SortedMap<String, Content> filesOf(ToolGroup group) {
    for (Tool tool : group.tools()) {
      if (!binaries.containsKey(host.fileName(tool))) {
        throw new ToolchainException(
            "Expected %s in %s, which has only %s: use %s."
                .formatted(host.fileName(tool), jar, binaries.keySet(), ToolJar.coordinates(host)));
      }
    }
    SortedMap<String, Content> files = new TreeMap<>(binaries);
    files.keySet().retainAll(binariesOf(group, host));
    group.headers().ifPresent(headers -> files.putAll(matching(headers)));
    return files;
  }

  private SortedMap<String, Content> matching(Pattern names) {
    String folder = ToolJar.folder(host);
    SortedMap<String, Content> files = new TreeMap<>();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      zip.stream()
          .filter(entry -> entry.getName().startsWith(folder))
          .filter(entry -> names.matcher(entry.getName().substring(folder.length())).matches())
          .forEach(
              entry -> files.put(entry.getName().substring(folder.length()), Content.of(entry)));
    } catch (IOException e) {
      throw unreadable(jar, e);
    }
    return files;
  }

  private static List<String> binariesOf(ToolGroup group, HostPlatform host) {
    List<String> programs = group.tools().stream().map(host::fileName).toList();
    return Stream.concat(programs.stream(), group.libraries().stream()).toList();
  }

  private static ToolchainException unreadable(Path jar, IOException e) {
    return new ToolchainException(
        "The LLVM tools cannot be read from %s: delete it, so that Maven fetches it again (%s)."
            .formatted(jar, e.getMessage()),
        e);
  }
}
