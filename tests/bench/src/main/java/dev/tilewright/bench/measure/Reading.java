package dev.tilewright.bench.measure;

import dev.tilewright.CompiledModel;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.bench.model.LanguageModel;
import dev.tilewright.runtime.Batch;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.BiFunction;

/** A session of a language model whose rates are measured. */
public final class Reading<M extends CompiledModel> implements AutoCloseable {
  /** A long context is read in pieces. */
  private static final int PIECE = 512;

  private final LanguageModel<M> language;
  private final M model;
  private final Session<M> session;
  private final Tensor one = Tensors.of(new int[][] {{7}});
  private final double seconds;

  private Reading(LanguageModel<M> language, M model, double seconds) {
    this.language = language;
    this.model = model;
    this.seconds = seconds;
    session = Session.open(model);
  }

  /**
   * Loads a model.
   *
   * @param seconds how long each case is measured at least
   */
  public static <M extends CompiledModel> Reading<M> open(
      LanguageModel<M> language, Path file, Precision precision, int workers, double seconds) {
    LoadOptions options =
        LoadOptions.defaults()
            .withPrecision(precision)
            .withWorkers(workers)
            .withReusedResults(true);
    return new Reading<>(language, Tilewright.load(language.type(), file, options), seconds);
  }

  /** Tokens a second of a text that is read at once from an empty context, by the median. */
  public double read(int length) {
    Tensor text = text(length);
    return measure(0, () -> next(text), length);
  }

  /** Tokens a second that are generated one by one behind a context, by the median. */
  public double write(int context, int tokens) {
    session.truncate(0);
    while (session.length() < context) {
      next(text((int) Math.min(PIECE, context - session.length())));
    }
    Runnable generate =
        () -> {
          for (int i = 0; i < tokens; i++) {
            next(one);
          }
        };
    return measure(context, generate, tokens);
  }

  /**
   * Tokens a second that several sessions generate together, one each a call, by the median.
   *
   * @param context what each holds before
   */
  public double together(int sessions, int context, int tokens) {
    BiFunction<M, Tensor, Tensor> together = language.together().orElseThrow();
    List<Session<M>> all = new ArrayList<>();
    try {
      for (int i = 0; i < sessions; i++) {
        all.add(Session.open(model));
        Objects.requireNonNull(language.next().apply(all.get(i).model(), text(context)));
      }
      M batch = Batch.of(model).with(all);
      int[][] words = new int[sessions][];
      Arrays.fill(words, new int[] {7});
      Tensor ones = Tensors.of(words);
      Runnable generate =
          () -> {
            all.forEach(each -> each.truncate(context));
            for (int i = 0; i < tokens; i++) {
              Objects.requireNonNull(together.apply(batch, ones));
            }
          };
      return measure(0, generate, sessions * tokens);
    } finally {
      all.forEach(Session::close);
    }
  }

  private double measure(long context, Runnable call, int tokens) {
    Samples rates = new Samples();
    double total = 0;
    for (int turn = 0; turn < 4 || total < seconds; turn++) {
      session.truncate(context);
      long start = System.nanoTime();
      call.run();
      double time = (System.nanoTime() - start) / 1e9;
      if (turn > 0) {
        rates.add(tokens / time);
        total += time;
      }
      if (time > 4 * seconds && turn > 0) {
        break;
      }
    }
    return rates.median();
  }

  private void next(Tensor words) {
    Objects.requireNonNull(language.next().apply(session.model(), words));
  }

  private Tensor text(int length) {
    return Tensors.of(new int[][] {new Random(length).ints(length, 0, language.words()).toArray()});
  }

  @Override
  public void close() {
    session.close();
    model.close();
  }
}
