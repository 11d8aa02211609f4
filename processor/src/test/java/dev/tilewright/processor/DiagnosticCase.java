package dev.tilewright.processor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A faulty source with the diagnostics it must give, each marked below its line: {@code // ^ SHAPE
 * words of the message}. The caret stands in the column that the compiler must point to.
 *
 * @param name the file's name without {@code .java}
 * @param source the text, whose first line holds the imports
 */
record DiagnosticCase(String name, String source, List<Expected> expected) {
  /** What is said, and where. */
  record Expected(long line, long column, String diagnostic, String words) {}

  private static final String IMPORTS =
      "import dev.tilewright.*; import static dev.tilewright.Operators.*;";
  private static final Pattern MARKER = Pattern.compile("^\\s*//\\s*\\^ ([A-Z_]+)(?: (.*))?$");

  static final List<String> RESOURCES = List.of("declarations", "tensors", "bodies");

  /** All cases. */
  static List<DiagnosticCase> all() {
    List<DiagnosticCase> cases = new ArrayList<>();
    for (String resource : RESOURCES) {
      for (String part : read("/diagnostics/" + resource + ".txt").split("(?m)^=== ", -1)) {
        if (!part.isBlank()) {
          cases.add(parse(part));
        }
      }
    }
    return cases;
  }

  private static DiagnosticCase parse(String part) {
    List<String> lines = part.lines().toList();
    List<Expected> expected = new ArrayList<>();
    StringBuilder source = new StringBuilder(IMPORTS).append('\n');
    int subject = 1;
    for (int i = 1; i < lines.size(); i++) {
      Matcher marker = MARKER.matcher(lines.get(i));
      if (marker.matches()) {
        String words = marker.group(2) == null ? "" : marker.group(2).strip();
        expected.add(new Expected(subject, lines.get(i).indexOf('^') + 1, marker.group(1), words));
      } else {
        subject = i + 1;
      }
      source.append(lines.get(i)).append('\n');
    }
    return new DiagnosticCase(lines.getFirst().strip(), source.toString(), expected);
  }

  private static String read(String resource) {
    try (InputStream in = DiagnosticCase.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
