package dev.tilewright.runtime;

import dev.tilewright.runtime.weights.NearestName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** Finds the weights a model declares in a source, and says all at once what does not fit. */
public final class WeightMatcher {
  private final Weights source;
  private final SequencedMap<String, WeightTensor> matched = new LinkedHashMap<>();
  private final List<RequiredWeight> missing = new ArrayList<>();
  private final List<String> misfits = new ArrayList<>();

  private WeightMatcher(Weights source) {
    this.source = source;
  }

  /**
   * The outcome of a match.
   *
   * @param tensors the required weights by name, in the order they were required
   * @param extra the names of the source that no requirement asked for
   */
  public record Match(SequencedMap<String, WeightTensor> tensors, List<String> extra) {
    /** Copies both. */
    public Match {
      tensors = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tensors));
      extra = List.copyOf(extra);
    }
  }

  /**
   * Matches, and leaves weights that nobody asked for to the caller.
   *
   * @throws WeightMismatchException if a required weight is missing, or has another shape or type
   */
  public static Match match(Weights source, Collection<RequiredWeight> required) {
    return new WeightMatcher(source).run(required, false);
  }

  /**
   * Matches, and refuses weights that nobody asked for.
   *
   * @throws WeightMismatchException if a required weight is missing, or has another shape or type,
   *     or if the source has weights that are not required
   */
  public static Match matchExactly(Weights source, Collection<RequiredWeight> required) {
    return new WeightMatcher(source).run(required, true);
  }

  private Match run(Collection<RequiredWeight> required, boolean exactly) {
    required.forEach(this::check);
    var extra = new LinkedHashSet<>(source.names());
    required.forEach(weight -> extra.remove(weight.name()));
    if (missing.isEmpty() && misfits.isEmpty() && (extra.isEmpty() || !exactly)) {
      return new Match(matched, List.copyOf(extra));
    }
    throw new WeightMismatchException(message(required.size(), extra, exactly));
  }

  private void check(RequiredWeight weight) {
    try {
      source
          .find(weight.name())
          .ifPresentOrElse(found -> check(weight, found), () -> missing.add(weight));
    } catch (AmbiguousWeightException | UnsupportedWeightsException e) {
      misfits.add(weight.name() + ": " + e.getMessage() + at(weight));
    }
  }

  private void check(RequiredWeight weight, WeightTensor found) {
    if (!found.shape().equals(weight.shape())) {
      var transposed = found.rank() > 1 && found.transposed().shape().equals(weight.shape());
      var hint =
          transposed ? ", which is its transpose: declare the dimensions the other way round" : "";
      misfits.add(
          "%s: shape %s expected, %s found%s%s"
              .formatted(weight.name(), weight.shape(), found.shape(), hint, at(weight)));
    } else if (found.type().isFloating() != weight.type().isFloating()) {
      var expected = weight.type().isFloating() ? "a floating type" : "an integer type";
      misfits.add(
          "%s: %s expected for %s, %s found%s"
              .formatted(weight.name(), expected, weight.type(), found.type(), at(weight)));
    } else {
      matched.put(weight.name(), found);
    }
  }

  private String message(int required, Collection<String> extra, boolean exactly) {
    var lines = new ArrayList<String>();
    lines.add(
        "%s does not fit the model: of %s weights, %s are missing and %s have the wrong shape or type%s"
            .formatted(
                source.origin(),
                required,
                missing.size(),
                misfits.size(),
                exactly ? "; " + extra.size() + " are extra" : ""));
    prefixHint().ifPresent(lines::add);
    var nearest = new NearestName(source.names());
    for (var weight : missing) {
      var hint =
          nearest
              .to(weight.name())
              .map(name -> "; nearest: " + name)
              .orElse("; the source is empty");
      lines.add("  missing " + weight.name() + " " + weight.shape() + hint + at(weight));
    }
    misfits.forEach(misfit -> lines.add("  wrong " + misfit));
    if (exactly) {
      extra.forEach(name -> lines.add("  extra " + name));
    }
    return String.join("\n", lines);
  }

  /**
   * One prefix forgotten, or written in vain, explains most missing names: worth one sentence
   * instead of hundreds.
   */
  private Optional<String> prefixHint() {
    Map<String, Integer> forgotten = new LinkedHashMap<>();
    Map<String, Integer> needless = new LinkedHashMap<>();
    for (var weight : missing) {
      var wanted = weight.name();
      for (var name : source.names()) {
        if (name.endsWith("." + wanted)) {
          forgotten.merge(name.substring(0, name.length() - wanted.length()), 1, Integer::sum);
        } else if (wanted.endsWith("." + name)) {
          needless.merge(wanted.substring(0, wanted.length() - name.length()), 1, Integer::sum);
        }
      }
    }
    return sentence(forgotten, "with the prefix \"%s\": put it in front of the declared names")
        .or(
            () ->
                sentence(
                    needless, "without the prefix \"%s\": leave it out of the declared names"));
  }

  private Optional<String> sentence(Map<String, Integer> prefixes, String how) {
    return prefixes.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .filter(most -> 2 * most.getValue() > missing.size())
        .map(
            most ->
                "  %s of the missing names are there %s"
                    .formatted(most.getValue(), how.formatted(most.getKey())));
  }

  private static String at(RequiredWeight weight) {
    return " (declared at " + weight.declaredAt() + ")";
  }
}
