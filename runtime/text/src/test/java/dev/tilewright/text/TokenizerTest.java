package dev.tilewright.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class TokenizerTest {
  private static final Tokenizer BYTES = Vocabularies.bytes();
  private static final Tokenizer SCORES = Vocabularies.scores();

  /**
   * A vocabulary of bytes lacks those that no text of its training had, such as control characters.
   */
  @Property(tries = 500)
  void scoresGiveAnyTextBack(@ForAll @StringLength(max = 60) String text) {
    String plain = Utf8.wellFormed(text).replace('▁', ' ');
    assertThat(SCORES.decode(SCORES.encode(text))).isEqualTo(plain);
    assertThat(streamed(SCORES, SCORES.encode(text))).isEqualTo(plain);
  }

  @Property(tries = 500)
  void streamedTextIsTheTextOfTheWhole(@ForAll List<Integer> numbers) {
    int[] ids = numbers.stream().mapToInt(n -> Math.floorMod(n, BYTES.size())).toArray();
    assertThat(streamed(BYTES, ids)).isEqualTo(BYTES.decode(ids));
  }

  private static String streamed(Tokenizer tokenizer, int[] ids) {
    StreamingDecoder decoder = tokenizer.decoder();
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      String piece = decoder.next(id);
      assertThat(piece).isEqualTo(Utf8.wellFormed(piece));
      text.append(piece);
    }
    return text.append(decoder.finish()).toString();
  }

  @Test
  void aCharacterWaitsForItsBytes() {
    StreamingDecoder decoder = SCORES.decoder();
    List<String> pieces = new ArrayList<>();
    for (int id : SCORES.encode("a𓀀b", false, false)) {
      pieces.add(decoder.next(id));
    }
    assertThat(pieces).containsExactly("a", "", "", "", "𓀀", "b");
    decoder.next(SCORES.id("<0xF0>").orElseThrow());
    assertThat(decoder.finish()).isEqualTo("\ufffd");
    assertThat(decoder.finish()).isEmpty();
  }

  @Test
  void controlTokensAreTextUnlessAskedFor() {
    int end = BYTES.id("<|im_end|>").orElseThrow();
    assertThat(BYTES.encode("<|im_end|>")).hasSizeGreaterThan(1).doesNotContain(end);
    assertThat(BYTES.encode("<|im_end|>", true, true)).containsExactly(end);
    assertThat(BYTES.decode(end)).isEmpty();
    assertThat(BYTES.name(end)).isEqualTo("<|im_end|>");
    assertThat(BYTES.endsAnswer(end)).isTrue();
    assertThat(BYTES.endsAnswer(BYTES.id("a").orElseThrow())).isFalse();
    assertThat(SCORES.addsBos()).isTrue();
    assertThat(SCORES.encode("")).containsExactly(SCORES.bos().orElseThrow());
  }

  @Test
  void aLongWordTakesNoQuadraticTime() {
    assertThat(BYTES.decode(BYTES.encode("ab".repeat(200_000)))).hasSize(400_000);
    assertThat(SCORES.decode(SCORES.encode(" ".repeat(200_000)))).hasSize(200_000);
    assertThat(BYTES.decode(BYTES.encode(" ".repeat(20_000) + "x"))).hasSize(20_001);
  }

  @Test
  void damagedMetadataIsRefusedByName() {
    refused(Map.of(), "has no tokenizer.ggml.model");
    refused(with("tokenizer.ggml.model", "bert"), "\"bert\"", "\"gpt2\"");
    refused(Map.of("tokenizer.ggml.model", 3L), "should be a string but has 3");
    refused(with("tokenizer.ggml.pre", "klingon"), "\"klingon\"", "smollm");
    refused(with("tokenizer.ggml.tokens", List.of()), "is empty");
    refused(with("tokenizer.ggml.tokens", List.of("a", 3L)), "strings");
    refused(with("tokenizer.ggml.tokens", "a"), "a list");
    refused(with("tokenizer.ggml.token_type", List.of(1L)), "has 1 elements");
    refused(with("tokenizer.ggml.merges", List.of("ab")), "\"ab\" at 0");
    refused(with("tokenizer.ggml.bos_token_id", -1L), "bos_token_id");
    refused(with("tokenizer.ggml.add_bos_token", "yes"), "a boolean");
    Map<String, Object> noEos = with("tokenizer.ggml.add_eos_token", true);
    noEos.remove("tokenizer.ggml.eos_token_id");
    refused(noEos, "there is no tokenizer.ggml.eos_token_id");
    assertThatThrownBy(() -> BYTES.bytes(BYTES.size()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no token");
  }

  private static Map<String, Object> with(String key, Object value) {
    Map<String, Object> metadata = Vocabularies.metadata("bytes");
    metadata.put(key, value);
    return metadata;
  }

  private static void refused(Map<String, Object> metadata, String... parts) {
    assertThatThrownBy(() -> Tokenizer.of(metadata))
        .isInstanceOf(TokenizerException.class)
        .hasMessageContainingAll(parts);
  }
}
