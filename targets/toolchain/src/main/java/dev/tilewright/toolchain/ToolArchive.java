package dev.tilewright.toolchain;

import java.io.File;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/**
 * The platform jar of {@code org.bytedeco:llvm}.
 *
 * @param jar the file
 * @param host whose tools it has
 * @param files the sizes and CRCs of the files that some {@link ToolGroup} needs, named from the
 *     platform folder
 */
record ToolArchive(Path jar, HostPlatform host, SortedMap<String, Content> files) {
  private static final String GROUP = "org.bytedeco";
  private static final String ARTIFACT = "llvm";
  private static final String VERSION = "20.1.7-1.5.12";
  private static final String COORDINATES = GROUP + ":" + ARTIFACT + ":" + VERSION;

  private static final String FOLDER = "org/bytedeco/llvm/";

  record Content(long size, long crc) {}

  /**
   * The archive that a class loader sees, else one on the class path or module path of this JVM.
   *
   * @throws ToolchainMissingException if there is none
   */
  static ToolArchive find(ClassLoader loader, HostPlatform host) {
    String resource = FOLDER + host.classifier() + "/" + host.fileName(Tool.LLD);
    Path jar =
        Stream.of(
                loader,
                ToolArchive.class.getClassLoader(),
                Thread.currentThread().getContextClassLoader())
            .filter(Objects::nonNull)
            .distinct()
            .map(candidate -> candidate.getResource(resource))
            .filter(Objects::nonNull)
            .findFirst()
            .map(ToolArchive::jarOf)
            .or(() -> onPath(host))
            .orElseThrow(() -> missing(host));
    return read(jar, host);
  }

  /** Reads the table of contents of a jar; nothing is inflated. */
  static ToolArchive read(Path jar, HostPlatform host) {
    String folder = FOLDER + host.classifier() + "/";
    SortedMap<String, Content> files = new TreeMap<>();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      zip.stream()
          .filter(entry -> entry.getName().startsWith(folder) && !entry.isDirectory())
          .forEach(
              entry -> {
                String file = entry.getName().substring(folder.length());
                if (Arrays.stream(ToolGroup.values())
                    .anyMatch(group -> belongs(file, group, host))) {
                  files.put(file, new Content(entry.getSize(), entry.getCrc()));
                }
              });
    } catch (IOException e) {
      throw new ToolchainException(
          "The LLVM tools cannot be read from "
              + jar
              + ": delete it, so that Maven fetches it"
              + " again ("
              + e.getMessage()
              + ").",
          e);
    }
    return new ToolArchive(jar, host, files);
  }

  /** Names this content: the same for the same tools, wherever the jar lies. */
  String key() {
    Digest digest = new Digest();
    files.forEach(
        (name, content) -> digest.add(List.of(name, content.size() + ":" + content.crc())));
    return digest.hex().substring(0, 20);
  }

  /**
   * The files of a group.
   *
   * @throws ToolchainException if the jar lacks one of the group's tools
   */
  SortedMap<String, Content> filesOf(ToolGroup group) {
    for (Tool tool : Tool.values()) {
      if (tool.group() == group && !files.containsKey(host.fileName(tool))) {
        throw new ToolchainException(
            "Expected "
                + host.fileName(tool)
                + " in "
                + jar
                + ", which has only "
                + files.keySet()
                + ": use "
                + COORDINATES
                + ":"
                + host.classifier()
                + ".");
      }
    }
    SortedMap<String, Content> chosen = new TreeMap<>(files);
    chosen.keySet().removeIf(file -> !belongs(file, group, host));
    return chosen;
  }

  String entryName(String file) {
    return FOLDER + host.classifier() + "/" + file;
  }

  private static boolean belongs(String file, ToolGroup group, HostPlatform host) {
    return group.isCompanion(file)
        || Arrays.stream(Tool.values())
            .anyMatch(tool -> tool.group() == group && host.fileName(tool).equals(file));
  }

  private static Path jarOf(URL resource) {
    try {
      if (resource.openConnection() instanceof JarURLConnection connection) {
        URI file = connection.getJarFileURL().toURI();
        if (Objects.equals(file.getScheme(), "file")) {
          return Path.of(file);
        }
      }
    } catch (IOException | URISyntaxException e) {
      throw new ToolchainException(
          "The LLVM tools at " + resource + " cannot be opened: " + e.getMessage(), e);
    }
    throw new ToolchainException(
        "Expected the LLVM tools in a jar file on disk, found them at "
            + resource
            + ": put "
            + COORDINATES
            + " on the class path as a jar of its own.");
  }

  // A jar on the module path that no module requires is not visible through a class loader.
  private static Optional<Path> onPath(HostPlatform host) {
    Pattern separator = Pattern.compile(Pattern.quote(File.pathSeparator));
    Pattern name = Pattern.compile("llvm-.*-" + Pattern.quote(host.classifier()) + "\\.jar");
    return Stream.of("java.class.path", "jdk.module.path")
        .flatMap(property -> separator.splitAsStream(System.getProperty(property, "")))
        .filter(path -> !path.isBlank())
        .map(Path::of)
        .filter(
            path ->
                path.getFileName() != null && name.matcher(path.getFileName().toString()).matches())
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private static ToolchainMissingException missing(HostPlatform host) {
    return new ToolchainMissingException(
        """
        The LLVM tools for this machine (%s) are not on the class path. Add this dependency beside the annotation \
        processor (processor path or class path):
          <dependency>
            <groupId>%s</groupId>
            <artifactId>%s</artifactId>
            <version>%s</version>
            <classifier>%s</classifier>
          </dependency>
        In Gradle: %s:%s\
        """
            .formatted(
                host.classifier(),
                GROUP,
                ARTIFACT,
                VERSION,
                host.classifier(),
                COORDINATES,
                host.classifier()));
  }
}
