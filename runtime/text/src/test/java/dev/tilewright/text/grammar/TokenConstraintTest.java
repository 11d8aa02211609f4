package dev.tilewright.text.grammar;

import static dev.tilewright.text.grammar.ByteTokens.TOKENIZER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.text.LogitsProcessor;
import dev.tilewright.text.Sampler;
import dev.tilewright.text.SamplingOptions;
import dev.tilewright.text.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is chosen under a constraint from random logits is of the grammar. */
class TokenConstraintTest {
  private static final int LONGEST = 3000;

  /** A text chosen at random, or null if it became too long. */
  static String write(TokenConstraint constraint, Random random) {
    Sampler sampler = new Sampler(SamplingOptions.greedy().withProcessors(constraint.get()));
    sampler.accept(random.nextInt(TOKENIZER.size()));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    float[] logits = new float[TOKENIZER.size() + 3];
    for (int i = 0; i < LONGEST; i++) {
      for (int id = 0; id < logits.length; id++) {
        logits[id] = random.nextFloat();
      }
      int token = sampler.sample(logits);
      if (TOKENIZER.endsAnswer(token)) {
        return bytes.toString(StandardCharsets.UTF_8);
      }
      bytes.writeBytes(TOKENIZER.bytes(token));
    }
    return null;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "root ::= \"yes\" | \"no\" | \"maybe\"",
        "root ::= [0-9]{1,3} (\".\" [0-9]{1,3}){3}",
        "root ::= \"(\" root \")\" | \"()\" | root2\nroot2 ::= \"[\" root? \"]\"",
        "root ::= [^\\n]{0,20} \"\\n\"",
        "root ::= ([ぁ-ゟ] | \"日本\" | \"é\")+ \"。\"",
        "root ::= (\"ab\" | \"aba\" | \"b\")* \"!\""
      })
  void textsAreOfTheGrammar(String text) {
    Grammar grammar = Grammar.gbnf(text);
    TokenConstraint constraint = grammar.constraint(TOKENIZER);
    Random random = new Random(2);
    int whole = 0;
    for (int round = 0; round < 60; round++) {
      String written = write(constraint, random);
      if (written != null) {
        whole++;
        assertThat(grammar.matches(written)).as(written).isTrue();
      }
    }
    assertThat(whole).isGreaterThan(40);
  }

  /** A token is allowed if, and only if, its bytes are one by one; and the text may end. */
  @Test
  void masksAreWhatTheBytesOfTokensSay() {
    Grammar grammar =
        Grammar.gbnf(
            """
            root ::= "{" (pair (", " pair)*)? "}" | "[[" [^a]* "]]"
            pair ::= "\\"name\\": " (root | "12" | "true" | " the" | [ぁ-ゟ])
            """);
    TokenConstraint constraint = grammar.constraint(TOKENIZER);
    Random random = new Random(4);
    for (int round = 0; round < 20; round++) {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      LogitsProcessor check =
          (logits, _) -> {
            for (int id = 0; id < TOKENIZER.size(); id++) {
              boolean allowed = logits[id] != Float.NEGATIVE_INFINITY;
              assertThat(allowed)
                  .as("%s then %s", text, TOKENIZER.name(id))
                  .isEqualTo(
                      TOKENIZER.endsAnswer(id)
                          ? grammar.matches(text.toString(StandardCharsets.UTF_8))
                          : grammar.begins(joined(text.toByteArray(), TOKENIZER.bytes(id))));
            }
          };
      Sampler sampler =
          new Sampler(SamplingOptions.greedy().withProcessors(constraint.get(), check));
      for (int i = 0; i < 30; i++) {
        float[] logits = new float[TOKENIZER.size()];
        for (int id = 0; id < logits.length; id++) {
          logits[id] = random.nextFloat();
        }
        int token = sampler.sample(logits);
        if (TOKENIZER.endsAnswer(token)) {
          break;
        }
        text.writeBytes(TOKENIZER.bytes(token));
      }
    }
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  @Test
  void aCutHistoryIsFollowed() {
    TokenConstraint constraint =
        Grammar.gbnf("root ::= \"a\" \"b\" \"c\" | \"a\" \"x\" \"y\"").constraint(TOKENIZER);
    Sampler sampler = new Sampler(SamplingOptions.greedy().withProcessors(constraint.get()));
    sampler.accept(5);
    float[] logits = new float[TOKENIZER.size()];
    logits['b'] = 1;
    assertThat(sampler.sample(logits)).isEqualTo('a');
    assertThat(sampler.sample(logits)).isEqualTo('b');
    assertThat(sampler.sample(logits)).isEqualTo('c');
    sampler.truncate(2);
    logits['x'] = 2;
    assertThat(sampler.sample(logits)).isEqualTo('x');
    assertThat(sampler.sample(logits)).isEqualTo('y');
    assertThat(TOKENIZER.endsAnswer(sampler.sample(logits))).isTrue();
    sampler.truncate(2);
    sampler.accept('q');
    assertThatThrownBy(() -> sampler.sample(logits))
        .isInstanceOf(GrammarException.class)
        .hasMessageContaining("\"q\", is not what the grammar allows");
  }

  @Test
  void aVocabularyMayNotDo() {
    Map<String, Object> letters =
        Map.of(
            "tokenizer.ggml.model",
            "gpt2",
            "tokenizer.ggml.pre",
            "gpt-2",
            "tokenizer.ggml.tokens",
            List.of("a", "</s>"),
            "tokenizer.ggml.merges",
            List.of());
    TokenConstraint constraint = Grammar.gbnf("root ::= \"ab\"").constraint(Tokenizer.of(letters));
    Sampler sampler = new Sampler(SamplingOptions.greedy().withProcessors(constraint.get()));
    assertThat(sampler.sample(new float[2])).isZero();
    assertThatThrownBy(() -> sampler.sample(new float[2]))
        .isInstanceOf(GrammarException.class)
        .hasMessageContaining("No token of the vocabulary");
    Map<String, Object> endless = new HashMap<>(letters);
    endless.put("tokenizer.ggml.tokens", List.of("a", "b"));
    Tokenizer tokenizer = Tokenizer.of(endless);
    assertThatThrownBy(() -> Grammar.gbnf("root ::= \"ab\"").constraint(tokenizer))
        .isInstanceOf(GrammarException.class)
        .hasMessageContaining("no token that ends");
  }
}
