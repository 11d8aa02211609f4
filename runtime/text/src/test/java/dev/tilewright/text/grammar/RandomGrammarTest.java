package dev.tilewright.text.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Random grammars: of all short texts, those are accepted which rules derive, and no others. */
class RandomGrammarTest {
  private static final int LONGEST = 5;

  @Test
  void acceptsWhatRulesDerive() {
    Random random = new Random(1);
    int known = 0;
    int accepted = 0;
    for (int round = 0; round < 1500; round++) {
      String text = grammar(random);
      Grammar grammar;
      try {
        grammar = Grammar.gbnf(text);
      } catch (GrammarException e) {
        assertThat(e.getMessage()).containsAnyOf("Left recursion", "No text is of");
        continue;
      }
      known++;
      Set<String> derived = derive(new GbnfParser(text).parse());
      for (String candidate : texts()) {
        assertThat(grammar.matches(candidate))
            .as("%s%nof%n%s", candidate, text)
            .isEqualTo(derived.contains(candidate));
      }
      accepted += derived.size();
    }
    assertThat(known).isGreaterThan(500);
    assertThat(accepted).isGreaterThan(4000);
  }

  private static String grammar(Random random) {
    StringBuilder text = new StringBuilder();
    for (String rule : List.of("root", "p", "q", "r")) {
      text.append(rule).append(" ::= ").append(expression(random, 3)).append('\n');
    }
    return text.toString();
  }

  private static String expression(Random random, int depth) {
    int kind = random.nextInt(depth == 0 ? 4 : 9);
    return switch (kind) {
      case 0 -> "\"a\"";
      case 1 -> random.nextBoolean() ? "\"b\"" : "\"ab\"";
      case 2 -> random.nextInt(3) == 0 ? "\"\"" : "[ab]";
      case 3 -> List.of("p", "q", "r", "root").get(random.nextInt(4));
      case 4 -> "(" + expression(random, depth - 1) + " | " + expression(random, depth - 1) + ")";
      case 5 ->
          "("
              + expression(random, depth - 1)
              + ")"
              + List.of("*", "+", "?", "{2}", "{1,2}", "{0,3}", "{2,}").get(random.nextInt(7));
      default -> expression(random, depth - 1) + " " + expression(random, depth - 1);
    };
  }

  private static List<String> texts() {
    List<String> texts = new ArrayList<>(List.of(""));
    for (int i = 0; texts.get(i).length() < LONGEST; i++) {
      texts.add(texts.get(i) + "a");
      texts.add(texts.get(i) + "b");
    }
    return texts;
  }

  /** The short texts of the root: the least sets that satisfy the rules. */
  private static Set<String> derive(Map<String, Rule> rules) {
    Map<String, Set<String>> sets = new HashMap<>();
    rules.keySet().forEach(name -> sets.put(name, new HashSet<>()));
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Rule rule : rules.values()) {
        changed |= sets.get(rule.name()).addAll(texts(rule.body(), sets));
      }
    }
    return sets.get("root");
  }

  private static Set<String> texts(Expression expression, Map<String, Set<String>> sets) {
    return switch (expression) {
      case Expression.One(Characters of) -> {
        Set<String> texts = new HashSet<>();
        for (Characters.Range range : of.ranges()) {
          for (int c = range.first(); c <= range.last(); c++) {
            texts.add(Character.toString(c));
          }
        }
        yield texts;
      }
      case Expression.Literal(String text) -> Set.of(text);
      case Expression.Sequence(List<Expression> items) -> {
        Set<String> texts = Set.of("");
        for (Expression item : items) {
          texts = joined(texts, texts(item, sets));
        }
        yield texts;
      }
      case Expression.Choice(List<Expression> options) -> {
        Set<String> texts = new HashSet<>();
        options.forEach(option -> texts.addAll(texts(option, sets)));
        yield texts;
      }
      case Expression.Call call -> new HashSet<>(sets.get(call.rule()));
      case Expression.Repeat repeat -> {
        Set<String> item = texts(repeat.item(), sets);
        Set<String> texts = Set.of("");
        for (int i = 0; i < repeat.least(); i++) {
          texts = joined(texts, item);
        }
        int more =
            repeat.most() == Expression.Repeat.UNLIMITED ? LONGEST : repeat.most() - repeat.least();
        for (int i = 0; i < more; i++) {
          Set<String> longer = new HashSet<>(texts);
          longer.addAll(joined(texts, item));
          texts = longer;
        }
        yield texts;
      }
    };
  }

  private static Set<String> joined(Set<String> first, Set<String> second) {
    Set<String> texts = new HashSet<>();
    for (String a : first) {
      for (String b : second) {
        if (a.length() + b.length() <= LONGEST) {
          texts.add(a + b);
        }
      }
    }
    return texts;
  }
}
