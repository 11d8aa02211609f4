package dev.tilewright.runtime;

import dev.tilewright.CompiledModel;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What a model runs on instead of this machine's processors. A driver for the target must be at
 * hand ({@link dev.tilewright.runtime.device.DeviceDriver}), and the model compiled for it.
 *
 * {@snippet :
 * LoadOptions options = LoadOptions.defaults().withDevice(Device.pim("aim-gddr6"));
 * String memory = options.device().orElseThrow().configuration();   // gives aim-gddr6
 * }
 *
 * @param target the target that models are compiled for, such as {@code pim}
 * @param configuration which device of the kind; the driver says what it may be
 */
public record Device(String target, String configuration) {
  public Device {
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(configuration, "configuration");
  }

  /**
   * Simulated memory that computes; its driver is in {@code tilewright-target-pim}.
   *
   * {@snippet :
   * String target = Device.pim("pim-gpt").target();   // gives pim
   * }
   *
   * @param configuration a device that the driver knows, such as {@code aim-gddr6} or {@code
   *     pim-gpt}
   */
  public static Device pim(String configuration) {
    return new Device("pim", configuration);
  }

  /**
   * Simulated memory as a file describes it.
   *
   * {@snippet :
   * Device device = Device.pim(Path.of("my.device"));
   * String file = device.configuration();   // gives my.device
   * }
   */
  public static Device pim(Path file) {
    return new Device("pim", file.toString());
  }

  /**
   * What the model's last call took on its device.
   *
   * {@snippet :
   * LoadOptions options = LoadOptions.defaults().withDevice(Device.pim("pim-gpt"));
   * try (Doubler model = Tilewright.load(Doubler.class, Weights.of(Map.of()), options)) {
   *   Tensor doubled = model.twice(Tensors.of(1f, 2f));
   *   DeviceReport report = Device.report(model);
   *   System.out.println(report.seconds() + " s, " + report.joules() + " J");
   * }
   * }
   *
   * @param model one that was loaded with a device, or the model of a session of it
   * @throws IllegalArgumentException if it runs on no device
   * @throws IllegalStateException if it was not called yet
   */
  public static DeviceReport report(CompiledModel model) {
    if (model instanceof NativeModel compiled) {
      return compiled.report();
    }
    throw new IllegalArgumentException(
        model + " runs on no device: load it with LoadOptions.withDevice");
  }
}
