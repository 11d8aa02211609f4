package dev.tilewright.text.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Grammars in GBNF, and what is wrong with some. */
class GrammarTest {
  private static final String CHESS =
      """
      # a game, move by move
      root ::= (
          # the first move of both
          "1. " move " " move "\\n"

          # and more
          ([1-9] [0-9]? ". " move " " move "\\n")+
      )
      move ::= (pawn | nonpawn | castle) [+#]?   # maybe check
      nonpawn ::= [NBKQR] [a-h]? [1-8]? "x"? [a-h] [1-8]
      pawn ::= ([a-h] "x")? [a-h] [1-8] ("=" [NBKQR])? |
        "promotion"
      castle ::= "O-O" "-O"?
      """;

  @Test
  void textsAreOfTheGrammarOrNot() {
    Grammar chess = Grammar.gbnf(CHESS);
    assertThat(chess.matches("1. e4 e5\n2. Nf3 Nc6\n3. O-O exd4+\n")).isTrue();
    assertThat(chess.matches("1. e4 e5\n")).isFalse();
    assertThat(chess.matches("1. e4 e5\n2. Nf3 Nc9\n")).isFalse();
    Grammar balanced = Grammar.gbnf("root ::= \"(\" root \")\" root | \"\"");
    assertThat(balanced.matches("")).isTrue();
    assertThat(balanced.matches("(()(()))()")).isTrue();
    assertThat(balanced.matches("(()(())()")).isFalse();
    assertThat(balanced.matches("(".repeat(900) + ")".repeat(900))).isTrue();
    Grammar right = Grammar.gbnf("root ::= \"x\" root | \"y\"");
    assertThat(right.matches("x".repeat(100_000) + "y")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "'[a-z0-9_]{2,3}', ab, a",
    "'[^a-z]', Ä, a",
    "'[^a-z]', 日, 日本",
    "'[ぁ-ゟ]+', ひらがな, 漢字",
    "'\"\\x41\\u00e9\\U0001F600\"', Aé😀, A",
    "'[\\]\\-\\^\\\\]{4}', ]-^\\, a-^\\",
    "'[a-]+', a-a, b",
    "'. .', a😀, a",
    "'\"a\" {3}', aaa, aa",
    "'\"ab\"{2,}', ababab, ab",
    "'(\"a\" | \"\")* \"b\"', aab, aa",
    "'(\"a\"? \"b\"?){0,3} \"c\"', ababc, ababababc",
    "'([\u0080-\uffff])*', ÿĀ߿ࠀ\uffff, a",
    "'\"a\"*+ \"b\"', aab, ba"
  })
  void notation(String body, String good, String bad) {
    Grammar grammar = Grammar.gbnf("root ::= " + body);
    assertThat(grammar.matches(good)).isTrue();
    assertThat(grammar.matches(bad)).isFalse();
  }

  static Stream<String[]> mistakes() {
    return Stream.of(
        new String[] {"a ::= \"x\"", "no rule \"root\"", "1:1"},
        new String[] {"root ::= \"x\"\na ::= b", "no rule \"b\"", "2:7"},
        new String[] {"root ::= \"x\"\nroot ::= \"y\"", "a second time", "2:1"},
        new String[] {"root ::= \"x", "closing \" is missing", "1:10"},
        new String[] {"root ::= [a-", "closing ] is missing", "1:10"},
        new String[] {"root ::= [z-a]", "ends before it begins", "1:11"},
        new String[] {"root ::= []", "has no character", "1:10"},
        new String[] {"root ::= (\"x\"\n  \"y\"", "not closed", "1:10"},
        new String[] {"root ::= \"x\" )", "Expected the end", "1:14"},
        new String[] {"root = \"x\"", "::=", "1:6"},
        new String[] {"root ::= \"\\q\"", "no escape", "1:11"},
        new String[] {"root ::= \"\\uD800\"", "no character of Unicode", "1:11"},
        new String[] {"root ::= \"\\U00110000\"", "no character of Unicode", "1:11"},
        new String[] {"root ::= \"x\"{3,2}", "less than", "1:13"},
        new String[] {"root ::= \"x\"{2001}", "at most 2000", "1:14"},
        new String[] {"root ::= \"x\"{99999999999}", "at most 2000", "1:14"},
        new String[] {"root ::= \"x\"{,2}", "number of repetitions", "1:14"},
        new String[] {"root ::= * \"x\"", "Expected a rule's name", "1:10"},
        new String[] {"root ::= <think>", "Tokens", "1:10"},
        new String[] {"root ::= " + "[a-z]{2000} ".repeat(101), "more than 200000 states", "1:"},
        new String[] {"root ::= " + "(".repeat(300), "brackets are open", "1:210"},
        new String[] {"root ::= root \"x\" | \"x\"", "Left recursion", "1:1"},
        new String[] {"root ::= a\na ::= b? c\nb ::= \"x\"\nc ::= a | \"y\"", "a -> c -> a", "2:1"},
        new String[] {"root ::= (root? \"x\")*", "root -> root", "1:1"},
        new String[] {"root ::= \"x\" root", "without an end", "1:1"},
        new String[] {"root ::= a\na ::= \"(\" a \")\"", "No text is of", "1:1"});
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakesAreNamedWithTheirPlace(String grammar, String message, String place) {
    assertThatThrownBy(() -> Grammar.gbnf(grammar))
        .isInstanceOfSatisfying(
            GrammarException.class, e -> assertThat(e.line() + ":" + e.column()).startsWith(place))
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "::=", "root ::= \"\\", "root ::= [\\", "root ::= \"a\"{", "root ::= \"\\x4"})
  void cutTextsAreRefused(String grammar) {
    assertThatThrownBy(() -> Grammar.gbnf(grammar)).isInstanceOf(GrammarException.class);
  }

  /** What is hostile takes neither the stack nor the memory. */
  @Test
  void hostileGrammars() {
    StringBuilder chain = new StringBuilder("root ::= a0\n");
    for (int i = 0; i < 3_000; i++) {
      chain.append("a%d ::= \"x\"? a%d\n".formatted(i, i + 1));
    }
    Grammar deep = Grammar.gbnf(chain + "a3000 ::= \"y\"");
    assertThat(deep.matches("xxxy")).isTrue();
    assertThatThrownBy(() -> Grammar.gbnf("root ::= " + "(\"x\"?){2000} ".repeat(20)))
        .isInstanceOf(GrammarException.class)
        .hasMessageContaining("optional parts");
    Grammar ambiguous = Grammar.gbnf("root ::= \"x\" root \"a\"? | \"x\" root \"b\"? | \"x\"");
    assertThat(ambiguous.matches("x".repeat(300) + "ab".repeat(100))).isTrue();
    assertThat(ambiguous.matches("x".repeat(100) + "ab".repeat(100))).isFalse();
    Grammar nested = Grammar.gbnf("root ::= \"(\" root \")\" | \"x\"");
    assertThat(nested.matches("(".repeat(5000) + "x" + ")".repeat(5000)))
        .as("deeper than is followed")
        .isFalse();
  }
}
