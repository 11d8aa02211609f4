package dev.tilewright.tests.misuse;

import dev.tilewright.Tensor;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A program that loads, calls and closes models, and says at its end what they left behind. It
 * wants a heap of constant size, all touched at the start, so that what its resident memory grows
 * by is native memory.
 */
final class ComeAndGo {
  static final String NOTHING_LEFT = "nothing left";

  private static final Tensor IDS = Tensors.of(new int[][] {{1, 2, 3, 4, 5}});
  private static final int WARM_UP = 3000;
  private static final int ROUNDS = 10_000;

  /**
   * What compiled code and malloc's arenas may come and go by. The least that a model holds of the
   * system's memory is a page of 4,096 bytes, so one forgotten a round would be twice this.
   */
  private static final long NOISE = 2048L * ROUNDS;

  private ComeAndGo() {}

  public static void main(String[] arguments) throws Exception {
    rounds(WARM_UP);
    Footprint before = Footprint.now();
    rounds(ROUNDS);
    Footprint after = Footprint.now();
    System.out.println(ROUNDS + " rounds of load, call and close: " + before + " to " + after);
    if (after.isWithin(before)) {
      System.out.println(NOTHING_LEFT);
    }
  }

  private static void rounds(int count) {
    for (int i = 0; i < count; i++) {
      try (Words model =
          Tilewright.load(
              Words.class, WordsWeights.all(), LoadOptions.defaults().withWorkers(1 + i % 2))) {
        if (i % 10 == 0) {
          model.embed(IDS);
        }
      }
    }
  }

  /** What the process takes up. */
  private record Footprint(long resident, long files, long mappings, long threads) {
    static Footprint now() throws IOException, InterruptedException {
      System.gc();
      Thread.sleep(200);
      String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ", -1);
      try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"));
          Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"));
          Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
        return new Footprint(
            4096 * Long.parseLong(pages[1]), files.count(), mappings.count(), threads.count());
      }
    }

    boolean isWithin(Footprint before) {
      return resident < before.resident + NOISE
          && files <= before.files + 2
          && mappings < before.mappings + 64
          && threads <= before.threads + 2;
    }

    @Override
    public String toString() {
      return "%.1f MB, %d files, %d mappings, %d threads"
          .formatted(resident / 1e6, files, mappings, threads);
    }
  }
}
