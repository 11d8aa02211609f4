package dev.tilewright.runtime;

import dev.tilewright.Precision;
import dev.tilewright.runtime.bind.GeneratedClass;
import dev.tilewright.runtime.bind.WeightImages;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes the weights of a model as the kernels of a target and precision want them, for programs
 * that call it through its C face:
 *
 * <pre>
 * java -cp app.jar:tilewright-runtime.jar:.. dev.tilewright.runtime.PackWeights \\
 *     a.b.MiniLm model.onnx avx2 float32 minilm-avx2.weights
 * </pre>
 *
 * Any machine packs for any target.
 */
public final class PackWeights {
  private static final int ARGUMENTS = 5;

  private PackWeights() {}

  /**
   * Packs for a target, such as {@code avx2}.
   *
   * {@snippet :
   * try (Weights weights = Weights.open(Path.of("model.safetensors"))) {
   *   PackWeights.write(Doubler.class, weights, "neon", Precision.FLOAT32, Path.of("doubler.weights"));
   * }
   * }
   *
   * @param model an interface with {@code @Model} that the annotation processor compiled
   * @throws IllegalArgumentException if the model was not compiled for the target in the precision
   * @throws WeightMismatchException if weights are missing or do not fit
   * @throws IOException if the file cannot be written
   */
  public static void write(
      Class<?> model, Weights weights, String target, Precision precision, Path file)
      throws IOException {
    WeightImages.write(GeneratedClass.of(model).weights(target, precision), weights, false, file);
  }

  /** The command; prints what went wrong in a sentence and ends with 1. */
  public static void main(String[] arguments) {
    int status = run(arguments, System.err);
    if (status != 0) {
      System.exit(status);
    }
  }

  static int run(String[] arguments, PrintStream err) {
    if (arguments.length != ARGUMENTS) {
      err.println("Expected MODEL WEIGHTS TARGET PRECISION FILE, such as");
      err.println("  a.b.MiniLm model.onnx avx2 float32 minilm.weights");
      return 1;
    }
    Path file = Path.of(arguments[4]);
    try (Weights weights = Weights.open(Path.of(arguments[1]))) {
      Class<?> model =
          Class.forName(arguments[0], false, Thread.currentThread().getContextClassLoader());
      Precision precision = Precision.ofLabel(arguments[3]);
      write(model, weights, arguments[2], precision, file);
      err.printf(Locale.ROOT, "%s: %.1f MB%n", file, Files.size(file) / 1e6);
      return 0;
    } catch (ClassNotFoundException e) {
      err.println("there is no class " + arguments[0] + " on the class path");
    } catch (IOException e) {
      err.println(file + " cannot be written: " + e);
    } catch (TilewrightException | IllegalArgumentException e) {
      err.println(e.getMessage());
    }
    return 1;
  }
}
