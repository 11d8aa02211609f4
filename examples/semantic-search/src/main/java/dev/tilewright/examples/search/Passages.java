package dev.tilewright.examples.search;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Text cut into passages that are worth finding: sentences, short ones together. */
final class Passages {
  /** A sentence shorter than this takes the next one along, within its paragraph. */
  private static final int ENOUGH_CHARACTERS = 40;

  private Passages() {}

  /** The passages of a file of plain text. */
  static List<String> of(Path file) throws IOException {
    return split(Files.readString(file));
  }

  /** The corpus that ships with the example: the first chapters of Moby-Dick, a sentence a line. */
  static List<String> ofMobyDick() {
    try (InputStream text = Passages.class.getResourceAsStream("moby-dick.txt")) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Blank lines end a passage; so does the end of a sentence once the passage is long enough. */
  static List<String> split(String text) {
    List<String> passages = new ArrayList<>();
    for (String paragraph : text.split("\\R\\s*\\R", -1)) {
      String line = paragraph.replaceAll("\\s+", " ").strip();
      BreakIterator sentences = BreakIterator.getSentenceInstance(Locale.ENGLISH);
      sentences.setText(line);
      int start = 0;
      for (int end = sentences.next(); end != BreakIterator.DONE; end = sentences.next()) {
        if (end - start >= ENOUGH_CHARACTERS || end == line.length()) {
          String passage = line.substring(start, end).strip();
          if (!passage.isEmpty()) {
            passages.add(passage);
          }
          start = end;
        }
      }
    }
    return passages;
  }
}
