package dev.tilewright.tests.minilm;

import dev.tilewright.Precision;
import dev.tilewright.examples.search.EncoderLayer;
import dev.tilewright.examples.search.MiniLm;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.Weights;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A program for a JVM on another system. It does what the standard input says, line by line, and
 * answers each with a line that begins with {@link #DONE} or {@link #FAILED}:
 *
 * <pre>
 * load TARGET PRECISION WORKERS   loads the model, with the best target if it is {@link #BEST}
 * call FILE                       embeds the rows, and writes the vectors as text, float by float
 * close                           closes the model
 * cache FOLDER                    keeps libraries there
 * delete FILE
 * </pre>
 */
final class Guest {
  static final String DONE = "done: ";
  static final String FAILED = "failed: ";
  static final String BEST = "best";

  private final Path weights;
  private final List<int[]> rows;
  private MiniLm model;

  private Guest(Path weights, List<int[]> rows) {
    this.weights = weights;
    this.rows = rows;
  }

  /**
   * Listens until the input ends.
   *
   * @param arguments the weights' file, and a file with the ids of a row in each line
   */
  public static void main(String[] arguments) throws IOException {
    List<int[]> rows = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(arguments[1]))) {
      rows.add(Arrays.stream(line.split(" ")).mapToInt(Integer::parseInt).toArray());
    }
    Guest guest = new Guest(Path.of(arguments[0]), rows);
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String answer;
      try {
        answer = DONE + guest.obey(line.split(" "));
      } catch (RuntimeException | IOException e) {
        answer = FAILED + e;
      }
      System.out.println(answer.replaceAll("\\R", " "));
    }
  }

  private String obey(String[] words) throws IOException {
    return switch (words[0]) {
      case "load" -> {
        LoadOptions options =
            LoadOptions.defaults()
                .withPrecision(Precision.ofLabel(words[2]))
                .withWorkers(Integer.parseInt(words[3]));
        try (Weights source = Weights.open(weights)) {
          model =
              Tilewright.load(
                  MiniLm.class,
                  source,
                  words[1].equals(BEST) ? options : options.withTarget(words[1]));
        }
        yield model.describe();
      }
      case "call" -> {
        StringBuilder text = new StringBuilder();
        for (float x : embed(model, rows)) {
          text.append(Float.toHexString(x)).append('\n');
        }
        Files.writeString(Path.of(String.join(" ", words).substring(5)), text);
        yield model.describe();
      }
      case "close" -> {
        model.close();
        yield model.describe();
      }
      case "cache" -> {
        System.setProperty("tilewright.cache", String.join(" ", words).substring(6));
        yield "set";
      }
      case "delete" -> {
        Files.delete(Path.of(String.join(" ", words).substring(7)));
        yield "deleted";
      }
      default -> throw new IllegalArgumentException(String.join(" ", words));
    };
  }

  /** The components of all rows' vectors. */
  static float[] embed(MiniLm model, List<int[]> rows) {
    float[][] vectors = new Batch(rows, 0, 0).embedRagged(model);
    float[] components = new float[vectors.length * EncoderLayer.DIM];
    for (int i = 0; i < vectors.length; i++) {
      System.arraycopy(vectors[i], 0, components, i * EncoderLayer.DIM, EncoderLayer.DIM);
    }
    return components;
  }
}
