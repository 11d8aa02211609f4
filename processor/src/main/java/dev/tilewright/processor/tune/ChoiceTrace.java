package dev.tilewright.processor.tune;

import dev.tilewright.codegen.Trace;
import java.util.ArrayList;
import java.util.List;

/** Remembers what sizes of tiles were chosen. */
public final class ChoiceTrace implements Trace {
  private final List<Choice> choices = new ArrayList<>();

  /** All of them so far. */
  public List<Choice> choices() {
    return List.copyOf(choices);
  }

  @Override
  public void choose(Choice choice) {
    choices.add(choice);
  }
}
