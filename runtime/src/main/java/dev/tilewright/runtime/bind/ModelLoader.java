package dev.tilewright.runtime.bind;

import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.NativeAccessException;
import dev.tilewright.runtime.Weights;
import dev.tilewright.runtime.run.LoadedModel;
import dev.tilewright.schema.ModelSchema;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Brings library, weights and workers of a model together. */
public final class ModelLoader {
  private ModelLoader() {}

  /**
   * Loads the best library that the machine runs, and the weights; frees all of it again if
   * anything fails.
   */
  @SuppressWarnings("MustBeClosedChecker") // the model closes it
  public static LoadedModel load(GeneratedClass generated, Weights weights, LoadOptions options) {
    requireNativeAccess();
    // The first linkage takes the JVM about as long as all descriptions take us.
    Thread linkage = new Thread(Libc::link, "tilewright-link");
    linkage.setDaemon(true);
    linkage.start();
    ModelSchema schema =
        generated.schema(
            schemas ->
                LibraryChoice.choose(
                    schemas,
                    CpuFeatures.host(),
                    options.requestedTarget(),
                    options.requestedPrecision()));
    byte[] content = generated.read(schema.library().resource());
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
