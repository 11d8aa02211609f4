package dev.tilewright.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchTest {
  @Test
  void paddingIsMasked() {
    Batch batch = new Batch("two", new int[][] {{5, 6, 7}, {8}});
    assertThat(batch.ids()).containsExactly(5, 6, 7, 8, 0, 0);
    assertThat(batch.mask()).containsExactly(1, 1, 1, 1, 0, 0);
    assertThat(batch.mixed()).isTrue();
    assertThat(batch.longest()).isEqualTo(3);
  }

  @Test
  void paddingIsNoWork() {
    int[] sentence = new int[7];
    Batch mixed = new Batch("mixed", new int[][] {sentence, new int[2]});
    double alone = EncoderSize.MINI_LM.flops(new Batch("one", new int[][] {sentence}));
    double other = EncoderSize.MINI_LM.flops(new Batch("one", new int[][] {new int[2]}));
    assertThat(EncoderSize.MINI_LM.flops(mixed)).isEqualTo(alone + other);
    // 6 layers of 7 tokens: 4 products of 384 x 384, 2 of 384 x 1536, and 2 with 7 keys each.
    assertThat(alone).isEqualTo(6 * 7 * (8.0 * 384 * 384 + 4.0 * 384 * 1536 + 4.0 * 7 * 384));
  }

  @Test
  void mixedCasesAreRealSentences() throws IOException {
    Batch batch = Cases.parse("mixed32");
    assertThat(batch.count()).isEqualTo(32);
    assertThat(batch.mixed()).isTrue();
    assertThat(List.of(batch.sentences()))
        .allSatisfy(ids -> assertThat(ids).startsWith(101).endsWith(102));
    assertThat(Cases.parse("mixed32").ids()).isEqualTo(batch.ids());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "8", "0x8", "8x", "8x99999", "mixed", "mixed0", "1x8 "})
  void otherNamesAreRefused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cases.parse(name))
        .withMessageContaining("32x128");
  }
}
