package dev.tilewright.examples.search;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds the passages of a text that are closest in meaning to a question. */
@Command(
    name = "semantic-search",
    mixinStandardHelpOptions = true,
    version = "Tilewright 0.1.0",
    description = {
      "Finds the passages of a text that are closest in meaning to a question.",
      "Without a question, reads questions from standard input, one a line, up to an empty one."
    })
public final class SemanticSearch implements Callable<Integer> {
  @Parameters(
      arity = "0..*",
      paramLabel = "QUESTION",
      description = "What to look for; several words are one question.")
  private List<String> question = List.of();

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "The text to search, UTF-8. Default: the first chapters of Moby-Dick.")
  private Path file;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "5",
      description = "How many passages to show (default: 5).")
  private int top;

  private final PrintStream out = System.out;

  /** Runs the command and exits with its status: 0 if it worked, 2 for unusable arguments. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new SemanticSearch()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    if (file != null && !Files.isReadable(file)) {
      System.err.println("Cannot read " + file + ". Give --file a text file.");
      return CommandLine.ExitCode.USAGE;
    }
    if (top < 1) {
      System.err.println("--top takes a number of at least 1, not " + top + ".");
      return CommandLine.ExitCode.USAGE;
    }
    List<String> passages = file == null ? Passages.ofMobyDick() : Passages.of(file);
    if (passages.isEmpty()) {
      System.err.println(file + " holds no text.");
      return CommandLine.ExitCode.USAGE;
    }
    long start = System.nanoTime();
    try (Embedder embedder = new Embedder()) {
      out.println(embedder.describe());
      out.printf("Loaded in %.0f ms.%n", (System.nanoTime() - start) / 1e6);
      PassageIndex index = index(embedder, passages);
      if (!question.isEmpty()) {
        answer(embedder, index, String.join(" ", question));
      } else {
        answerAll(embedder, index);
      }
    }
    return CommandLine.ExitCode.OK;
  }

  private PassageIndex index(Embedder embedder, List<String> passages) {
    ProgressBar bar = new ProgressBar(out, "Passages read", passages.size());
    long start = System.nanoTime();
    List<float[]> vectors = embedder.embed(passages, bar::show);
    double milliseconds = (System.nanoTime() - start) / 1e6;
    out.printf("%.0f ms, %.2f ms a passage.%n", milliseconds, milliseconds / passages.size());
    return new PassageIndex(passages, vectors);
  }

  private void answerAll(Embedder embedder, PassageIndex index) throws IOException {
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    boolean terminal = ProgressBar.isTerminal();
    while (true) {
      if (terminal) {
        out.print("\nQuestion (empty to end): ");
        out.flush();
      }
      String line = questions.readLine();
      if (line == null || line.isBlank()) {
        return;
      }
      answer(embedder, index, line.strip());
    }
  }

  private void answer(Embedder embedder, PassageIndex index, String text) {
    long start = System.nanoTime();
    List<PassageIndex.Hit> hits = index.nearest(embedder.embed(text), top);
    double milliseconds = (System.nanoTime() - start) / 1e6;
    out.printf("%n%s   (%.2f ms among %d passages)%n", text, milliseconds, index.size());
    for (PassageIndex.Hit hit : hits) {
      out.printf("  %.3f  %s%n", hit.score(), hit.passage());
    }
  }
}
