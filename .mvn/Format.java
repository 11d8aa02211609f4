import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Formats a folder's Java files, or only checks them: {@code Format apply|check FOLDER}. */
class Format {
  public static void main(String[] args) throws Exception {
    boolean apply = args[0].equals("apply");
    Stream<String> options =
        apply ? Stream.of("--replace") : Stream.of("--dry-run", "--set-exit-if-changed");
    String[] arguments =
        Stream.concat(options, sources(Path.of(args[1])).stream()).toArray(String[]::new);
    PrintWriter out = new PrintWriter(System.out, true);
    PrintWriter err = new PrintWriter(System.err, true);
    int status = new Main(out, err, System.in).format(arguments);
    if (status != 0 && !apply) {
      err.println("The files above are not formatted; ./mvnw -q -Pformat formats them.");
    }
    out.flush();
    err.flush();
    System.exit(status);
  }

  private static List<String> sources(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .map(file -> file.normalize().toString())
          .map(name -> name.replace('\\', '/'))
          .filter(name -> name.endsWith(".java"))
          .filter(name -> name.matches("\\.mvn/.*|(.*/)?src/(main|test)/java/.*"))
          .sorted()
          .toList();
    }
  }
}
