package dev.tilewright.runtime.bind;

import dev.tilewright.Tensor;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.Device;
import dev.tilewright.runtime.DeviceException;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.LoadOptions;
import dev.tilewright.runtime.MissingPlatformException;
import dev.tilewright.runtime.RequiredWeight;
import dev.tilewright.runtime.WeightMatcher;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.Weights;
import dev.tilewright.runtime.bind.GeneratedClass.Description;
import dev.tilewright.runtime.device.DeviceDriver;
import dev.tilewright.runtime.device.DeviceProgram;
import dev.tilewright.runtime.eager.EagerEvaluator;
import dev.tilewright.runtime.eager.WeightElements;
import dev.tilewright.runtime.run.DeviceModel;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.LibrarySchema;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Brings a plan, weights and a device's driver together. */
public final class DeviceLoader {
  private static final String ANY_PLATFORM = "any";

  private DeviceLoader() {}

  /**
   * Loads a model for a device.
   *
   * @throws DeviceException if there is no driver, or the model was not compiled for the target
   */
  public static DeviceModel load(
      GeneratedClass generated, WeightOrigin origin, Device device, LoadOptions options) {
    DeviceDriver driver = driver(device);
    Description description = description(generated, device, options);
    LibrarySchema library = description.schema().library();
    byte[] plan = generated.read(library.resource());
    LibraryImage.check(library, plan);
    List<WeightRecipe> recipes = description.weights();
    DeviceProgram program =
        origin.read(
            weights -> {
              Map<String, WeightTensor> tensors = match(weights, recipes, options);
              return driver.load(
                  description.schema(),
                  new String(plan, StandardCharsets.UTF_8),
                  word -> value(recipes.get(word), tensors),
                  device.configuration());
            });
    return new DeviceModel(description.schema(), program);
  }

  private static Description description(
      GeneratedClass generated, Device device, LoadOptions options) {
    try {
      return generated.description(ANY_PLATFORM, schemas -> choose(schemas, device, options));
    } catch (MissingPlatformException e) {
      throw new DeviceException(
          "%s was not compiled for devices: name the target %s, and a precision that it computes in, with -Atilewright.targets and -Atilewright.precisions"
              .formatted(generated.model(), device.target()),
          e);
    }
  }

  private static DeviceDriver driver(Device device) {
    for (DeviceDriver driver : ServiceLoader.load(DeviceDriver.class)) {
      if (driver.target().equals(device.target())) {
        return driver;
      }
    }
    throw new DeviceException(
        "there is no driver for devices of the target '%s': put tilewright-target-%s beside tilewright-runtime"
            .formatted(device.target(), device.target()));
  }

  private static ModelSchema choose(List<ModelSchema> schemas, Device device, LoadOptions options) {
    return schemas.stream()
        .filter(schema -> schema.library().target().equals(device.target()))
        .filter(
            schema ->
                options.requestedPrecision().isEmpty()
                    || options.requestedPrecision().get() == schema.library().precision())
        .findFirst()
        .orElseThrow(
            () ->
                new DeviceException(
                    schemas.getFirst().model()
                        + " was not compiled for the target "
                        + device.target()
                        + options.requestedPrecision().map(asked -> " in " + asked).orElse("")
                        + ", only for "
                        + schemas.stream()
                            .map(
                                schema ->
                                    schema.library().target()
                                        + " in "
                                        + schema.library().precision())
                            .collect(Collectors.joining(", "))));
  }

  private static Map<String, WeightTensor> match(
      Weights weights, List<WeightRecipe> recipes, LoadOptions options) {
    List<RequiredWeight> required = WeightBlock.required(recipes);
    return (options.strictWeights()
            ? WeightMatcher.matchExactly(weights, required)
            : WeightMatcher.match(weights, required))
        .tensors();
  }

  private static HostTensor value(WeightRecipe recipe, Map<String, WeightTensor> tensors) {
    List<WeightTensor> laidOut = PreparedWeights.of(recipe, tensors);
    List<TensorType> types = WeightPlan.types(recipe);
    List<Tensor> parts = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      parts.add(WeightElements.read(laidOut.get(i), types.get(i)));
    }
    return HostTensor.of(
        parts.size() == 1
            ? parts.getFirst()
            : EagerEvaluator.INSTANCE.apply(new Primitive.Concat(0), parts));
  }
}
