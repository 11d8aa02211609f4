package dev.tilewright.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.processor.diagnose.Diagnostic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The page on options and diagnostics says what the code says; {@code -Dbless} rewrites it. */
class DocumentationTest {
  private static final Path PAGE = Path.of("../docs/processor.md");

  @Test
  void thePageIsUpToDate() throws IOException {
    String page = page();
    if (System.getProperty("bless") != null) {
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE).content().isEqualTo(page);
  }

  private static String page() {
    StringBuilder page =
        new StringBuilder(
            """
            # The annotation processor

            ## Options

            An option is given to javac as `-Atilewright.targets=avx512`; else a system property of the same name counts, else the
            environment variable `TILEWRIGHT_TARGETS`, else the default.

            | Option | Default | Meaning |
            |---|---|---|
            """);
    for (Option option : Option.values()) {
      page.append(
          "| `%s` | %s | %s |\n".formatted(option.key(), option.byDefault(), option.help()));
    }
    page.append(
        """

        ## Diagnostics

        Each stands at the expression or annotation it speaks of. One run reports all faults that do not depend on each other. A
        fault in a block out of a jar stands at the call, and names the block's file, line and column.

        | Number | About | Message | Advice |
        |---|---|---|---|
        """);
    for (Diagnostic diagnostic : Diagnostic.values()) {
      page.append(
          "| %s | %s | %s | %s |\n"
              .formatted(
                  diagnostic.id(),
                  diagnostic.name().toLowerCase(Locale.ROOT).replace("_", " "),
                  cell(diagnostic.message()),
                  cell(diagnostic.advice())));
    }
    return page.toString();
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;");
  }
}
