package dev.tilewright.processor;

import static com.google.testing.compile.Compiler.javac;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.testing.compile.Compilation;
import com.google.testing.compile.JavaFileObjects;
import dev.tilewright.processor.diagnose.Diagnostic;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What the processor is told on the command line. */
class OptionTest {
  @Test
  @Covers(Diagnostic.UNKNOWN_OPTION)
  void namesTheOptionsIfOneIsMisspelt() {
    Compilation compilation = compile("-Atilewright.target=avx512", "-Atilewright.targets=none");
    assertThat(compilation.status()).isEqualTo(Compilation.Status.SUCCESS);
    assertThat(messages(compilation))
        .contains("[TW092] there is no option -Atilewright.target.")
        .contains("-Atilewright.targets")
        .contains("-Atilewright.trace");
  }

  @Test
  @Covers(Diagnostic.BAD_OPTION)
  void namesTheTargetsIfOneIsUnknown() {
    assertThat(messages(compile("-Atilewright.targets=fake,avx51")))
        .contains("[TW093] -Atilewright.targets=fake,avx51: there is no target 'avx51'")
        .contains("fake");
    assertThat(messages(compile("-Atilewright.precisions=float32,fp8")))
        .contains("-Atilewright.precisions=float32,fp8: there is no precision 'fp8'")
        .contains("float32, bfloat16, int8, bfloat16-weights, int8-weights, int8-blocks");
    assertThat(messages(compile("-Atilewright.writer=rust"))).contains("llvm or c");
    assertThat(messages(compile("-Atilewright.platforms=host,plan9")))
        .contains("-Atilewright.platforms=host,plan9: there is no platform 'plan9'")
        .contains("linux-x86_64, linux-aarch64, macos-x86_64");
  }

  @Test
  void printsItsOptions() {
    assertThat(messages(compile("-Atilewright.help=true", "-Atilewright.targets=none")))
        .contains("-Atilewright.writer")
        .contains("default: what the target prefers");
  }

  private static Compilation compile(String... options) {
    return javac()
        .withProcessors(
            new TilewrightProcessor(
                () -> List.of(new FakeTarget("fake")), (_, _, _) -> new byte[] {1, 2, 3}))
        .withOptions((Object[]) options)
        .compile(JavaFileObjects.forSourceString("Doubler", TargetTest.DOUBLER));
  }

  private static String messages(Compilation compilation) {
    StringBuilder text = new StringBuilder();
    compilation
        .diagnostics()
        .forEach(diagnostic -> text.append(diagnostic.getMessage(Locale.ROOT)).append('\n'));
    return text.toString();
  }
}
