package dev.tilewright.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where the time of an entry's calls went, as a run with profiling on measured it. The trace page
 * shows it beside what the cost model expects.
 *
 * <p>As text, a line each, fields separated by tabs:
 *
 * <pre>
 * tilewright-profile 1
 * entry   com.example.MiniLm   avx512   embed
 * size    S   128
 * calls   workers   calls
 * kernel  embed_r0_norm   runs a call   nanoseconds a call
 * </pre>
 *
 * @param model the declaring interface's qualified name
 * @param target what the library was compiled for
 * @param entry the Java method
 * @param sizes the symbolic extents, the same in all calls
 * @param workers how many ran each call
 * @param calls over how many the times are means
 * @param kernels in the order of their first run
 */
public record Profile(
    String model,
    String target,
    String entry,
    Map<String, Long> sizes,
    int workers,
    long calls,
    List<KernelTime> kernels) {
  private static final String HEADER = "tilewright-profile 1";

  public Profile {
    sizes = Map.copyOf(sizes);
    kernels = List.copyOf(kernels);
  }

  /**
   * @param kernel its name
   * @param runs how often it runs in one call
   * @param nanos how long all its runs in one call take, the meeting of the workers included
   */
  public record KernelTime(String kernel, long runs, double nanos) {}

  /** The times of a kernel, if the entry runs it. */
  public Optional<KernelTime> kernel(String name) {
    return kernels.stream().filter(time -> time.kernel().equals(name)).findFirst();
  }

  /** The text form. */
  public String text() {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    line(text, "entry", model, target, entry);
    new TreeMap<>(sizes).forEach((name, value) -> line(text, "size", name, value));
    line(text, "calls", workers, calls);
    for (KernelTime time : kernels) {
      line(
          text,
          "kernel",
          time.kernel(),
          time.runs(),
          String.format(Locale.ROOT, "%.1f", time.nanos()));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, Object... fields) {
    for (int i = 0; i < fields.length; i++) {
      text.append(i == 0 ? "" : "\t").append(fields[i]);
    }
    text.append('\n');
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException if it is none; names the line
   */
  public static Profile parse(String text) {
    List<String> lines = text.lines().toList();
    if (lines.isEmpty() || !lines.getFirst().equals(HEADER)) {
      throw new IllegalArgumentException("a profile starts with the line '" + HEADER + "'");
    }
    String[] entry = {"", "", ""};
    Map<String, Long> sizes = new TreeMap<>();
    int workers = 1;
    long calls = 0;
    List<KernelTime> kernels = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      String[] fields = lines.get(i).split("\t", -1);
      try {
        switch (fields[0]) {
          case "entry" -> System.arraycopy(fields, 1, entry, 0, entry.length);
          case "size" -> sizes.put(fields[1], Long.parseLong(fields[2]));
          case "calls" -> {
            workers = Integer.parseInt(fields[1]);
            calls = Long.parseLong(fields[2]);
          }
          case "kernel" ->
              kernels.add(
                  new KernelTime(
                      fields[1], Long.parseLong(fields[2]), Double.parseDouble(fields[3])));
          default -> throw new IllegalArgumentException("unknown: " + fields[0]);
        }
      } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
        throw new IllegalArgumentException(
            "line " + (i + 1) + " of the profile cannot be read: " + lines.get(i), e);
      }
    }
    return new Profile(entry[0], entry[1], entry[2], sizes, workers, calls, kernels);
  }
}
