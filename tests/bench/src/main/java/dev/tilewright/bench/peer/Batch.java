package dev.tilewright.bench.peer;

import java.util.Arrays;
import java.util.Random;

/**
 * Sentences that are embedded together.
 *
 * @param name what tables call it, such as {@code 32x128}
 * @param sentences token ids, as many as each sentence has
 */
public record Batch(String name, int[][] sentences) {
  /** Sentences of one length, of words at random that are the same at every call. */
  public static Batch uniform(int count, int length) {
    Random random = new Random(1);
    int[][] sentences = new int[count][];
    for (int i = 0; i < count; i++) {
      sentences[i] = random.ints(length, 1000, 30000).toArray();
    }
    return new Batch(count + "x" + length, sentences);
  }

  public int count() {
    return sentences.length;
  }

  /** Tokens of each sentence. */
  public int[] lengths() {
    return Arrays.stream(sentences).mapToInt(sentence -> sentence.length).toArray();
  }

  /** Tokens of the longest sentence. */
  public int longest() {
    return Arrays.stream(lengths()).max().orElseThrow();
  }

  /** Whether sentences differ in length. */
  public boolean mixed() {
    return Arrays.stream(lengths()).distinct().count() > 1;
  }

  /** {@code [count, longest]}, zeros behind the shorter ones. */
  public int[] ids() {
    return padded(false);
  }

  /** {@code [count, longest]}, 1 where there is a token. */
  public int[] mask() {
    return padded(true);
  }

  private int[] padded(boolean ones) {
    int longest = longest();
    int[] all = new int[count() * longest];
    for (int i = 0; i < count(); i++) {
      for (int t = 0; t < sentences[i].length; t++) {
        all[i * longest + t] = ones ? 1 : sentences[i][t];
      }
    }
    return all;
  }
}
