package dev.tilewright.runtime;

import dev.tilewright.Precision;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a model is loaded.
 *
 * {@snippet :
 * LoadOptions options = LoadOptions.defaults().withWorkers(2).withTarget("portable");
 * Doubler model = Tilewright.load(Doubler.class, Weights.of(Map.of()), options);
 * }
 *
 * @param workers how many threads a call runs on, the caller's included; empty for the system
 *     property {@code tilewright.workers}, and without it for as many as the process has processors
 *     (at most {@link #MOST_WORKERS})
 * @param target the target whose library is loaded, such as {@code portable}; empty for the system
 *     property {@code tilewright.target}, and without it for the best that the CPU runs
 * @param precision the precision whose library is loaded; empty for the system property {@code
 *     tilewright.precision} (such as {@code bfloat16}), and without it for the model's first
 * @param strictWeights whether weights in the source that the model does not use are refused
 * @param profile a file that closing the model writes a {@link dev.tilewright.schema.Profile} to:
 *     where the time of its calls went, kernel by kernel; empty for the system property {@code
 *     tilewright.profile}, and without it for none. The processor's option of the same name shows
 *     it beside what the compiler expected
 * @param pinnedWorkers whether workers are bound to processors of their own while they are awake,
 *     among those that the process may use; empty for the system property {@code tilewright.pin}
 *     ({@code true} or {@code false}), and without it for yes. Systems other than Linux, and teams
 *     of more workers than processors, are never bound; nor is the caller's thread
 * @param reusedResults whether a call answers with the same tensors as the call before with inputs
 *     of the same types, overwritten: such a call allocates nothing on the Java heap. Take what you
 *     need of a result before the next call, and let one thread at a time use the model
 * @param weightCache a folder that keeps the weights of files as they were laid out for the model's
 *     kernels, so that later loads need only read them; empty for the system property {@code
 *     tilewright.weightCache}, and without it for none
 * @param device what the model runs on instead of this machine's processors; empty for those
 */
public record LoadOptions(
    OptionalInt workers,
    Optional<String> target,
    Optional<Precision> precision,
    boolean strictWeights,
    Optional<Path> profile,
    Optional<Boolean> pinnedWorkers,
    boolean reusedResults,
    Optional<Path> weightCache,
    Optional<Device> device) {
  /**
   * How many workers are used at most if nobody says how many: more wait for each other longer than
   * they compute.
   */
  public static final int MOST_WORKERS = 32;

  private static final String WORKERS = "tilewright.workers";
  private static final String TARGET = "tilewright.target";
  private static final String PRECISION = "tilewright.precision";
  private static final String PROFILE = "tilewright.profile";
  private static final String PIN = "tilewright.pin";
  private static final String WEIGHT_CACHE = "tilewright.weightCache";

  /**
   * Checks the number of workers.
   *
   * @throws IllegalArgumentException if it is not between 1 and 1024
   */
  public LoadOptions {
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(precision, "precision");
    Objects.requireNonNull(profile, "profile");
    Objects.requireNonNull(pinnedWorkers, "pinnedWorkers");
    Objects.requireNonNull(weightCache, "weightCache");
    Objects.requireNonNull(device, "device");
    workers.ifPresent(count -> requireCount(count, "workers"));
  }

  /**
   * Everything left to the system properties and the machine.
   *
   * {@snippet :
   * boolean strict = LoadOptions.defaults().strictWeights();   // gives false
   * }
   */
  public static LoadOptions defaults() {
    return new LoadOptions(
        OptionalInt.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty());
  }

  /**
   * These options with so many workers.
   *
   * {@snippet :
   * LoadOptions options = LoadOptions.defaults().withWorkers(2);
   * int workers = options.workerCount();   // gives 2
   * }
   */
  public LoadOptions withWorkers(int count) {
    return new LoadOptions(
        OptionalInt.of(count),
        target,
        precision,
        strictWeights,
        profile,
        pinnedWorkers,
        reusedResults,
        weightCache,
        device);
  }

  /**
   * These options with the target of that name.
   *
   * {@snippet :
   * LoadOptions options = LoadOptions.defaults().withTarget("portable");
   * String target = options.requestedTarget().orElseThrow();   // gives portable
   * }
   */
  public LoadOptions withTarget(String name) {
    return new LoadOptions(
        workers,
        Optional.of(name),
        precision,
        strictWeights,
        profile,
        pinnedWorkers,
        reusedResults,
        weightCache,
        device);
  }

  /**
   * These options with the library of a precision.
   *
   * {@snippet :
   * LoadOptions options = LoadOptions.defaults().withPrecision(Precision.BFLOAT16);
   * Precision precision = options.requestedPrecision().orElseThrow();   // gives bfloat16
   * }
   */
  public LoadOptions withPrecision(Precision wanted) {
    return new LoadOptions(
        workers,
        target,
        Optional.of(wanted),
        strictWeights,
        profile,
        pinnedWorkers,
        reusedResults,
        weightCache,
        device);
  }

  /**
   * These options, with weights that the model does not use refused or not.
   *
   * {@snippet :
   * boolean strict = LoadOptions.defaults().withStrictWeights(true).strictWeights();   // gives true
   * }
   */
  public LoadOptions withStrictWeights(boolean strict) {
    return new LoadOptions(
        workers,
        target,
        precision,
        strict,
        profile,
        pinnedWorkers,
        reusedResults,
        weightCache,
        device);
  }

  /**
   * These options with a file for the profile.
   *
   * {@snippet :
   * LoadOptions options = LoadOptions.defaults().withProfile(Path.of("times.profile"));
   * Path file = options.requestedProfile().orElseThrow();   // gives times.profile
   * }
   */
  public LoadOptions withProfile(Path file) {
    return new LoadOptions(
        workers,
        target,
        precision,
        strictWeights,
        Optional.of(file),
        pinnedWorkers,
        reusedResults,
        weightCache,
        device);
  }

  /**
   * These options, with workers bound to processors or not.
   *
   * {@snippet :
   * boolean pinned = LoadOptions.defaults().withPinnedWorkers(false).pinsWorkers();   // gives false
   * }
   */
  public LoadOptions withPinnedWorkers(boolean pinned) {
    return new LoadOptions(
        workers,
        target,
        precision,
        strictWeights,
        profile,
        Optional.of(pinned),
        reusedResults,
        weightCache,
        device);
  }

  /**
   * These options, with the tensors of a result overwritten by the next call or not.
   *
   * {@snippet :
   * boolean reused = LoadOptions.defaults().withReusedResults(true).reusedResults();   // gives true
   * }
   */
  public LoadOptions withReusedResults(boolean reused) {
    return new LoadOptions(
        workers,
        target,
        precision,
        strictWeights,
        profile,
        pinnedWorkers,
        reused,
        weightCache,
        device);
  }

  /**
   * These options with a folder for laid-out weights. The first load writes an image there, a file
   * of about the weights' size in the precision asked for; later loads read it in place of the
   * weights, with the same bits. It is written anew if the weight files (by path, size and time of
   * change) or the compiled model are others, or if it was damaged. Where it cannot be written, a
   * warning is logged and the model loads without. Weights that do not come from files are not
   * kept. The folder may be deleted at any time.
   *
   * {@snippet :
   * LoadOptions options = LoadOptions.defaults().withWeightCache(Path.of("cache"));
   * Path folder = options.requestedWeightCache().orElseThrow();   // gives cache
   * }
   */
  public LoadOptions withWeightCache(Path folder) {
    return new LoadOptions(
        workers,
        target,
        precision,
        strictWeights,
        profile,
        pinnedWorkers,
        reusedResults,
        Optional.of(folder),
        device);
  }

  /**
   * These options with a device.
   *
   * {@snippet :
   * LoadOptions options = LoadOptions.defaults().withDevice(Device.pim("pim-gpt"));
   * String kind = options.device().orElseThrow().target();   // gives pim
   * }
   */
  public LoadOptions withDevice(Device runsOn) {
    return new LoadOptions(
        workers,
        target,
        precision,
        strictWeights,
        profile,
        pinnedWorkers,
        reusedResults,
        weightCache,
        Optional.of(runsOn));
  }

  /**
   * The number of workers that these options come to here and now.
   *
   * {@snippet :
   * int workers = LoadOptions.defaults().withWorkers(1).workerCount();   // gives 1
   * }
   *
   * @throws IllegalArgumentException if the system property is no number between 1 and 1024
   */
  public int workerCount() {
    if (workers.isPresent()) {
      return workers.getAsInt();
    }
    String property = System.getProperty(WORKERS);
    if (property == null) {
      return Math.min(MOST_WORKERS, Runtime.getRuntime().availableProcessors());
    }
    try {
      return requireCount(Integer.parseInt(property.strip()), "-D" + WORKERS);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "-D" + WORKERS + "=" + property + " is no whole number", e);
    }
  }

  /**
   * The target that was asked for, here or by the system property.
   *
   * {@snippet :
   * boolean any = LoadOptions.defaults().withTarget("avx512").requestedTarget().isPresent();   // gives true
   * }
   */
  public Optional<String> requestedTarget() {
    return target.or(() -> Optional.ofNullable(System.getProperty(TARGET)));
  }

  /**
   * The precision that was asked for, here or by the system property.
   *
   * {@snippet :
   * LoadOptions options = LoadOptions.defaults().withPrecision(Precision.INT8);
   * Precision precision = options.requestedPrecision().orElseThrow();   // gives int8
   * }
   *
   * @throws IllegalArgumentException if the system property names none
   */
  public Optional<Precision> requestedPrecision() {
    if (precision.isPresent()) {
      return precision;
    }
    try {
      return Optional.ofNullable(System.getProperty(PRECISION))
          .map(label -> Precision.ofLabel(label.strip()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("-D" + PRECISION + ": " + e.getMessage(), e);
    }
  }

  /**
   * Where the profile was asked for, here or by the system property.
   *
   * {@snippet :
   * boolean none = LoadOptions.defaults().requestedProfile().isEmpty();   // gives true
   * }
   */
  public Optional<Path> requestedProfile() {
    return profile.or(() -> Optional.ofNullable(System.getProperty(PROFILE)).map(Path::of));
  }

  /**
   * The folder for laid-out weights that was asked for, here or by the system property.
   *
   * {@snippet :
   * boolean none = LoadOptions.defaults().requestedWeightCache().isEmpty();   // gives true
   * }
   */
  public Optional<Path> requestedWeightCache() {
    return weightCache.or(
        () -> Optional.ofNullable(System.getProperty(WEIGHT_CACHE)).map(Path::of));
  }

  /**
   * Whether workers shall be bound to processors.
   *
   * {@snippet :
   * boolean pinned = LoadOptions.defaults().withPinnedWorkers(true).pinsWorkers();   // gives true
   * }
   *
   * @throws IllegalArgumentException if the system property is neither true nor false
   */
  public boolean pinsWorkers() {
    if (pinnedWorkers.isPresent()) {
      return pinnedWorkers.get();
    }
    return switch (System.getProperty(PIN, "true").strip()) {
      case "true" -> true;
      case "false" -> false;
      case String other ->
          throw new IllegalArgumentException("-D" + PIN + "=" + other + " is not true or false");
    };
  }

  private static int requireCount(int count, String what) {
    if (count < 1 || count > 1024) {
      throw new IllegalArgumentException(what + " must be between 1 and 1024, not " + count);
    }
    return count;
  }
}
