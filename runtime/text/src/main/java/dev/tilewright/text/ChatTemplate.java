package dev.tilewright.text;

import dev.tilewright.runtime.Weights;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Writes a conversation as the model was trained to read it: the Jinja template under {@code
 * tokenizer.chat_template} of a GGUF file. Templates see {@code messages}, {@code
 * add_generation_prompt}, {@code bos_token} and {@code eos_token}, and may call {@code
 * raise_exception} and {@code strftime_now}. What is said in a conversation is never run as a
 * template, and what a template may use up is limited. Immutable; safe for use by several threads.
 *
 * {@snippet :
 * ChatTemplate template = ChatTemplate.of(weights);
 * String prompt = template.render(List.of(new ChatMessage("user", "Hi")), true);
 * int[] ids = tokenizer.encode(prompt, false, true);
 * }
 */
public final class ChatTemplate {
  private static final String KEY = "tokenizer.chat_template";
  private static final TemplateEngine ENGINE = new TemplateEngine();

  private final String source;
  private final Map<String, Object> constants;

  private ChatTemplate(String source, String bos, String eos) {
    this.source = source;
    this.constants = Map.of("bos_token", bos, "eos_token", eos);
  }

  /**
   * The template of a GGUF file. It keeps nothing of {@code weights}, which may be closed.
   *
   * @throws ChatTemplateException if the file has none
   * @throws TokenizerException if the file's tokens, which templates may name, are damaged
   */
  public static ChatTemplate of(Weights weights) {
    if (!(weights.metadata().get(KEY) instanceof String source)) {
      throw new ChatTemplateException(
          "%s has no %s: it may be a model that continues text and was not trained to chat."
              .formatted(weights.origin(), KEY));
    }
    Vocabulary vocabulary = Vocabulary.of(new TokenizerMetadata(weights.metadata()));
    TokenizerMetadata metadata = new TokenizerMetadata(weights.metadata());
    return new ChatTemplate(
        source,
        name(vocabulary, metadata.id("bos", vocabulary.size())),
        name(vocabulary, metadata.id("eos", vocabulary.size())));
  }

  private static String name(Vocabulary vocabulary, OptionalInt id) {
    return id.isPresent() ? vocabulary.text(id.getAsInt()) : "";
  }

  /**
   * A template as text.
   *
   * {@snippet :
   * ChatTemplate template =
   *     ChatTemplate.of("{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}", "", "");
   * }
   *
   * @param bos what {@code bos_token} stands for
   * @param eos what {@code eos_token} stands for
   */
  public static ChatTemplate of(String source, String bos, String eos) {
    return new ChatTemplate(source, bos, eos);
  }

  /** The template as text. */
  public String source() {
    return source;
  }

  /**
   * The conversation as text, in which control tokens are written out.
   *
   * @param addGenerationPrompt whether the beginning of the assistant's answer comes last
   * @throws ChatTemplateException if the template cannot be read, the conversation is empty or
   *     refused, or the template uses up more than it may: 16 MB of text, 1,000,000 steps, 64 calls
   *     in each other
   */
  public String render(List<ChatMessage> messages, boolean addGenerationPrompt) {
    return render(messages, addGenerationPrompt, Map.of());
  }

  /**
   * The conversation as text, with further variables that the template knows, such as {@code
   * enable_thinking}.
   *
   * @throws ChatTemplateException as {@link #render(List, boolean)} does
   */
  public String render(
      List<ChatMessage> messages, boolean addGenerationPrompt, Map<String, ?> variables) {
    if (messages.isEmpty()) {
      throw new ChatTemplateException("The conversation is empty; a template needs a message.");
    }
    Map<String, Object> all = new HashMap<>(constants);
    all.putAll(variables);
    all.put(
        "messages",
        messages.stream()
            .map(message -> Map.of("role", message.role(), "content", message.content()))
            .toList());
    all.put("add_generation_prompt", addGenerationPrompt);
    return ENGINE.render(source, all);
  }
}
