import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Downloads a Maven distribution, checks its SHA-256 and unpacks it: {@code FetchMaven URL SHA256
 * HOME}. It is run from source by {@code mvnw}, so it is plain Java 17.
 */
class FetchMaven {
  private static final String CENTRAL = "https://repo.maven.apache.org/maven2";

  public static void main(String[] args) throws Exception {
    String mirror = System.getenv().getOrDefault("MVNW_REPOURL", CENTRAL);
    URI url = URI.create(args[0].replace(CENTRAL, mirror));
    Path home = Path.of(args[2]);
    Files.createDirectories(home.getParent());
    String own = "fetch-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    Path work = Files.createDirectory(home.resolveSibling(own));
    try {
      Path zip = work.resolve("maven.zip");
      String sha256 = download(url, zip);
      if (!sha256.equals(args[1])) {
        throw new IOException(url + " has SHA-256 " + sha256 + ", not " + args[1]);
      }
      install(unpack(zip, work), home);
    } catch (IOException e) {
      System.err.println("mvnw: Maven could not be fetched: " + e);
      System.exit(1);
    } finally {
      delete(work);
    }
  }

  /** Returns the SHA-256 of what was downloaded, in hex. */
  private static String download(URI url, Path to) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (InputStream in = new DigestInputStream(url.toURL().openStream(), digest)) {
      Files.copy(in, to);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Returns the one folder at the top of the archive. */
  private static Path unpack(Path zip, Path into) throws IOException {
    Path top = null;
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
      for (ZipEntry entry; (entry = in.getNextEntry()) != null; ) {
        Path file = into.resolve(entry.getName()).normalize();
        if (!file.startsWith(into)) {
          throw new IOException("entry outside of the archive: " + entry.getName());
        }
        if (top == null) {
          top = into.resolve(into.relativize(file).getName(0));
        }
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.getParent());
          Files.copy(in, file);
          if (file.getParent().endsWith("bin")) {
            file.toFile().setExecutable(true, false);
          }
        }
      }
    }
    if (top == null) {
      throw new IOException("the archive is empty");
    }
    return top;
  }

  /** Moves the finished folder into place; another process may have been first. */
  private static void install(Path unpacked, Path home) throws IOException {
    try {
      Files.move(unpacked, home);
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      if (!Files.isExecutable(home.resolve("bin").resolve("mvn"))) {
        throw e;
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(file);
      }
    }
  }
}
