package dev.tilewright.text.generation;

import static dev.tilewright.text.generation.Alphabet.TOKENIZER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.runtime.TooLargeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Texts that begin alike are read once, within a memory, and come out as without a cache. */
class PrefixCacheTest {
  private static final int CAPACITY = 300;
  private static final int BYTES = 4 * CAPACITY;
  private static final String RULES = "Answer shortly and politely, whatever comes. ";
  private static final Generator GENERATOR =
      new Generator(TOKENIZER, GenerationOptions.defaults().withMaxTokens(20));

  private final List<HashSession> opened = new ArrayList<>();

  private CausalSession session() {
    HashSession session = new HashSession(CAPACITY, 3, 5);
    opened.add(session);
    return session;
  }

  private static int[] prompt(String text) {
    return TOKENIZER.encode(text);
  }

  private static List<Integer> answer(Context context, int[] prompt) {
    IntStream.Builder tokens = IntStream.builder();
    GENERATOR.generateTokens(context, prompt, tokens::add, new Cancellation());
    return tokens.build().boxed().toList();
  }

  private static Generation answer(PrefixCache cache, String text) {
    try (PrefixCache.Lease lease = cache.open(prompt(text))) {
      return GENERATOR.generate(lease.context(), prompt(text), _ -> {});
    }
  }

  @Test
  void theLongestBeginningIsNotReadAgain() {
    try (PrefixCache cache = new PrefixCache(this::session, 10 * BYTES)) {
      int rules = RULES.length();
      assertThat(answer(cache, RULES + "Why?").reusedTokens()).isZero();
      assertThat(answer(cache, RULES + "How?").reusedTokens()).isEqualTo(rules);
      assertThat(answer(cache, RULES + "How old?").reusedTokens()).isEqualTo(rules + 3);
      assertThat(answer(cache, RULES + "Why?").reusedTokens()).isEqualTo(rules + 3);
      assertThat(answer(cache, "Something else.").reusedTokens()).isZero();
      assertThat(cache.statistics())
          .isEqualTo(
              new PrefixCache.Statistics(
                  5, 3, 4 * rules + 20 + 15, 3 * rules + 6, 0, 4, 4 * BYTES));
      assertThat(cache.statistics().hitRate()).isBetween(0.65, 0.66);
    }
  }

  @Test
  void aConversationGoesOnInItsContext() {
    try (PrefixCache cache = new PrefixCache(this::session, 10 * BYTES)) {
      StringBuilder text = new StringBuilder(RULES);
      for (int turn = 0; turn < 5; turn++) {
        int[] prompt = prompt(text.append("And?").toString());
        try (PrefixCache.Lease lease = cache.open(prompt)) {
          Generation result = GENERATOR.generate(lease.context(), prompt, text::append);
          assertThat(result.reusedTokens()).isEqualTo(turn == 0 ? 0 : prompt.length - 5);
        }
      }
      assertThat(opened).hasSize(1);
      assertThat(cache.statistics().contexts()).isOne();
    }
    assertThat(opened.getFirst().closed).isTrue();
  }

  @Test
  void theLeastRecentlyUsedMakesRoom() {
    try (PrefixCache cache = new PrefixCache(this::session, 2 * BYTES)) {
      answer(cache, "a".repeat(20));
      answer(cache, "b".repeat(20));
      assertThat(answer(cache, "a".repeat(20) + "!").reusedTokens()).isEqualTo(20);
      assertThat(answer(cache, "c".repeat(20)).reusedTokens()).isZero();
      assertThat(cache.statistics().evictions()).isPositive();
      assertThat(cache.statistics().bytes()).isEqualTo(2 * BYTES);
      assertThat(answer(cache, "b".repeat(20)).reusedTokens()).isZero();
    }
    try (PrefixCache none = new PrefixCache(this::session, 0)) {
      answer(none, RULES);
      assertThat(answer(none, RULES).reusedTokens()).isZero();
    }
    assertThat(opened).allMatch(session -> session.closed);
  }

  @Test
  void memoryThatThereIsNotIsMadeFree() {
    int[] free = {2};
    PrefixCache cache =
        new PrefixCache(
            () -> {
              long open = opened.stream().filter(session -> !session.closed).count();
              if (open >= free[0]) {
                throw new TooLargeException("no memory for another session");
              }
              return session();
            },
            10 * BYTES);
    answer(cache, "a".repeat(20));
    answer(cache, "b".repeat(20));
    answer(cache, "c".repeat(20));
    assertThat(cache.statistics().evictions()).isOne();
    free[0] = 0;
    assertThatThrownBy(() -> answer(cache, "d".repeat(20))).isInstanceOf(TooLargeException.class);
    assertThat(cache.statistics().contexts()).isZero();
    cache.close();
    assertThatThrownBy(() -> answer(cache, "e")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> new PrefixCache(this::session, -1)).hasMessageContaining("-1 bytes");
  }

  @Test
  void answersAreThoseWithoutACache() {
    Random random = new Random(8);
    try (PrefixCache cache = new PrefixCache(this::session, 5 * BYTES)) {
      List<PrefixCache.Lease> leases = new ArrayList<>();
      for (int round = 0; round < 500; round++) {
        int[] prompt =
            prompt(
                RULES.substring(random.nextInt(2))
                    + "abab".repeat(random.nextInt(4))
                    + random.nextInt(3)
                    + "cd".repeat(random.nextInt(3)));
        PrefixCache.Lease lease = cache.open(prompt);
        assertThat(answer(lease.context(), prompt))
            .isEqualTo(answer(new Context(new HashSession(CAPACITY, 3, 5)), prompt));
        leases.add(lease);
        while (leases.size() > random.nextInt(4)) {
          leases.remove(random.nextInt(leases.size())).close();
        }
        assertThat(cache.statistics().bytes()).isLessThanOrEqualTo(5 * BYTES);
      }
      leases.forEach(PrefixCache.Lease::close);
      assertThat(cache.statistics().hitRate()).isGreaterThan(0.5);
    }
    assertThat(opened).allMatch(session -> session.closed);
  }
}
