package dev.tilewright.runtime;

import dev.tilewright.CompiledModel;
import dev.tilewright.Precision;
import dev.tilewright.runtime.bind.DeviceLoader;
import dev.tilewright.runtime.bind.GeneratedClass;
import dev.tilewright.runtime.bind.ModelLoader;
import dev.tilewright.runtime.bind.WeightOrigin;
import dev.tilewright.runtime.call.Executable;
import dev.tilewright.runtime.eager.EagerModel;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Makes models of the interfaces that declare them.
 *
 * {@snippet :
 * try (Weights weights = Weights.open(Path.of("model.safetensors"));
 *     Doubler model = Tilewright.load(Doubler.class, weights)) {
 *   float[] doubled = model.twice(Tensors.of(1f, 2f)).toFloats();
 * }
 * }
 */
public final class Tilewright {
  private Tilewright() {}

  /**
   * A model that runs in plain Java, by executing the declaration's own bodies: slow, easy to step
   * through, and what compiled models are compared with. Weights are read when they are first
   * needed, so keep them open. Any thread may call it.
   *
   * {@snippet :
   * try (Weights none = Weights.of(Map.of());
   *     Doubler model = Tilewright.eager(Doubler.class, none)) {
   *   Tensor doubled = model.twice(Tensors.of(1f, 2f));   // gives [2, 4]
   * }
   * }
   *
   * @param model a public interface with {@code @Model}, in a package that its module exports
   * @throws ModelDeclarationException if it is no such interface
   */
  public static <M extends CompiledModel> M eager(Class<M> model, Weights weights) {
    return EagerModel.create(model, weights, Precision.FLOAT32);
  }

  /**
   * As {@link #eager(Class, Weights)}, with the products of a precision: what the model compiled in
   * it is compared with.
   *
   * {@snippet :
   * try (Weights none = Weights.of(Map.of());
   *     Doubler model = Tilewright.eager(Doubler.class, none, Precision.BFLOAT16)) {
   *   Tensor doubled = model.twice(Tensors.of(1f, 2f));   // gives [2, 4]
   * }
   * }
   */
  public static <M extends CompiledModel> M eager(
      Class<M> model, Weights weights, Precision precision) {
    return EagerModel.create(model, weights, precision);
  }

  /**
   * {@link #load(Class, Weights, LoadOptions)} with what the machine and the system properties
   * suggest.
   *
   * {@snippet :
   * Doubler model;
   * try (Weights weights = Weights.open(Path.of("model.safetensors"))) {
   *   model = Tilewright.load(Doubler.class, weights);
   * }
   * Tensor doubled = model.twice(Tensors.of(1f, 2f));
   * }
   */
  public static <M extends CompiledModel> M load(Class<M> model, Weights weights) {
    return load(model, weights, LoadOptions.defaults());
  }

  /**
   * The compiled model. Weights are copied into the form that its kernels want, so the source can
   * be closed afterwards. Any thread may call the model; close it to free its memory and workers.
   *
   * {@snippet :
   * try (Weights weights = Weights.open(Path.of("model.safetensors"));
   *     Doubler model =
   *         Tilewright.load(Doubler.class, weights, LoadOptions.defaults().withWorkers(2))) {
   *   System.out.println(model.describe());
   * }
   * }
   *
   * @param model an interface with {@code @Model} that the annotation processor compiled
   * @throws ModelDeclarationException if it is no such interface
   * @throws MissingCompiledModelException if the annotation processor did not run
   * @throws MissingPrecisionException if it was not compiled in the precision asked for
   * @throws MissingPlatformException if it was not compiled for this system and architecture, or
   *     that part of it is not at hand
   * @throws UnsupportedCpuException if none of the compiled libraries runs on this CPU
   * @throws WeightMismatchException if weights are missing or do not fit, listing all of them
   * @throws DamagedModelException if files of the compiled model are missing or were changed
   * @throws NativeAccessException if the JVM forbids native code
   * @throws DeviceException if the device asked for has no driver here, is unknown, or too small
   */
  public static <M extends CompiledModel> M load(
      Class<M> model, Weights weights, LoadOptions options) {
    Objects.requireNonNull(weights, "weights");
    return load(model, new WeightOrigin.Open(weights), options);
  }

  /**
   * {@link #load(Class, Weights, LoadOptions)} of weights at a path, which are closed again. With
   * {@link LoadOptions#withWeightCache} they are not even opened from the second time on.
   *
   * {@snippet :
   * LoadOptions options = LoadOptions.defaults().withWeightCache(Path.of("cache"));
   * try (Doubler model = Tilewright.load(Doubler.class, Path.of("model.safetensors"), options)) {
   *   Tensor doubled = model.twice(Tensors.of(1f, 2f));
   * }
   * }
   *
   * @param weights as for {@link Weights#open(Path)}, whose exceptions are thrown, too
   */
  public static <M extends CompiledModel> M load(
      Class<M> model, Path weights, LoadOptions options) {
    return load(model, new WeightOrigin.At(weights), options);
  }

  private static <M extends CompiledModel> M load(
      Class<M> model, WeightOrigin weights, LoadOptions options) {
    GeneratedClass generated = GeneratedClass.of(model);
    Executable loaded =
        options.device().isPresent()
            ? DeviceLoader.load(generated, weights, options.device().get(), options)
            : ModelLoader.load(generated, weights, options);
    try {
      return model.cast(generated.instance(new NativeModel.Binding(loaded)));
    } catch (Throwable e) {
      loaded.close();
      throw e;
    }
  }
}
