package dev.tilewright.runtime.bind;

import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.NativeAccessException;
import dev.tilewright.runtime.Weights;
import dev.tilewright.runtime.run.LoadedModel;
import dev.tilewright.schema.ModelSchema;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** Brings library, weights and workers of a model together. */
public final class ModelLoader {
  private ModelLoader() {}

  /** Loads the best library that the machine runs, and the weights. */
  public static LoadedModel load(GeneratedClass generated, Weights weights, LoadOptions options) {
    requireNativeAccess();
    Thread preparation = new Thread(LibraryImage::prepare, "tilewright-prepare");
    preparation.setDaemon(true);
    preparation.start();
    CpuFeatures machine = CpuFeatures.host();
    ModelSchema schema =
        generated.schema(
            machine.platform(),
            schemas ->
                LibraryChoice.choose(
                    schemas, machine, options.requestedTarget(), options.requestedPrecision()));
    return load(schema, generated.read(schema.library().resource()), weights, options);
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
    LibraryChoice.choose(List.of(schema), CpuFeatures.host(), Optional.empty(), Optional.empty());
    return load(schema, content, weights, options);
  }

  @SuppressWarnings("MustBeClosedChecker") // the model closes it
  private static LoadedModel load(
      ModelSchema schema, byte[] content, Weights weights, LoadOptions options) {
    LibraryImage library = null;
    Arena arena = Arena.ofShared();
    try {
      WeightBlock block =
          WeightBlock.prepare(
              schema.weights(),
              weights,
              options.strictWeights(),
              arena,
              () -> LibraryImage.check(schema.library(), content));
      library = LibraryImage.load(schema.library(), content);
      return new LoadedModel(schema, library, block, arena, options);
    } catch (Throwable e) {
      if (library != null) {
        library.close();
      }
      arena.close();
      throw e;
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
