package dev.tilewright.text;

import java.util.List;

/**
 * Ends streamed text where one of some texts begins; of several, the one that is complete first
 * counts. What may be the beginning of such a text is held back until more is known, so nothing of
 * a stop sequence is ever given out. Not safe for use by several threads.
 *
 * {@snippet :
 * StopSequences stops = new StopSequences(List.of("\nUser:"));
 * System.out.print(stops.next("Yes.\nUs"));   // prints "Yes."
 * System.out.print(stops.next("er: and"));    // prints nothing
 * boolean over = stops.reached();             // gives true
 * }
 */
public final class StopSequences {
  private final List<String> sequences;
  private String held = "";
  private boolean reached;

  /**
   * @throws IllegalArgumentException if one of the texts is empty
   */
  public StopSequences(List<String> sequences) {
    this.sequences = List.copyOf(sequences);
    if (this.sequences.contains("")) {
      throw new IllegalArgumentException("A stop sequence is empty, which would stop at once.");
    }
  }

  /** The text that may be shown now; nothing once a stop sequence was {@link #reached}. */
  public String next(String text) {
    if (reached) {
      return "";
    }
    String all = held + text;
    int stop = 0;
    int end = Integer.MAX_VALUE;
    for (String sequence : sequences) {
      int at = all.indexOf(sequence);
      int after = at + sequence.length();
      if (at >= 0 && (after < end || (after == end && at < stop))) {
        stop = at;
        end = after;
        reached = true;
      }
    }
    int shown = reached ? stop : all.length() - beginning(all);
    held = reached ? "" : all.substring(shown);
    return all.substring(0, shown);
  }

  /** The text held back, when no more will come. */
  public String finish() {
    String rest = held;
    held = "";
    return rest;
  }

  /** Whether a stop sequence has come. */
  public boolean reached() {
    return reached;
  }

  /** The length of the longest end of the text that a stop sequence begins with. */
  private int beginning(String text) {
    int longest = 0;
    for (String sequence : sequences) {
      for (int n = Math.min(sequence.length() - 1, text.length()); n > longest; n--) {
        if (text.startsWith(sequence.substring(0, n), text.length() - n)) {
          longest = n;
        }
      }
    }
    return longest;
  }
}
