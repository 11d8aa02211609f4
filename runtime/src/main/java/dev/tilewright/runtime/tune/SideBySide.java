package dev.tilewright.runtime.tune;

import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.IndexOutOfRangeException;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.TilewrightException;
import dev.tilewright.runtime.UnsupportedCpuException;
import dev.tilewright.runtime.bind.ModelLoader;
import dev.tilewright.runtime.run.LoadedModel;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.ModelSchema.Parameter;
import dev.tilewright.schema.Profile;
import dev.tilewright.schema.SchemaText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs two libraries of one model in turns, burst by burst, and prints a {@link Profile} of each
 * burst, so that what slows the machine down slows both. Weights and inputs are random. One worker
 * runs the calls, because it is kernels that are compared, not waiting.
 *
 * <p>Started by the annotation processor as {@code java .. SideBySide FOLDER SECONDS}. The folder
 * holds each library with its schema, {@code 0.library}, {@code 0.schema}, {@code 1.library} and
 * {@code 1.schema}, and {@code cases}, a line for each entry with sizes: {@code embed B=1 S=128}.
 * For each burst it prints
 *
 * <pre>
 * burst CASE LIBRARY
 * (the lines of a profile)
 * end
 * </pre>
 */
public final class SideBySide {
  /** The CPU or the system does not run the libraries. */
  public static final int NOT_HERE = 3;

  private static final int FAILED = 2;

  /** Many short bursts rather than few long ones: what interrupts a burst spoils that one alone. */
  private static final long BURST_NANOS = 1_000_000;

  private static final int MOST_ROUNDS = 999;
  private static final int FEWEST_ROUNDS = 7;

  private final List<LoadedModel> models = new ArrayList<>();
  private final List<ModelSchema> schemas = new ArrayList<>();
  private final RandomValues values = new RandomValues();

  private SideBySide() {}

  /** Exits with 0, with {@link #NOT_HERE}, or with another number and a message on stderr. */
  @SuppressWarnings("SystemOut")
  public static void main(String[] arguments) {
    try {
      new SideBySide().run(Path.of(arguments[0]), Double.parseDouble(arguments[1]));
    } catch (UnsupportedCpuException e) {
      System.err.println(e.getMessage());
      System.exit(NOT_HERE);
    } catch (TilewrightException | IOException e) {
      System.err.println(e.getMessage());
      System.exit(FAILED);
    }
  }

  private void run(Path folder, double seconds) throws IOException {
    LoadOptions options =
        LoadOptions.defaults()
            .withWorkers(1)
            .withReusedResults(true)
            .withProfile(folder.resolve("profile"));
    try {
      for (int i = 0; i < 2; i++) {
        ModelSchema schema = SchemaText.parse(Files.readString(folder.resolve(i + ".schema")));
        byte[] library = Files.readAllBytes(folder.resolve(i + ".library"));
        schemas.add(schema);
        models.add(
            ModelLoader.loadLibrary(
                schema, library, new RandomValues().weights(schema.weights()), options));
      }
      List<String> cases = Files.readAllLines(folder.resolve("cases"));
      for (int i = 0; i < cases.size(); i++) {
        measure(i, cases.get(i), (long) (seconds * 1e9 / cases.size()));
      }
    } finally {
      models.forEach(LoadedModel::close);
    }
  }

  /** All rounds of an entry with sizes, in about so many nanoseconds. */
  private void measure(int number, String text, long nanos) {
    String[] words = text.split(" ", -1);
    Map<String, Long> sizes = new TreeMap<>();
    for (int i = 1; i < words.length; i++) {
      String[] size = words[i].split("=", 2);
      sizes.put(size[0], Long.parseLong(size[1]));
    }
    long start = System.nanoTime();
    int entry = entry(words[0]);
    Tensor[] arguments = arguments(entry, sizes);
    long call = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      long before = System.nanoTime();
      call(i % 2, entry, arguments);
      call = Math.min(call, System.nanoTime() - before);
    }
    long calls = Math.clamp(BURST_NANOS / Math.max(1, call), 1, BURST_NANOS);
    for (int round = 0; round < MOST_ROUNDS; round++) {
      if (round >= FEWEST_ROUNDS && System.nanoTime() - start > nanos) {
        break;
      }
      // The second of two bursts may find the machine otherwise than the first.
      for (int turn = 0; turn < 2; turn++) {
        burst(number, (round + turn) % 2, entry, arguments, calls);
      }
    }
  }

  @SuppressWarnings("SystemOut")
  private void burst(int number, int library, int entry, Tensor[] arguments, long calls) {
    LoadedModel model = models.get(library);
    model.takeProfile();
    for (long i = 0; i <= calls; i++) {
      call(library, entry, arguments);
    }
    Profile profile = model.takeProfile().orElseThrow();
    System.out.print("burst " + number + " " + library + "\n" + profile.text() + "end\n");
    System.out.flush();
  }

  private int entry(String name) {
    List<String> names = schemas.getFirst().entries().stream().map(EntrySchema::name).toList();
    return names.indexOf(name);
  }

  /** Whole numbers are 1 where that is no index out of range, else 0. */
  private Tensor[] arguments(int entry, Map<String, Long> sizes) {
    Tensor[] ones = arguments(entry, sizes, 1);
    try {
      call(0, entry, ones);
      return ones;
    } catch (IndexOutOfRangeException _) {
      return arguments(entry, sizes, 0);
    }
  }

  private Tensor[] arguments(int entry, Map<String, Long> sizes, int index) {
    return schemas.getFirst().entries().get(entry).inputs().stream()
        .map(Parameter::type)
        .map(type -> values.argument(known(type, sizes), index))
        .toArray(Tensor[]::new);
  }

  private static TensorType known(TensorType type, Map<String, Long> sizes) {
    return type.withShape(
        type.shape().stream().map(dim -> Dim.of(dim.evaluate(sizes::get))).toList());
  }

  private void call(int library, int entry, Tensor[] arguments) {
    Tensor[] _ = models.get(library).call(entry, arguments.clone(), null, results -> results);
  }
}
