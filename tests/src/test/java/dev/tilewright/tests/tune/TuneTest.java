package dev.tilewright.tests.tune;

import static com.google.testing.compile.CompilationSubject.assertThat;
import static com.google.testing.compile.Compiler.javac;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import dev.tilewright.processor.TilewrightProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.tools.StandardLocation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small model is tuned, and the file that comes out gives the same library again. */
class TuneTest {
  private static final String MODEL =
      """
      import dev.tilewright.*;
      @Model public interface Small extends CompiledModel {
        @Embedding(rows = 1, dim = 96) Tensor words(Tensor ids);
        @Linear(out = 160) Tensor up(Tensor x);
        @Entry default @Shape({"B", "S", "160"}) Tensor wide(
            @Shape({"B", "S"}) @Ragged @Int32 Tensor ids) {
          return Operators.gelu(up(words(ids)));
        }
        @Entry default Tensor square(@Shape({"N", "64"}) Tensor x) {
          return x.matmul(x.transpose(1, 0));
        }
      }
      """;

  @TempDir Path folder;

  @Test
  void theFileGivesTheLibraryAgain() throws IOException {
    Path file = folder.resolve("tiles.tuning");
    Compilation tuned = compile("-Atilewright.tune=" + file, "-Atilewright.tune.seconds=1");
    assertThat(tuned).succeededWithoutWarnings();
    assertThat(tuned).hadNoteContaining("tuned Small-portable: ");
    assertThat(tuned).hadNoteContaining("of 2 products");
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).first().isEqualTo("tilewright-tuning 1");
    assertThat(lines.subList(1, lines.size()))
        .allMatch(line -> line.matches("portable: f32 x f32, rows .* = \\d+x\\d+"))
        .isSorted();
    Compilation again = compile("-Atilewright.tuning=" + file);
    assertThat(again).succeededWithoutWarnings();
    assertThat(library(again)).isEqualTo(library(tuned));
  }

  private static byte[] library(Compilation compilation) throws IOException {
    String name = "META-INF/native/linux-x86_64/Small-portable.so";
    try (var in =
        compilation
            .generatedFile(StandardLocation.CLASS_OUTPUT, name)
            .orElseThrow()
            .openInputStream()) {
      return in.readAllBytes();
    }
  }

  private static Compilation compile(String... options) {
    List<String> all = new ArrayList<>(Arrays.asList(options));
    all.add("-Atilewright.targets=portable");
    return javac()
        .withProcessors(new TilewrightProcessor())
        .withOptions(all.toArray())
        .compile(JavaFileObjects.forSourceString("Small", MODEL));
  }
}
