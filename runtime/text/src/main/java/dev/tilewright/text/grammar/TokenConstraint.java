package dev.tilewright.text.grammar;

import dev.tilewright.text.LogitsProcessor;
import dev.tilewright.text.TokenHistory;
import dev.tilewright.text.Tokenizer;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Keeps what a model writes to a {@link Grammar}: forbids each token with which the text would
 * belong to no text of the grammar, and the end of the answer where the text is not whole. Which
 * tokens a state of the grammar allows is found once and kept.
 *
 * {@snippet :
 * TokenConstraint constraint = Grammar.gbnf("root ::= \"yes\" | \"no\"").constraint(tokenizer);
 * GenerationOptions options = GenerationOptions.defaults().withConstraint(constraint);
 * }
 *
 * Each text needs a processor of its own, from {@link #get}. Constraint and processors may be used
 * by several threads, a processor by one at a time.
 */
public final class TokenConstraint implements Supplier<LogitsProcessor> {
  private final Tokenizer tokenizer;
  private final TokenTrie trie;
  private final Automaton automaton;
  private final int[] ends;

  TokenConstraint(Network network, Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    trie = TokenTrie.of(tokenizer);
    automaton = new Automaton(network);
    ends = IntStream.range(0, tokenizer.size()).filter(tokenizer::endsAnswer).toArray();
    if (ends.length == 0) {
      throw new GrammarException(
          "The vocabulary has no token that ends an answer, so none kept to a grammar could end");
    }
  }

  /** A processor for one text, which begins with the first token chosen through it. */
  @Override
  public LogitsProcessor get() {
    return new Text();
  }

  /** The tokens that may follow, a bit each. */
  private synchronized long[] allowed(Automaton.State state) {
    if (state.mask == null) {
      long[] mask = new long[(tokenizer.size() + 63) / 64];
      if (state.continues()) {
        trie.mark(automaton, state, mask);
      }
      for (int id : ends) {
        mask[id >> 6] &= ~(1L << id);
        if (state.accepts) {
          mask[id >> 6] |= 1L << id;
        }
      }
      if (Arrays.stream(mask).allMatch(word -> word == 0)) {
        throw new GrammarException(
            "No token of the vocabulary goes on with the text as the grammar asks");
      }
      state.mask = mask;
    }
    return state.mask;
  }

  private synchronized Automaton.State after(Automaton.State from, int token) {
    Automaton.State state = from;
    for (byte value : tokenizer.bytes(token)) {
      state = automaton.step(state, value & 0xFF);
    }
    if (state == automaton.dead) {
      throw new GrammarException(
          "The token %d, \"%s\", is not what the grammar allows here"
              .formatted(token, tokenizer.name(token)));
    }
    return state;
  }

  /** One text. */
  private final class Text implements LogitsProcessor {
    private int begin = -1;
    private int[] tokens = new int[64];

    /** Before the token of the same index, and after the last. */
    private Automaton.State[] states = new Automaton.State[65];

    private int length;

    Text() {
      states[0] = automaton.start();
    }

    @Override
    public void process(float[] logits, TokenHistory history) {
      follow(history);
      long[] mask = allowed(states[length]);
      for (int id = 0; id < logits.length; id++) {
        if (id >> 6 >= mask.length || (mask[id >> 6] & 1L << id) == 0) {
          logits[id] = Float.NEGATIVE_INFINITY;
        }
      }
    }

    /** Reads what is new, after going back to where the history was cut. */
    private void follow(TokenHistory history) {
      if (begin < 0 || history.size() < begin) {
        begin = history.size();
        length = 0;
      }
      int same = 0;
      while (same < length
          && begin + same < history.size()
          && tokens[same] == history.get(begin + same)) {
        same++;
      }
      length = same;
      while (begin + length < history.size()) {
        if (length == tokens.length) {
          tokens = Arrays.copyOf(tokens, 2 * length);
          states = Arrays.copyOf(states, 2 * length + 1);
        }
        tokens[length] = history.get(begin + length);
        states[length + 1] = after(states[length], tokens[length]);
        length++;
      }
    }
  }
}
