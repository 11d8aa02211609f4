package dev.tilewright.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a call costs besides its work, once all is warm.
 *
 * @param bytes allocated on the Java heap
 * @param systemCalls of the threads that take part, by {@code perf stat}; empty where it cannot
 *     count them
 */
public record Steady(double bytes, OptionalDouble systemCalls) {
  private static final int CALLS = 500;
  private static final long ATTACH_MS = 500;

  /** The probe's own: it writes that it has called, and reads on. */
  private static final int OWN_SYSTEM_CALLS = 2;

  /** Measures an implementation in a process of its own. */
  public static Steady measure(String implementation, int workers)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                SteadyProbe.class.getName(),
                implementation,
                String.valueOf(workers),
                String.valueOf(CALLS))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = process.inputReader();
        Writer in = process.outputWriter()) {
      Counter counter = Counter.attach(read(out, "threads "));
      in.write("\n");
      in.flush();
      read(out, "called");
      OptionalDouble calls = counter.stop();
      in.write("\n");
      in.flush();
      double bytes = Double.parseDouble(read(out, "allocated "));
      return new Steady(
          bytes / CALLS,
          calls.isPresent()
              ? OptionalDouble.of((calls.getAsDouble() - OWN_SYSTEM_CALLS) / CALLS)
              : calls);
    } finally {
      process.destroy();
    }
  }

  private static String read(BufferedReader out, String head) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(head)) {
        return line.substring(head.length());
      }
    }
    throw new IOException("the process ended before it said '" + head + "'");
  }

  /** {@code perf stat}, attached to threads. */
  private record Counter(Process perf, Path file) {
    static Counter attach(String threads) throws IOException, InterruptedException {
      Path file = Files.createTempFile("tilewright-perf", ".csv");
      Process perf =
          new ProcessBuilder(
                  "sh",
                  "-c",
                  "exec perf stat -x , -e raw_syscalls:sys_enter -t " + threads + " -o " + file)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      Thread.sleep(ATTACH_MS);
      return new Counter(perf, file);
    }

    /** The count; empty if there is no perf, or it may not count. */
    OptionalDouble stop() throws IOException, InterruptedException {
      new ProcessBuilder("kill", "-INT", String.valueOf(perf.pid())).start().waitFor();
      perf.waitFor();
      List<String> lines = Files.readAllLines(file);
      Files.delete(file);
      return lines.stream()
          .filter(line -> line.matches("\\d+,.*raw_syscalls.*"))
          .mapToDouble(line -> Double.parseDouble(line.substring(0, line.indexOf(','))))
          .findFirst();
    }
  }
}
