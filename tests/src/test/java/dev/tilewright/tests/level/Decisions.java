package dev.tilewright.tests.level;

import dev.tilewright.codegen.Trace;
import java.util.ArrayList;
import java.util.List;

/** Remembers what the compiler explains. */
final class Decisions implements Trace {
  private final List<Decision> decisions = new ArrayList<>();

  @Override
  public void explain(Decision decision) {
    decisions.add(decision);
  }

  /** Those about a function, by rule and whether it was applied. */
  List<Decision> of(String function, String rule, boolean applied) {
    return decisions.stream()
        .filter(d -> d.function().equals(function) && d.rule().equals(rule))
        .filter(d -> d.applied() == applied)
        .toList();
  }

  @Override
  public String toString() {
    return String.join("\n", decisions.stream().map(Decision::toString).toList());
  }
}
