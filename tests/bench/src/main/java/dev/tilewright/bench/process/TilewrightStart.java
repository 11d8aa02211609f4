package dev.tilewright.bench.process;

import dev.tilewright.Precision;
import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The first call of the compiled model; a class of its own, as the class path of the other has none
 * of it.
 */
final class TilewrightStart {
  private TilewrightStart() {}

  /**
   * Microseconds of loading.
   *
   * @param packed a folder for packed weights
   */
  static long run(Path file, int workers, Precision precision, Optional<Path> packed) {
    long start = System.nanoTime();
    LoadOptions options = LoadOptions.defaults().withWorkers(workers).withPrecision(precision);
    if (packed.isPresent()) {
      options = options.withWeightCache(packed.get());
    }
    MiniLm model = Tilewright.load(MiniLm.class, file, options);
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
