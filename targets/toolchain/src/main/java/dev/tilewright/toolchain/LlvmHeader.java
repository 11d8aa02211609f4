package dev.tilewright.toolchain;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The two lines of an LLVM module that say what it is for. */
final class LlvmHeader {
  private static final Pattern TRIPLE = Pattern.compile("(?m)^target triple = \"([^\"]*)\"");
  private static final Pattern LAYOUT = Pattern.compile("(?m)^target datalayout = ");

  private LlvmHeader() {}

  /**
   * The text with the lines it lacks.
   *
   * @throws IllegalArgumentException if the text is for another machine, or lacks the data layout
   *     of a machine for which it is not known here
   */
  static String complete(Source.LlvmText source, TargetMachine machine) {
    Matcher triple = TRIPLE.matcher(source.text());
    boolean hasTriple = triple.find();
    if (hasTriple && !triple.group(1).equals(machine.triple())) {
      throw new IllegalArgumentException(
          "Expected LLVM text for "
              + machine.triple()
              + ", got '"
              + source.name()
              + "' for "
              + triple.group(1)
              + ": leave its target lines out, or request that machine.");
    }
    StringBuilder header = new StringBuilder();
    if (!LAYOUT.matcher(source.text()).find()) {
      String layout =
          machine
              .dataLayout()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "Expected a line 'target datalayout = ...'"
                              + " in '"
                              + source.name()
                              + "', since the data layout of "
                              + machine.triple()
                              + " is not known here."));
      header.append("target datalayout = \"").append(layout).append("\"\n");
    }
    if (!hasTriple) {
      header.append("target triple = \"").append(machine.triple()).append("\"\n");
    }
    return header + source.text();
  }
}
