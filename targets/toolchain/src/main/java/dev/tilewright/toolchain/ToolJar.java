package dev.tilewright.toolchain;

import java.io.File;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the platform jar of {@code org.bytedeco:llvm}. */
final class ToolJar {
  private static final String GROUP = "org.bytedeco";
  private static final String ARTIFACT = "llvm";
  private static final String VERSION = "20.1.7-1.5.12";

  private ToolJar() {}

  /**
   * The jar that a class loader sees, else one on the class path or module path of this JVM.
   *
   * @throws ToolchainMissingException if there is none
   */
  static Path find(ClassLoader loader, HostPlatform host) {
    String resource = folder(host) + host.fileName(Tool.LLD);
    return Stream.of(
            loader, ToolJar.class.getClassLoader(), Thread.currentThread().getContextClassLoader())
        .filter(Objects::nonNull)
        .distinct()
        .map(candidate -> candidate.getResource(resource))
        .filter(Objects::nonNull)
        .findFirst()
        .map(ToolJar::fileOf)
        .or(() -> onPath(host))
        .orElseThrow(() -> missing(host));
  }

  /** The folder inside the jar that has the files for a host, with a slash at its end. */
  static String folder(HostPlatform host) {
    return "org/bytedeco/llvm/" + host.classifier() + "/";
  }

  /** The Maven coordinates of the jar for a host. */
  static String coordinates(HostPlatform host) {
    return String.join(":", GROUP, ARTIFACT, VERSION, host.classifier());
  }

  private static Path fileOf(URL resource) {
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
            + ": put them on the class path as a jar of their own.");
  }

  // A jar on the module path that no module requires is not visible through a class loader.
  private static Optional<Path> onPath(HostPlatform host) {
    Pattern separator = Pattern.compile(Pattern.quote(File.pathSeparator));
    Pattern name = Pattern.compile("llvm-.*-" + Pattern.quote(host.classifier()) + "\\.jar");
    return Stream.of("java.class.path", "jdk.module.path")
        .flatMap(property -> separator.splitAsStream(System.getProperty(property, "")))
        .map(Path::of)
        .filter(path -> name.matcher(String.valueOf(path.getFileName())).matches())
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private static ToolchainMissingException missing(HostPlatform host) {
    return new ToolchainMissingException(
        """
        The LLVM tools for this machine (%s) are not on the class path. Add this dependency beside \
        the annotation processor (processor path or class path):
          <dependency>
            <groupId>%s</groupId>
            <artifactId>%s</artifactId>
            <version>%s</version>
            <classifier>%s</classifier>
          </dependency>
        In Gradle: %s\
        """
            .formatted(
                host.classifier(), GROUP, ARTIFACT, VERSION, host.classifier(), coordinates(host)));
  }
}
