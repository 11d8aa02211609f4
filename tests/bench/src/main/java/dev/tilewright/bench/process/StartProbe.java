package dev.tilewright.bench.process;

import dev.tilewright.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Loads a model, hands it one sentence of 16 tokens, and prints how long loading took, in
 * microseconds, and on another line the memory that the process then holds and has held at most, in
 * KB.
 */
public final class StartProbe {
  static final int TOKENS = 16;

  private StartProbe() {}

  /** {@code IMPLEMENTATION FILE WORKERS [PRECISION [PACKED or MODEL]]}. */
  public static void main(String[] args) throws Exception {
    Path file = Path.of(args[1]);
    int workers = Integer.parseInt(args[2]);
    long micros =
        switch (args[0]) {
          case "tilewright" ->
              TilewrightStart.run(
                  file,
                  workers,
                  Precision.ofLabel(args[3]),
                  args.length > 4 ? Optional.of(Path.of(args[4])) : Optional.empty());
          case "language" -> LanguageStart.run(file, workers, Precision.ofLabel(args[3]), args[4]);
          default -> OnnxRuntimeStart.run(file, workers);
        };
    // The first line ends the measurement; making the second takes time of its own.
    System.out.println(micros);
    System.out.println(memory("VmRSS:") + " " + memory("VmHWM:"));
  }

  static int[] words() {
    int[] words = new int[TOKENS];
    for (int i = 0; i < TOKENS; i++) {
      words[i] = 2000 + 31 * i;
    }
    return words;
  }

  static void require(boolean answered) {
    if (!answered) {
      throw new IllegalStateException("the model's answer is of another form");
    }
  }

  private static long memory(String name) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/self/status"));
    String line = lines.stream().filter(each -> each.startsWith(name)).findFirst().orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", ""));
  }
}
