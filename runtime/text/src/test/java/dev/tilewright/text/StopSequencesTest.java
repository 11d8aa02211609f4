package dev.tilewright.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class StopSequencesTest {
  /** However a text is cut, it ends before the stop sequence that is complete first. */
  @Property(tries = 2000)
  void cutsDoNotMatter(
      @ForAll @CharRange(from = 'a', to = 'c') @StringLength(max = 30) String text,
      @ForAll @Size(max = 3)
          List<@CharRange(from = 'a', to = 'c') @StringLength(min = 1, max = 4) String> sequences,
      @ForAll @IntRange(min = 1, max = 5) int piece) {
    StopSequences stops = new StopSequences(sequences);
    StringBuilder shown = new StringBuilder();
    for (int at = 0; at < text.length(); at += piece) {
      shown.append(stops.next(text.substring(at, Math.min(text.length(), at + piece))));
      assertThat(text).startsWith(shown);
    }
    shown.append(stops.finish());
    assertThat(shown.toString()).isEqualTo(text.substring(0, end(text, sequences)));
    assertThat(stops.reached()).isEqualTo(sequences.stream().anyMatch(text::contains));
  }

  private static int end(String text, List<String> sequences) {
    for (int end = 1; end <= text.length(); end++) {
      String soFar = text.substring(0, end);
      int longest =
          sequences.stream().filter(soFar::endsWith).mapToInt(String::length).max().orElse(0);
      if (longest > 0) {
        return end - longest;
      }
    }
    return text.length();
  }

  @Test
  void holdsBackOnlyWhatMayBegin() {
    StopSequences stops = new StopSequences(List.of("\nUser:"));
    assertThat(stops.next("Yes.\nUs")).isEqualTo("Yes.");
    assertThat(stops.next("e it")).isEqualTo("\nUse it");
    assertThat(stops.next("\nUser: what")).isEmpty();
    assertThat(stops.reached()).isTrue();
    assertThatThrownBy(() -> new StopSequences(List.of(""))).hasMessageContaining("empty");
  }
}
