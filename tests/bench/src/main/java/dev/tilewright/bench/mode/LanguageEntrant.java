package dev.tilewright.bench.mode;

import dev.tilewright.Precision;
import dev.tilewright.bench.model.LanguageModel;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.Weights;
import java.nio.file.Path;
import java.util.List;

/**
 * A language model of a file.
 *
 * @param weights what tables call its weights
 * @param precision that the weights are computed in
 * @param bytes of all tensors of the file, which a token needs once
 * @param prefill lengths of texts to read
 * @param decode contexts to generate behind
 * @param sessions how many generate together
 */
record LanguageEntrant(
    LanguageModel<?> model,
    Path file,
    String weights,
    Precision precision,
    long bytes,
    List<Integer> prefill,
    List<Integer> decode,
    List<Integer> sessions) {
  static LanguageEntrant of(
      LanguageModel<?> model,
      Path file,
      String weights,
      Precision precision,
      List<Integer> prefill,
      List<Integer> decode,
      List<Integer> sessions) {
    long bytes = 0;
    try (Weights all = Weights.open(file)) {
      for (String name : all.names()) {
        WeightTensor tensor = all.find(name).orElseThrow();
        bytes += tensor.size() / tensor.type().elements() * tensor.type().bytes();
      }
    }
    return new LanguageEntrant(
        model,
        file,
        weights,
        precision,
        bytes,
        fitting(prefill, model.context()),
        fitting(decode, model.context() - LanguageContest.GENERATED),
        model.together().isPresent() ? sessions : List.of());
  }

  private static List<Integer> fitting(List<Integer> lengths, int most) {
    return lengths.stream().filter(length -> length <= most).toList();
  }

  /** What tables call it. */
  String name() {
    return model.name() + " " + weights;
  }
}
