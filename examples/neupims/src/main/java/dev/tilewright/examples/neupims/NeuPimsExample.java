package dev.tilewright.examples.neupims;

import dev.tilewright.pim.batch.ChannelClock;
import dev.tilewright.pim.batch.NeuPims.Assumptions;
import dev.tilewright.pim.batch.NeuPimsReport;
import dev.tilewright.pim.batch.SchedulePage;
import dev.tilewright.pim.view.TimelinePage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs decode of batches of GPT-3 7B with and without a second row buffer and interleaved halves of
 * the batch, prints what each gives, and writes what happens when.
 */
public final class NeuPimsExample {
  private static final int REQUESTS = 512;
  private static final int TOKENS = 384;

  private NeuPimsExample() {}

  /** Takes the folder for pages. */
  public static void main(String[] arguments) throws IOException {
    run(Path.of(arguments.length == 0 ? "target/neupims" : arguments[0]), System.out);
  }

  static void run(Path folder, PrintStream out) throws IOException {
    NeuPimsReport report = new NeuPimsReport();
    out.println("A step of GPT-3 7B on one of four devices, as simulated:");
    out.print(NeuPimsReport.head());
    report.rows(Assumptions.SIMULATED, out::print);
    out.println("\nWithout contention between reads and multiplications, at the bus's rate:");
    out.print(NeuPimsReport.head());
    report.rows(Assumptions.IDEAL, out::print);
    out.printf("%n%d requests of %d tokens, an assumption after the other:%n", REQUESTS, TOKENS);
    out.print(report.causes(REQUESTS, TOKENS));
    Files.createDirectories(folder);
    String title = "%d requests of %d tokens".formatted(REQUESTS, TOKENS);
    write(
        folder.resolve("schedules.html"),
        SchedulePage.of(title, report.schedules(REQUESTS, TOKENS)),
        out);
    ChannelClock clock = report.dual().clock();
    write(
        folder.resolve("channel.html"),
        TimelinePage.of(
            "Scores of four heads beside reads, two row buffers",
            clock.channel(),
            clock.scoresWithReads(TOKENS)),
        out);
  }

  private static void write(Path file, String page, PrintStream out) throws IOException {
    Files.writeString(file, page);
    out.println("wrote " + file);
  }
}
