package dev.tilewright.processor.diagnose;

import com.sun.source.util.Trees;
import dev.tilewright.codegen.graph.Origin;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.annotation.processing.Messager;
import javax.tools.Diagnostic.Kind;

/**
 * Collects what is to be said about one model. It is said at the end, so that a model that waits
 * for generated types can be read again in silence.
 */
public final class Reporter {
  private record Message(Diagnostic diagnostic, Place place, String text) {}

  private final Set<Message> messages = new LinkedHashSet<>();
  private boolean failed;

  /** Says it at the place. */
  public void report(Diagnostic diagnostic, Place place, Object... arguments) {
    report(diagnostic, List.of(place), arguments);
  }

  /**
   * Says it at the first place that the compiler can point to; the places before it, and the one
   * after it, are told in words.
   *
   * @param path where it is, then the call that led there, and so on out to the entry
   */
  public void report(Diagnostic diagnostic, List<Place> path, Object... arguments) {
    int here = 0;
    while (here < path.size() - 1 && !path.get(here).isHere()) {
      here++;
    }
    StringBuilder text = new StringBuilder(diagnostic.text(arguments));
    Origin exact = path.getFirst().origin();
    boolean pointed = here == 0 && path.getFirst().tree() != null;
    if (!pointed && !exact.equals(Origin.NONE)) {
      text.append("\n  in ").append(exact).append(": ").append(exact.text());
    }
    if (here == 0 && path.size() > 1) {
      text.append("\n  called from ").append(path.get(1).origin());
    }
    failed |= !diagnostic.isWarning();
    // The same fault reached by another call is one fault.
    Place place = path.get(here);
    boolean exactly = here == 0;
    boolean known =
        messages.stream()
            .anyMatch(
                message ->
                    message.diagnostic() == diagnostic
                        && message.place().equals(place)
                        && (exactly || message.text().contentEquals(text)));
    if (!known) {
      messages.add(new Message(diagnostic, place, text.toString()));
    }
  }

  /** Whether an error was reported. */
  public boolean failed() {
    return failed;
  }

  /** Whether a name was missing that another processor may yet generate. */
  public boolean missesNames() {
    return messages.stream()
        .anyMatch(
            message ->
                switch (message.diagnostic()) {
                  case UNKNOWN_NAME,
                      MISSING_SOURCE,
                      NOT_A_BLOCK,
                      MISSING_ANNOTATION,
                      ENTRY_RESULT ->
                      true;
                  default -> false;
                });
  }

  /** The sentences, in the order they were reported. */
  public List<String> texts() {
    return new ArrayList<>(messages).stream().map(Message::text).toList();
  }

  /**
   * Prints everything.
   *
   * @param trees what points to trees; null if the compiler has none
   */
  public void flush(Messager messager, Trees trees) {
    for (Message message : messages) {
      Kind kind = message.diagnostic().isWarning() ? Kind.WARNING : Kind.ERROR;
      Place place = message.place();
      if (place.tree() != null && trees != null) {
        trees.printMessage(kind, message.text(), place.tree(), place.unit());
      } else if (place.element() != null) {
        messager.printMessage(kind, message.text(), place.element());
      } else {
        messager.printMessage(kind, message.text());
      }
    }
    messages.clear();
  }
}
