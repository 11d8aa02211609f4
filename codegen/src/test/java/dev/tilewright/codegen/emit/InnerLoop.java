package dev.tilewright.codegen.emit;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A loop without another inside, as assembly.
 *
 * @param instructions from the label to the jump back to it
 */
record InnerLoop(List<String> instructions) {
  private static final Pattern LOOP =
      Pattern.compile("(?s)\\n(\\.L\\w+):((?:(?!\\n\\.L\\w+:).)*?\\n\\s+j\\w+\\s+\\1)(?=\\n)");

  /** All of them in the order of the text. */
  static List<InnerLoop> of(String assembly) {
    List<InnerLoop> loops = new ArrayList<>();
    Matcher matcher = LOOP.matcher(assembly);
    while (matcher.find()) {
      loops.add(
          new InnerLoop(
              matcher.group(2).lines().filter(line -> line.matches("\\s+[a-z].*")).toList()));
    }
    return loops;
  }

  /** How many instructions of the name work on whole vectors. */
  long count(String name) {
    return instructions.stream()
        .filter(line -> line.strip().startsWith(name) && line.contains("zmm"))
        .count();
  }

  /** Vectors that are kept in memory for want of registers. */
  List<String> spills() {
    return instructions.stream()
        .filter(line -> line.contains("%rsp") && line.contains("mm"))
        .toList();
  }

  /** The loop without the jump. */
  String text() {
    return String.join("\n", instructions.subList(0, instructions.size() - 1)) + "\n";
  }
}
