package dev.tilewright.toolchain;

import java.io.Serial;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A tool ended with an error, or did not end in time. Its inputs are kept, so that the command can
 * be repeated.
 */
public final class ToolFailedException extends ToolchainException {
  @Serial private static final long serialVersionUID = 1L;

  private static final int LINES_SHOWN = 20;
  private static final Pattern UNDEFINED = Pattern.compile("undefined symbol: (\\S+)");
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=+,@%-]+");

  private final Tool tool;
  private final String[] command;
  private final int exitCode;
  private final String log;
  private final transient Path directory;

  ToolFailedException(
      Tool tool, List<String> command, int exitCode, String what, String log, Path directory) {
    super(message(tool, command, what, log, directory));
    this.tool = tool;
    this.command = command.toArray(String[]::new);
    this.exitCode = exitCode;
    this.log = log;
    this.directory = directory;
  }

  /** The tool that failed. */
  public Tool tool() {
    return tool;
  }

  /** The program with its arguments, as they were run in {@link #directory}. */
  public List<String> command() {
    return List.of(command);
  }

  /** The exit code, or -1 if the tool was stopped. */
  public int exitCode() {
    return exitCode;
  }

  /** Everything the tool wrote to its error stream, up to a bound. */
  public String log() {
    return log;
  }

  /** The folder that has the inputs; the oldest such folders are deleted as new ones come. */
  public Path directory() {
    return directory;
  }

  private static String message(
      Tool tool, List<String> command, String what, String log, Path directory) {
    StringBuilder text = new StringBuilder(tool.program()).append(' ').append(what).append('\n');
    log.lines()
        .distinct()
        .limit(LINES_SHOWN)
        .forEach(line -> text.append("  ").append(line).append('\n'));
    long hidden = log.lines().distinct().count() - LINES_SHOWN;
    if (hidden > 0) {
      text.append("  ... (").append(hidden).append(" more lines)\n");
    }
    String undefined =
        UNDEFINED
            .matcher(log)
            .results()
            .map(found -> found.group(1))
            .distinct()
            .collect(Collectors.joining(", "));
    if (!undefined.isEmpty()) {
      text.append("Libraries stand alone, without a C library or a maths library: define ")
          .append(undefined)
          .append(" in a source, or do without it.\n");
    }
    String line =
        command.stream()
            .map(
                part ->
                    PLAIN.matcher(part).matches() ? part : "'" + part.replace("'", "'\\''") + "'")
            .collect(Collectors.joining(" "));
    return text.append("The inputs are kept in ")
        .append(directory)
        .append("; there, run:\n  ")
        .append(line)
        .toString();
  }
}
