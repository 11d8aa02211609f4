package dev.tilewright.bench.process;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * Class paths of jars, as users have them: the JDK's caches refuse folders, which a build has.
 *
 * @param folder where jars of folders are written
 */
record Jars(Path folder) {
  /** The jars that these classes come from. */
  String classPath(Class<?>... classes) throws IOException {
    Set<Path> sources = new LinkedHashSet<>();
    for (Class<?> each : classes) {
      try {
        sources.add(Path.of(each.getProtectionDomain().getCodeSource().getLocation().toURI()));
      } catch (URISyntaxException e) {
        throw new IOException("the place of " + each + " is no file", e);
      }
    }
    List<String> jars = new ArrayList<>();
    for (Path source : sources) {
      jars.add((Files.isDirectory(source) ? pack(source) : source).toString());
    }
    return String.join(File.pathSeparator, jars);
  }

  private Path pack(Path classes) throws IOException {
    Path jar = folder.resolve(Integer.toHexString(classes.toString().hashCode()) + ".jar");
    if (Files.exists(jar)) {
      return jar;
    }
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = classes.relativize(file).toString().replace(File.separatorChar, '/');
        entries.putNextEntry(new ZipEntry(name));
        Files.copy(file, entries);
        entries.closeEntry();
      }
    }
    return jar;
  }
}
