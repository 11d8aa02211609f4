package dev.tilewright.bench.process;

import com.sun.management.ThreadMXBean;
import dev.tilewright.bench.peer.Batch;
import dev.tilewright.bench.peer.Compiled;
import dev.tilewright.bench.peer.Contender;
import dev.tilewright.bench.peer.OnnxRuntime;
import dev.tilewright.bench.peer.Precision;
import dev.tilewright.runtime.LoadOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Calls again and again once all is warm: says which threads take part, waits for a line, calls,
 * and prints the bytes that the calls allocated on the Java heap.
 */
public final class SteadyProbe {
  private static final int WARM_UP = 1500;

  private SteadyProbe() {}

  /** {@code IMPLEMENTATION WORKERS CALLS}. */
  public static void main(String[] args) throws Exception {
    int workers = Integer.parseInt(args[1]);
    int calls = Integer.parseInt(args[2]);
    try (Contender contender =
        args[0].equals(OnnxRuntime.NAME)
            ? OnnxRuntime.fp32(workers)
            : Compiled.miniLm(
                Precision.FP32,
                LoadOptions.defaults().withWorkers(workers).withReusedResults(true))) {
      contender.prepare(Batch.uniform(1, 8));
      repeat(contender, WARM_UP);
      System.out.println("threads " + String.join(",", threads()));
      System.in.read();
      repeat(contender, calls);
      System.out.println("called");
      System.in.read();
      long[] ids = javaThreads();
      long first = allocated(ids);
      long before = allocated(ids);
      repeat(contender, calls);
      long asking = before - first;
      System.out.println("allocated " + (allocated(ids) - before - asking));
    }
  }

  private static void repeat(Contender contender, int calls) throws Exception {
    for (int i = 0; i < calls; i++) {
      contender.call();
    }
  }

  private static long[] javaThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> t == Thread.currentThread() || t.getName().startsWith("tilewright"))
        .mapToLong(Thread::threadId)
        .toArray();
  }

  private static long allocated(long[] ids) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (long id : ids) {
      sum += threads.getThreadAllocatedBytes(id);
    }
    return sum;
  }

  /** The system's numbers of this thread and the workers'; the JVM's own threads have names. */
  private static List<String> threads() throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks
          .filter(task -> name(task).matches("java|main|tilewright.*|ort.*"))
          .map(task -> task.getFileName().toString())
          .toList();
    }
  }

  private static String name(Path task) {
    try {
      return Files.readString(task.resolve("comm")).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
