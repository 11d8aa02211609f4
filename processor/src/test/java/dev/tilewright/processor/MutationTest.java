package dev.tilewright.processor;

import static com.google.testing.compile.Compiler.javac;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * No source, however wrong, makes the processor fail: it says what is wrong, or leaves it to javac.
 */
class MutationTest {
  private static final int ROUNDS = Integer.getInteger("tilewright.mutations", 150);
  private static final Pattern TOKEN = Pattern.compile("\"[^\"\\n]*\"|\\w+|\\s+|[^\\w\\s]");

  @Test
  void survivesMutations() {
    Random random = new Random(Long.getLong("tilewright.seed", 7));
    List<DiagnosticCase> cases = DiagnosticCase.all();
    for (int i = 0; i < ROUNDS; i++) {
      DiagnosticCase original = cases.get(random.nextInt(cases.size()));
      if (original.name().equals("Endings")) {
        continue;
      }
      String mutated = mutate(original.source(), random);
      Compilation compilation =
          javac()
              .withProcessors(new TilewrightProcessor())
              .withOptions("-proc:only", "-Atilewright.targets=none")
              .compile(JavaFileObjects.forSourceString(original.name(), mutated));
      assertThat(compilation.diagnostics())
          .as(mutated)
          .noneMatch(diagnostic -> diagnostic.getMessage(Locale.ROOT).contains("[TW098]"));
    }
  }

  /** Drops, doubles, swaps or replaces a few tokens. */
  private static String mutate(String source, Random random) {
    List<String> tokens = new ArrayList<>();
    for (Matcher token = TOKEN.matcher(source); token.find(); ) {
      tokens.add(token.group());
    }
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      int at = random.nextInt(tokens.size());
      int other = random.nextInt(tokens.size());
      switch (random.nextInt(4)) {
        case 0 -> tokens.remove(at);
        case 1 -> tokens.add(at, tokens.get(at));
        case 2 -> tokens.set(at, tokens.get(other));
        default -> {
          String kept = tokens.get(at);
          tokens.set(at, tokens.get(other));
          tokens.set(other, kept);
        }
      }
    }
    return String.join("", tokens);
  }
}
