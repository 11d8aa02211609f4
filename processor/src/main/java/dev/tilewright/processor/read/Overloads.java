package dev.tilewright.processor.read;

import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.model.Value;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Chooses among methods of one name by the values given, in the language's three phases: as is,
 * boxed, variable arity.
 */
final class Overloads {
  private Overloads() {}

  /** A method and what it takes. */
  record Candidate<M>(M method, List<JavaType> parameters, boolean variableArity) {}

  /** The method chosen and what to pass. */
  record Choice<M>(M method, List<Object> arguments) {}

  /**
   * The most specific method that takes the arguments.
   *
   * @throws Fault if there is none
   */
  static <M> Choice<M> choose(String name, List<Candidate<M>> candidates, List<Object> arguments) {
    for (boolean loose : new boolean[] {false, true}) {
      List<Candidate<M>> fitting =
          select(candidates, candidate -> fits(candidate.parameters(), arguments, loose));
      if (!fitting.isEmpty()) {
        Candidate<M> best = mostSpecific(fitting);
        return new Choice<>(best.method(), convert(best.parameters(), arguments));
      }
    }
    List<Candidate<M>> variable =
        select(
            candidates,
            candidate ->
                candidate.variableArity()
                    && fits(spread(candidate, arguments.size()), arguments, true));
    if (!variable.isEmpty()) {
      Candidate<M> best = mostSpecific(variable);
      return new Choice<>(best.method(), pack(best, arguments));
    }
    String expected =
        candidates.stream()
            .map(
                candidate ->
                    candidate.parameters().stream()
                        .map(Object::toString)
                        .collect(Collectors.joining(", ", "(", ")")))
            .distinct()
            .collect(Collectors.joining(" or "));
    throw new Fault(Diagnostic.WRONG_ARGUMENTS, name, Value.describe(arguments), expected);
  }

  private static <M> List<Candidate<M>> select(
      List<Candidate<M>> candidates, Predicate<Candidate<M>> test) {
    return candidates.stream().filter(test).toList();
  }

  private static boolean fits(List<JavaType> parameters, List<Object> arguments, boolean loose) {
    if (parameters.size() != arguments.size()) {
      return false;
    }
    for (int i = 0; i < arguments.size(); i++) {
      if (!parameters.get(i).accepts(arguments.get(i), loose)) {
        return false;
      }
    }
    return true;
  }

  private static <M> Candidate<M> mostSpecific(List<Candidate<M>> fitting) {
    Candidate<M> best = fitting.getFirst();
    for (Candidate<M> other : fitting.subList(1, fitting.size())) {
      boolean more = other.parameters().size() == best.parameters().size();
      for (int i = 0; more && i < best.parameters().size(); i++) {
        more = other.parameters().get(i).isSubtypeOf(best.parameters().get(i));
      }
      best = more ? other : best;
    }
    return best;
  }

  private static List<Object> convert(List<JavaType> parameters, List<Object> arguments) {
    List<Object> converted = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      converted.add(parameters.get(i).convert(arguments.get(i)));
    }
    return converted;
  }

  /** The parameters with the last one repeated up to the number of arguments. */
  private static <M> List<JavaType> spread(Candidate<M> candidate, int count) {
    int fixed = candidate.parameters().size() - 1;
    List<JavaType> spread = new ArrayList<>(candidate.parameters().subList(0, fixed));
    while (spread.size() < count) {
      spread.add(candidate.parameters().getLast().elementType());
    }
    return spread;
  }

  private static <M> List<Object> pack(Candidate<M> candidate, List<Object> arguments) {
    int fixed = candidate.parameters().size() - 1;
    JavaType element = candidate.parameters().getLast().elementType();
    List<Object> packed =
        convert(candidate.parameters().subList(0, fixed), arguments.subList(0, fixed));
    Object rest = element.newArray(arguments.size() - fixed);
    for (int i = fixed; i < arguments.size(); i++) {
      Array.set(rest, i - fixed, element.convert(arguments.get(i)));
    }
    packed.add(rest);
    return packed;
  }
}
