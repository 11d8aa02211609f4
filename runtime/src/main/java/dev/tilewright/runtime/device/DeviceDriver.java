package dev.tilewright.runtime.device;

import dev.tilewright.runtime.HostTensor;
import dev.tilewright.schema.ModelSchema;
import java.util.function.IntFunction;

/** Loads models for the devices of one target. */
public interface DeviceDriver {
  /** The target whose plans it carries out. */
  String target();

  /**
   * Loads a model.
   *
   * @param schema what was compiled
   * @param plan what the target made of it
   * @param weights the value of each word of the weight table, read when it is asked for; not to be
   *     asked for afterwards
   * @param configuration which device
   * @throws dev.tilewright.runtime.DeviceException if there is no such device, or the model does
   *     not fit it
   */
  DeviceProgram load(
      ModelSchema schema, String plan, IntFunction<HostTensor> weights, String configuration);
}
