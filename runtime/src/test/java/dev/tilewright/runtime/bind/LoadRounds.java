package dev.tilewright.runtime.bind;

import dev.tilewright.Tensor;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Loads, calls and closes a model many times and prints by how many kilobytes the process has
 * grown.
 */
final class LoadRounds {
  private LoadRounds() {}

  /** Arguments: rounds to warm up, rounds to measure. */
  public static void main(String[] arguments) throws IOException {
    rounds(Integer.parseInt(arguments[0]));
    long before = kilobytes();
    rounds(Integer.parseInt(arguments[1]));
    System.out.println(kilobytes() - before);
  }

  private static void rounds(int count) {
    Tensor ids = Tensors.of(new int[][] {{2, 0, 1}});
    for (int i = 0; i < count; i++) {
      LoadOptions options = LoadOptions.defaults().withWorkers(1 + i % 2);
      try (Handmade model = Tilewright.load(Handmade.class, HandmadeLibrary.weights(), options)) {
        model.words(ids);
      }
    }
  }

  /** Memory of the process's own: heap, native memory, stacks, code. */
  private static long kilobytes() throws IOException {
    System.gc();
    String rollup = Files.readString(Path.of("/proc/self/smaps_rollup"));
    String line = rollup.lines().filter(l -> l.startsWith("Anonymous:")).findFirst().orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", ""));
  }
}
