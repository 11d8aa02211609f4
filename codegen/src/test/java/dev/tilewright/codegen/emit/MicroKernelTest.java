package dev.tilewright.codegen.emit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.tile.TileParser;
import dev.tilewright.codegen.tile.UnrollLoops;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The inner loop of a matrix product is what one would write by hand. */
class MicroKernelTest {
  private static final String PROGRAM =
      """
      program "product"
      kernel product(K)(a: f32, b: f32, c: f32) "c = a*b" {
        acc: f32 8x48 = fill f32 8x48 0.0
        for k = 0 to K unroll 4 {
          acc = multiply_add(load a[k; 384, 0] 8x1, load b[48*k; 0, 1] 1x48, acc)
        }
        store c[0; 48, 1] = acc
      }
      function main(K) parameters 3 weights 0 frame 0 {
        run product(parameter 0, parameter 1, parameter 2)
      }
      entry product = main weights 0
      """;

  @ParameterizedTest
  @EnumSource
  void keepsAllSumsInRegisters(Language language) {
    String assembly =
        NativeLibrary.assembly(
            UnrollLoops.apply(TileParser.parse(PROGRAM)), Machines.WIDE, language);
    List<String> loop = loopWithMost("vfmadd231ps", assembly);
    assertThat(loop.stream().filter(line -> line.matches(".*vfmadd\\d+ps.*zmm.*"))).hasSize(4 * 24);
    assertThat(loop.stream().filter(line -> line.matches("\\s*vmovups.*zmm.*"))).hasSize(4 * 3);
    assertThat(loop.stream().filter(line -> line.contains("%rsp"))).isEmpty();
    assertThat(loop).hasSizeLessThan(4 * (24 + 3 + 8) + 10);
  }

  /** Instructions from a label to the jump back to it. */
  private static List<String> loopWithMost(String instruction, String assembly) {
    Matcher matcher =
        Pattern.compile("(?s)\\n(\\.L\\w+):((?:(?!\\n\\.L\\w+:).)*?)\\n\\s+j\\w+\\s+\\1\\n")
            .matcher(assembly);
    List<String> best = List.of();
    long most = 0;
    while (matcher.find()) {
      List<String> lines =
          matcher.group(2).lines().filter(line -> line.matches("\\s+[a-z].*")).toList();
      long count = lines.stream().filter(line -> line.contains(instruction)).count();
      if (count > most) {
        most = count;
        best = lines;
      }
    }
    return best;
  }
}
