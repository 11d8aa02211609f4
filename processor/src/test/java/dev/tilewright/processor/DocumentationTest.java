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

        ## Tuning

        The cost model chooses the sizes of tiles from a description of the processor. A build can measure instead:

            javac -Atilewright.tune=tiles.tuning ..       # once, on a machine like those that matter
            javac -Atilewright.tuning=tiles.tuning ..     # in every build, with the file committed

        With Maven and no change to the POM: `mvn clean compile -Dtilewright.tune=tiles.tuning`. Results do not depend on it, because every
        size sums in the same order. The file is an input like a source: builds that read it measure nothing and give the same
        bytes everywhere. It is sorted text, a line for each product that shall have other tiles than the cost model's:

            avx512: f32 x f32, rows B*S, columns 1536, depth 384 = 4x80

        - **What is tried.** The tiles of each product, up to six sizes that fit the registers, and the queries in a block of attention.
          Variant i of a model has the i-th alternative of each product, so there are as many to compile as there are sizes.
        - **How.** Each variant runs beside the cost model's in a process of its own, by turns, in bursts of about a millisecond, on one
          worker, with random weights and inputs. Kernels note the processor's clock, so each product is judged by itself; what slows
          the machine slows both.
        - **What counts as faster.** Rounds that ran one after another are taken together as the median of the ratio of both times, in
          fifteen groups, and three quarters of the groups must gain more than 1 %, in the mean over all sizes measured. The winners are then
          compiled together and measured again: a product that is not faster again, or a call that is not, keeps the cost model's.
        - **Sizes.** `tilewright.tune.sizes` gives extents, such as `B=1,S=128;B=8,S=64`; each counts the same. By default the
          symbols of an entry multiply to 16 and to 256.
        - **Time.** About `tilewright.tune.seconds` for each model, target and precision, and some seconds to compile the variants. Progress goes to
          standard error, the outcome is a note of javac. Leave the machine alone meanwhile.
        - **Several models** may share a file: a product measured for one is not measured for the next, and lines of other products stay.
        - **Targets** that this machine does not run are compiled as the file says, with a warning.

        It is a part of the compilation, not a program of its own, because javac has all that it takes: the program, the targets and
        precisions asked for, the tools, and the runtime on the class path. Weights are not needed.

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
