package dev.tilewright.bench.process;

import dev.tilewright.CompiledModel;
import dev.tilewright.Precision;
import dev.tilewright.bench.model.LanguageModel;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import java.nio.file.Path;

/** The first words that a language model reads. */
final class LanguageStart {
  private LanguageStart() {}

  /**
   * Microseconds of loading.
   *
   * @param name the model's
   */
  static long run(Path file, int workers, Precision precision, String name) {
    return run(LanguageModel.named(name), file, workers, precision);
  }

  private static <M extends CompiledModel> long run(
      LanguageModel<M> model, Path file, int workers, Precision precision) {
    long start = System.nanoTime();
    LoadOptions options = LoadOptions.defaults().withWorkers(workers).withPrecision(precision);
    M loaded = Tilewright.load(model.type(), file, options);
    long end = System.nanoTime();
    Session<M> session = Session.open(loaded);
    long[] shape = {1, StartProbe.TOKENS};
    StartProbe.require(
        model.next().apply(session.model(), Tensors.ints(shape, StartProbe.words())).rank() == 2);
    return (end - start) / 1000;
  }
}
