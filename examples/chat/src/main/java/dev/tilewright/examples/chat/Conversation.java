package dev.tilewright.examples.chat;

import dev.tilewright.text.ChatMessage;
import dev.tilewright.text.ChatTemplate;
import dev.tilewright.text.Tokenizer;
import dev.tilewright.text.generation.Cancellation;
import dev.tilewright.text.generation.Context;
import dev.tilewright.text.generation.ContextOverflowException;
import dev.tilewright.text.generation.Generation;
import dev.tilewright.text.generation.GenerationOptions;
import dev.tilewright.text.generation.Generator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A dialogue with a model, which reads only what it does not remember yet. */
final class Conversation {
  private final Context context;
  private final Tokenizer tokenizer;
  private final ChatTemplate template;
  private final Generator generator;
  private final List<ChatMessage> messages = new ArrayList<>();

  Conversation(
      Context context, Tokenizer tokenizer, ChatTemplate template, GenerationOptions options) {
    this.context = context;
    this.tokenizer = tokenizer;
    this.template = template;
    generator = new Generator(tokenizer, options);
  }

  /** Tells the model how to behave. */
  void system(String text) {
    messages.add(new ChatMessage("system", text));
  }

  /**
   * Answers, and gives the text to {@code out} piece by piece.
   *
   * @throws ContextOverflowException if the question does not fit into the context; it is as if it
   *     had not been asked
   */
  Generation reply(String question, Consumer<String> out, Cancellation cancellation) {
    messages.add(new ChatMessage("user", question));
    int[] prompt = tokenizer.encode(template.render(messages, true), false, true);
    StringBuilder answer = new StringBuilder();
    try {
      Generation generation =
          generator.generate(
              context,
              prompt,
              text -> {
                answer.append(text);
                out.accept(text);
              },
              cancellation);
      messages.add(new ChatMessage("assistant", answer.toString()));
      return generation;
    } catch (ContextOverflowException e) {
      messages.removeLast();
      throw e;
    }
  }

  /** Forgets everything but what the system was told. */
  void restart() {
    messages.removeIf(message -> !message.role().equals("system"));
  }
}
