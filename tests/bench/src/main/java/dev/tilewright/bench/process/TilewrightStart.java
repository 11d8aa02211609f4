package dev.tilewright.bench.process;

import dev.tilewright.Precision;
import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The first call of the compiled model; a class of its own, as the class path of the other has none
 * of it.
 */
final class TilewrightStart {
  private TilewrightStart() {}

  /** Microseconds of loading. */
  static long run(Path file, int workers, Precision precision) {
    long start = System.nanoTime();
    MiniLm model;
    try (Weights weights = Weights.open(file)) {
      model =
          Tilewright.load(
              MiniLm.class,
              weights,
              LoadOptions.defaults().withWorkers(workers).withPrecision(precision));
    }
    long loaded = System.nanoTime();
    int[] ones = new int[StartProbe.TOKENS];
    Arrays.fill(ones, 1);
    long[] shape = {1, StartProbe.TOKENS};
    StartProbe.require(
        model.embed(Tensors.ints(shape, StartProbe.words()), Tensors.ints(shape, ones)).rank()
            == 2);
    return (loaded - start) / 1000;
  }
}
