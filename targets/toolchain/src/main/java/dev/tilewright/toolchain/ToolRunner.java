package dev.tilewright.toolchain;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Runs one tool as a process: no input, an environment of its own, bounded output, bounded time. At
 * most as many processes as there are processors run at once.
 */
final class ToolRunner {
  private static final int LOG_LIMIT = 1 << 20;
  private static final int STDOUT_LIMIT = 256 << 20;
  private static final Pattern BUSY = Pattern.compile("error[:=] ?26\\b");
  private static final int BUSY_RETRIES = 100;
  private static final long BUSY_PAUSE_MILLIS = 20;
  private static final int STOP_SECONDS = 10;
  private static final int LOADER_FAILED = 127;
  private static final Pattern IGNORED =
      Pattern.compile(
          "is not a recognized (processor|feature) for this target", Pattern.CASE_INSENSITIVE);

  private final ToolInstallation tools;
  private final Duration timeout;
  private final ToolchainListener listener;
  private final Semaphore slots = new Semaphore(Runtime.getRuntime().availableProcessors());

  ToolRunner(ToolInstallation tools, Duration timeout, ToolchainListener listener) {
    this.tools = tools;
    this.timeout = timeout;
    this.listener = listener;
  }

  /** What a tool wrote to its two streams. */
  record Output(String stdout, String log) {}

  /**
   * Runs a tool in a work directory.
   *
   * @throws ToolFailedException if it ends with an error or not in time; the directory is then kept
   * @throws ToolchainException if it cannot be started, or the thread is interrupted (the interrupt
   *     status is restored)
   */
  Output run(Tool tool, List<String> arguments, WorkDirectory directory) {
    List<String> command = new ArrayList<>();
    command.add(tools.program(tool).toString());
    command.addAll(arguments);
    try {
      slots.acquire();
      try {
        return await(tool, command, directory);
      } finally {
        slots.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ToolchainException(
          "Interrupted while " + tool.program() + " was running; it was stopped.", e);
    }
  }

  private Output await(Tool tool, List<String> command, WorkDirectory directory)
      throws InterruptedException {
    long start = System.nanoTime();
    Process process = start(tool, command, directory.path());
    try {
      Drain stdout = Drain.of(process.getInputStream(), STDOUT_LIMIT);
      Drain stderr = Drain.of(process.getErrorStream(), LOG_LIMIT);
      boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        stop(process);
      }
      Output output = new Output(stdout.text(), stderr.text());
      int exitCode = ended ? process.exitValue() : -1;
      boolean ignored = IGNORED.matcher(output.log()).find();
      if (exitCode != 0 || ignored) {
        directory.keep();
        throw new ToolFailedException(
            tool, command, exitCode, describe(exitCode, ignored), output.log(), directory.path());
      }
      listener.ran(tool, Duration.ofNanos(System.nanoTime() - start));
      return output;
    } finally {
      stop(process);
    }
  }

  private String describe(int exitCode, boolean ignored) {
    if (ignored) {
      return "does not know a processor or feature that was asked for:";
    }
    return switch (exitCode) {
      case -1 -> "was stopped after " + timeout + ":";
      case LOADER_FAILED ->
          "could not be loaded (exit code 127): it needs the system's C and C++ runtime libraries"
              + " (on Linux glibc, libstdc++ and zlib):";
      default -> "failed with exit code " + exitCode + ":";
    };
  }

  private Process start(Tool tool, List<String> command, Path directory)
      throws InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    prepare(builder.environment());
    for (int attempt = 1; ; attempt++) {
      try {
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
      } catch (IOException e) {
        // Right after extraction another process that is being started may still hold the program
        // open for writing.
        if (!BUSY.matcher(String.valueOf(e.getMessage())).find() || attempt == BUSY_RETRIES) {
          throw new ToolchainException(
              tool.program()
                  + " cannot be started: "
                  + e.getMessage()
                  + ". If the cache lies on"
                  + " a file system that forbids execution (noexec), use another. "
                  + CacheLocation.ADVICE,
              e);
        }
        Thread.sleep(BUSY_PAUSE_MILLIS);
      }
    }
  }

  // Compilers read many variables (CPATH, SOURCE_DATE_EPOCH, ...): none of them may change a
  // result.
  private void prepare(Map<String, String> environment) {
    String libraryPath = environment.getOrDefault("LD_LIBRARY_PATH", "");
    environment.keySet().removeIf(name -> !name.equalsIgnoreCase("SystemRoot"));
    environment.put("LC_ALL", "C");
    String ours = tools.binaries().toString();
    environment.put(
        "LD_LIBRARY_PATH", libraryPath.isEmpty() ? ours : ours + File.pathSeparator + libraryPath);
  }

  private static void stop(Process process) {
    if (process.isAlive()) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      process.onExit().completeOnTimeout(process, STOP_SECONDS, TimeUnit.SECONDS).join();
    }
  }

  /**
   * Reads a stream to its end in a thread of its own and remembers its beginning, so that no tool
   * can block or flood.
   */
  private record Drain(Thread reader, ByteArrayOutputStream beginning) {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    static Drain of(InputStream stream, int limit) {
      ByteArrayOutputStream beginning = new ByteArrayOutputStream();
      Thread reader = Thread.ofVirtual().start(() -> read(stream, limit, beginning));
      return new Drain(reader, beginning);
    }

    String text() throws InterruptedException {
      reader.join(PATIENCE);
      return beginning.toString(StandardCharsets.UTF_8);
    }

    private static void read(InputStream stream, int limit, ByteArrayOutputStream beginning) {
      byte[] buffer = new byte[1 << 13];
      try (stream) {
        for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
          beginning.write(buffer, 0, Math.min(count, limit - beginning.size()));
        }
      } catch (IOException closedWithTheProcess) {
        // What was read so far is the output.
      }
    }
  }
}
