package dev.tilewright.examples.chat;

import dev.tilewright.text.ChatMessage;
import dev.tilewright.text.ChatTemplate;
import dev.tilewright.text.Sampler;
import dev.tilewright.text.SamplingOptions;
import dev.tilewright.text.StopSequences;
import dev.tilewright.text.StreamingDecoder;
import dev.tilewright.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A dialogue with a model, which reads only what it does not remember yet. */
final class Conversation {
  /**
   * How an answer went.
   *
   * @param tokens how many the model gave
   * @param seconds how long it took from the first of them to the last
   * @param end why it is over
   */
  record Answer(int tokens, double seconds, End end) {
    double tokensPerSecond() {
      return tokens < 2 ? 0 : (tokens - 1) / seconds;
    }
  }

  enum End {
    FINISHED,
    CANCELLED,
    LIMIT,
    CONTEXT_FULL
  }

  private final LanguageModel model;
  private final Tokenizer tokenizer;
  private final ChatTemplate template;
  private final SamplingOptions sampling;
  private final List<String> stops;
  private final List<ChatMessage> messages = new ArrayList<>();
  private int[] remembered = {};

  Conversation(
      LanguageModel model,
      Tokenizer tokenizer,
      ChatTemplate template,
      SamplingOptions sampling,
      List<String> stops) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.template = template;
    this.sampling = sampling;
    this.stops = List.copyOf(stops);
  }

  /** Tells the model how to behave. */
  void system(String text) {
    messages.add(new ChatMessage("system", text));
  }

  /** How many tokens of the context are used. */
  int used() {
    return model.length();
  }

  /**
   * Answers, and gives the text to {@code out} piece by piece.
   *
   * @param limit how many tokens at most
   * @throws IllegalStateException if the question does not fit into the context; it is as if it had
   *     not been asked
   */
  Answer reply(String question, int limit, Consumer<String> out, BooleanSupplier cancelled) {
    messages.add(new ChatMessage("user", question));
    int[] prompt = tokenizer.encode(template.render(messages, true), false, true);
    if (prompt.length >= model.capacity()) {
      messages.removeLast();
      throw new IllegalStateException(
          "The conversation has %d tokens, of which %d fit. Begin a new one with /new."
              .formatted(prompt.length, model.capacity()));
    }
    float[] logits = read(prompt);
    Sampler sampler = new Sampler(sampling);
    Arrays.stream(prompt).forEach(sampler::accept);
    StringBuilder answer = new StringBuilder();
    Answer result =
        write(
            logits,
            sampler,
            limit,
            text -> {
              answer.append(text);
              out.accept(text);
            },
            cancelled);
    messages.add(new ChatMessage("assistant", answer.toString()));
    return result;
  }

  private float[] read(int[] prompt) {
    int same = Arrays.mismatch(remembered, prompt);
    int kept = Math.min(same < 0 ? prompt.length : same, prompt.length - 1);
    model.truncate(kept);
    float[] logits = model.next(Arrays.copyOfRange(prompt, kept, prompt.length));
    remembered = prompt;
    return logits;
  }

  private Answer write(
      float[] first, Sampler sampler, int limit, Consumer<String> out, BooleanSupplier cancelled) {
    StreamingDecoder decoder = tokenizer.decoder();
    StopSequences stop = new StopSequences(stops);
    float[] logits = first;
    long start = System.nanoTime();
    int tokens = 0;
    End end = null;
    while (end == null) {
      int token = sampler.sample(logits);
      tokens++;
      if (tokenizer.endsAnswer(token)) {
        end = End.FINISHED;
        break;
      }
      out.accept(stop.next(decoder.next(token)));
      end = end(stop, cancelled, tokens, limit);
      if (end == null) {
        logits = model.next(token);
        remembered = Arrays.copyOf(remembered, remembered.length + 1);
        remembered[remembered.length - 1] = token;
      }
    }
    out.accept(stop.next(decoder.finish()) + stop.finish());
    return new Answer(tokens, (System.nanoTime() - start) / 1e9, end);
  }

  private End end(StopSequences stop, BooleanSupplier cancelled, int tokens, int limit) {
    if (stop.reached()) {
      return End.FINISHED;
    }
    if (cancelled.getAsBoolean()) {
      return End.CANCELLED;
    }
    if (tokens >= limit) {
      return End.LIMIT;
    }
    return model.length() >= model.capacity() ? End.CONTEXT_FULL : null;
  }

  /** Forgets everything but what the system was told. */
  void restart() {
    messages.removeIf(message -> !message.role().equals("system"));
  }
}
