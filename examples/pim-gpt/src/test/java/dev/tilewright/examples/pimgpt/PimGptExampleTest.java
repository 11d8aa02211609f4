package dev.tilewright.examples.pimgpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.pim.decode.TransformerSize;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PimGptExampleTest {
  @Test
  void itMeasuresAModelAndWritesPages(@TempDir Path folder) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      PimGptExample.run(folder, "gpt2-small", 3, out);
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .containsPattern("\\| gpt2-small \\| 3 \\| 0\\.\\d+ \\| 0\\.\\d+ \\| \\d+\\.\\d \\|")
        .containsPattern("Word 3 of gpt2-small: this machine .* ms; pim-gpt 0\\.\\d+ ms")
        .containsPattern("\\| \\S+attention \\| memory\\+controller \\| 12 \\|")
        .containsPattern("likeliest next word: (\\d+) on this machine, \\1 in memory");
    assertThat(folder.resolve("token.html")).content().contains("\"weighted sum\"", "gpt2-small");
    assertThat(folder.resolve("scores.html")).content().contains("MULTIPLY");
  }

  @Test
  void declarationsHaveTheSizes() {
    assertThat(SizedModel.all()).extracting(SizedModel::size).isEqualTo(TransformerSize.PIM_GPT);
    assertThat(SizedModel.all())
        .allSatisfy(m -> assertThat(m.positions()).isGreaterThanOrEqualTo(m.size().context()));
    assertSize(0, GptSmall.LAYERS, GptSmall.DIM, GptSmall.HEADS);
    assertSize(1, GptMedium.LAYERS, GptMedium.DIM, GptMedium.HEADS);
    assertSize(2, Gpt2Large.LAYERS, Gpt2Large.DIM, Gpt2Large.HEADS);
    assertSize(3, Gpt2Xl.LAYERS, Gpt2Xl.DIM, Gpt2Xl.HEADS);
    assertSize(4, GptSmall.LAYERS, GptSmall.DIM, GptSmall.HEADS);
    assertSize(5, GptMedium.LAYERS, GptMedium.DIM, GptMedium.HEADS);
    assertSize(6, Gpt3Large.LAYERS, Gpt3Large.DIM, Gpt3Large.HEADS);
    assertSize(7, Gpt3Xl.LAYERS, Gpt3Xl.DIM, Gpt3Xl.HEADS);
  }

  private static void assertSize(int model, int layers, int width, int heads) {
    TransformerSize size = TransformerSize.PIM_GPT.get(model);
    assertThat(new int[] {layers, width, heads})
        .containsExactly(size.layers(), size.width(), size.heads());
  }

  @Test
  void unknownModelsAreNamed(@TempDir Path folder) {
    assertThatThrownBy(() -> PimGptExample.run(folder, "gpt5", 40, System.out))
        .hasMessageContaining("'gpt5'")
        .hasMessageContaining("gpt2-small, gpt2-medium");
  }
}
