package dev.tilewright.text.generation;

import dev.tilewright.text.StopSequences;
import dev.tilewright.text.StreamingDecoder;
import dev.tilewright.text.Tokenizer;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Where a generation's tokens go. */
interface Output {
  /** For tokens alone, which are decoded if stop sequences may come. */
  static Output of(Tokenizer tokenizer, GenerationOptions options, IntConsumer tokens) {
    return options.stopSequences().isEmpty()
        ? new Tokens(tokens)
        : new Stopping(tokens, new Text(tokenizer, options.stopSequences(), _ -> {}));
  }

  /** Takes the next token. */
  void accept(int token);

  /** Whether a stop sequence came. */
  boolean stopped();

  /** Gives out what was held back, as no more tokens will come. */
  void finish();

  /** Tokens as they are. */
  record Tokens(IntConsumer tokens) implements Output {
    @Override
    public void accept(int token) {
      tokens.accept(token);
    }

    @Override
    public boolean stopped() {
      return false;
    }

    @Override
    public void finish() {}
  }

  /** Text up to a stop sequence. */
  final class Text implements Output {
    private final Consumer<String> text;
    private final StreamingDecoder decoder;
    private final StopSequences stops;

    Text(Tokenizer tokenizer, List<String> stopSequences, Consumer<String> text) {
      this.text = text;
      decoder = tokenizer.decoder();
      stops = new StopSequences(stopSequences);
    }

    @Override
    public void accept(int token) {
      give(stops.next(decoder.next(token)));
    }

    @Override
    public boolean stopped() {
      return stops.reached();
    }

    @Override
    public void finish() {
      give(stops.next(decoder.finish()) + stops.finish());
    }

    private void give(String piece) {
      if (!piece.isEmpty()) {
        text.accept(piece);
      }
    }
  }

  /** Tokens up to the one with which a stop sequence is complete. */
  record Stopping(IntConsumer tokens, Text text) implements Output {
    @Override
    public void accept(int token) {
      text.accept(token);
      tokens.accept(token);
    }

    @Override
    public boolean stopped() {
      return text.stopped();
    }

    @Override
    public void finish() {}
  }
}
