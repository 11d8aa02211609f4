package dev.tilewright.text.grammar;

import dev.tilewright.text.Tokenizer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.stream.IntStream;

/**
 * The tokens by their bytes, as a trie in preorder: what begins alike is walked once. Tokens
 * without bytes are not in it.
 */
final class TokenTrie {
  /** A trie for each tokenizer that is still in use, as it takes longer than a grammar does. */
  private static final Map<Tokenizer, TokenTrie> KNOWN = new WeakHashMap<>();

  private final byte[] labels;
  private final int[] depths;

  /** Behind the last entry below each. */
  private final int[] ends;

  /**
   * The tokens that end at each entry: places {@code [firsts[i], firsts[i + 1])} of {@code ids}.
   */
  private final int[] firsts;

  private final int[] ids;
  private final int size;

  private TokenTrie(Tokenizer tokenizer) {
    byte[][] bytes = new byte[tokenizer.size()][];
    Arrays.setAll(bytes, tokenizer::bytes);
    ids =
        IntStream.range(0, bytes.length)
            .filter(id -> bytes[id].length > 0)
            .boxed()
            .sorted(Comparator.comparing(id -> bytes[id], Arrays::compareUnsigned))
            .mapToInt(id -> id)
            .toArray();
    int most = Arrays.stream(bytes).mapToInt(text -> text.length).sum();
    labels = new byte[most];
    depths = new int[most];
    ends = new int[most];
    firsts = new int[most + 1];
    size = fill(bytes);
  }

  static TokenTrie of(Tokenizer tokenizer) {
    synchronized (KNOWN) {
      return KNOWN.computeIfAbsent(tokenizer, TokenTrie::new);
    }
  }

  private int fill(byte[][] bytes) {
    int count = 0;
    int deepest = Arrays.stream(bytes).mapToInt(text -> text.length).max().orElse(0);
    int[] path = new int[deepest + 1];
    byte[] before = {};
    for (int place = 0; place < ids.length; place++) {
      byte[] text = bytes[ids[place]];
      int same = Arrays.mismatch(before, text);
      int shared = same < 0 ? text.length : same;
      for (int depth = before.length; depth > shared; depth--) {
        ends[path[depth]] = count;
      }
      for (int depth = shared + 1; depth <= text.length; depth++) {
        labels[count] = text[depth - 1];
        depths[count] = depth;
        firsts[count] = place;
        path[depth] = count++;
      }
      before = text;
    }
    for (int depth = before.length; depth > 0; depth--) {
      ends[path[depth]] = count;
    }
    firsts[count] = ids.length;
    return count;
  }

  /** Sets the bits of the tokens that may follow a state. */
  void mark(Automaton automaton, Automaton.State from, long[] bits) {
    Automaton.State[] path = new Automaton.State[256];
    path[0] = from;
    int i = 0;
    while (i < size) {
      int depth = depths[i];
      Automaton.State state = automaton.step(path[depth - 1], labels[i] & 0xFF);
      if (state == automaton.dead) {
        i = ends[i];
        continue;
      }
      if (depth == path.length) {
        path = Arrays.copyOf(path, 2 * depth);
      }
      path[depth] = state;
      for (int place = firsts[i]; place < firsts[i + 1]; place++) {
        bits[ids[place] >> 6] |= 1L << ids[place];
      }
      i++;
    }
  }
}
