package dev.tilewright.runtime.bind;

import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.NativeAccessException;
import dev.tilewright.runtime.Weights;
import dev.tilewright.runtime.bind.GeneratedClass.Description;
import dev.tilewright.runtime.run.LoadedModel;
import dev.tilewright.schema.ModelSchema;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** Brings library, weights and workers of a model together. */
public final class ModelLoader {
  /** What a library's probe found, where the system does not tell. */
  private static volatile CpuFeatures probed;

  private ModelLoader() {}

  /** Loads the best library that the machine runs, and the weights. */
  public static LoadedModel load(
      GeneratedClass generated, WeightOrigin weights, LoadOptions options) {
    Thread preparation = new Thread(ModelLoader::prepare, "tilewright-prepare");
    preparation.setDaemon(true);
    preparation.start();
    CpuFeatures machine = CpuFeatures.areTold() ? CpuFeatures.host() : probed(generated);
    try {
      return loadFor(machine, generated, weights, options);
    } catch (OtherCpuException e) {
      // An emulator, or a system that hides what it cannot save: the CPU itself has the last word.
      return loadFor(e.machine, generated, weights, options);
    }
  }

  private static LoadedModel loadFor(
      CpuFeatures machine, GeneratedClass generated, WeightOrigin weights, LoadOptions options) {
    Description description =
        generated.description(
            machine.platform(),
            schemas ->
                LibraryChoice.choose(
                    schemas, machine, options.requestedTarget(), options.requestedPrecision()));
    byte[] content = generated.read(description.schema().library().resource());
    requireNativeAccess();
    return load(description, content, weights, options);
  }

  /** Asks a library that is loaded for nothing else, once; any will do. */
  private static CpuFeatures probed(GeneratedClass generated) {
    CpuFeatures machine = probed;
    if (machine == null) {
      ModelSchema any =
          generated.description(CpuFeatures.host().platform(), List::getFirst).schema();
      machine = probe(any, generated.read(any.library().resource()));
      probed = machine;
    }
    return machine;
  }

  private static CpuFeatures probe(ModelSchema schema, byte[] content) {
    requireNativeAccess();
    LibraryImage.check(schema.library(), content);
    try (LibraryImage library = LibraryImage.load(schema.library(), content)) {
      return CpuFeatures.probed(library);
    }
  }

  /**
   * Loads a library with weights; frees all of it again if anything fails.
   *
   * @param content the library's bytes
   * @throws dev.tilewright.runtime.UnsupportedCpuException if the machine does not run it
   */
  public static LoadedModel loadLibrary(
      ModelSchema schema, byte[] content, Weights weights, LoadOptions options) {
    requireNativeAccess();
    CpuFeatures machine = CpuFeatures.areTold() ? CpuFeatures.host() : probe(schema, content);
    LibraryChoice.choose(List.of(schema), machine, Optional.empty(), Optional.empty());
    try {
      return load(Description.of(schema), content, new WeightOrigin.Open(weights), options);
    } catch (OtherCpuException e) {
      LibraryChoice.choose(List.of(schema), e.machine, Optional.empty(), Optional.empty());
      throw e;
    }
  }

  private static LoadedModel load(
      Description description, byte[] content, WeightOrigin origin, LoadOptions options) {
    ModelSchema schema = description.schema();
    WeightBlock block =
        weights(description, origin, options, () -> LibraryImage.check(schema.library(), content));
    LibraryImage library = null;
    try {
      library = LibraryImage.load(schema.library(), content);
      CpuFeatures machine = CpuFeatures.probed(library);
      if (!machine.features().containsAll(schema.library().features())) {
        throw new OtherCpuException(machine);
      }
      return new LoadedModel(schema, library, block, description::weights, options);
    } catch (Throwable e) {
      if (library != null) {
        library.close();
      }
      block.arena().close();
      throw e;
    }
  }

  /** Out of the cache if there is one; what is not in it yet is kept there. */
  private static WeightBlock weights(
      Description description, WeightOrigin origin, LoadOptions options, Runnable besides) {
    String path = options.requestedWeightCache().isPresent() ? origin.path() : "";
    if (path.isEmpty()) {
      return origin.read(weights -> prepare(description, weights, options, besides));
    }
    WeightCache cache =
        new WeightCache(
            options.requestedWeightCache().get(),
            WeightCache.Key.of(description, options.strictWeights(), path));
    Optional<WeightBlock> kept = cache.find(origin.files(), besides);
    return kept.isPresent()
        ? kept.get()
        : origin.read(
            weights -> {
              WeightBlock block = prepare(description, weights, options, besides);
              cache.store(block, WeightOrigin.stamps(weights));
              return block;
            });
  }

  @SuppressWarnings("MustBeClosedChecker") // whoever gets the block closes it
  private static WeightBlock prepare(
      Description description, Weights weights, LoadOptions options, Runnable besides) {
    Arena arena = Arena.ofShared();
    try {
      return WeightBlock.prepare(
          description.weights(), weights, options.strictWeights(), arena, besides);
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
  }

  /** Does what any model takes, meanwhile. */
  private static void prepare() {
    try {
      requireNativeAccess();
      LibraryImage.prepare();
    } catch (NativeAccessException e) {
      // The loading thread meets it itself.
    }
  }

  /** The library's probe finds less than the system told. */
  private static final class OtherCpuException extends IllegalStateException {
    private static final long serialVersionUID = 1L;
    private final transient CpuFeatures machine;

    OtherCpuException(CpuFeatures machine) {
      super("the CPU has only " + machine.features());
      this.machine = machine;
    }
  }

  private static void requireNativeAccess() {
    try {
      @SuppressWarnings("restricted") // whatever is restricted does
      MemorySegment _ = MemorySegment.NULL.reinterpret(0);
    } catch (IllegalCallerException e) {
      throw new NativeAccessException(
          "native code is forbidden: start Java with"
              + " --enable-native-access=dev.tilewright.runtime, or with =ALL-UNNAMED where"
              + " Tilewright is on the class path",
          e);
    }
  }
}
