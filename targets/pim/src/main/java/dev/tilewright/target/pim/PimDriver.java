package dev.tilewright.target.pim;

import com.google.auto.service.AutoService;
import dev.tilewright.codegen.UnsupportedProgramException;
import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.DeviceFileException;
import dev.tilewright.runtime.DamagedModelException;
import dev.tilewright.runtime.DeviceException;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.device.DeviceDriver;
import dev.tilewright.runtime.device.DeviceProgram;
import dev.tilewright.schema.ModelSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Runs plans on the simulator. A configuration is a known device's name, or a device's file; behind
 * {@code checked:} every product is held against the written arithmetic, bit for bit, and against
 * its bound.
 */
@AutoService(DeviceDriver.class)
public final class PimDriver implements DeviceDriver {
  private static final String CHECKED = "checked:";

  /** For {@link java.util.ServiceLoader}. */
  public PimDriver() {}

  @Override
  public String target() {
    return "pim";
  }

  @Override
  public DeviceProgram load(
      ModelSchema schema, String plan, IntFunction<HostTensor> weights, String configuration) {
    boolean checked = configuration.startsWith(CHECKED);
    Device device = device(checked ? configuration.substring(CHECKED.length()) : configuration);
    Function<Ledger, MatrixUnit> unit =
        checked
            ? ledger -> new CheckedUnit(new Banks(device, ledger))
            : ledger -> new Banks(device, ledger);
    return load(schema, plan, weights, device, unit);
  }

  private static DeviceProgram load(
      ModelSchema schema,
      String plan,
      IntFunction<HostTensor> weights,
      Device device,
      Function<Ledger, MatrixUnit> unit) {
    Plan parsed;
    try {
      parsed = Plan.parse(plan);
    } catch (IllegalArgumentException e) {
      throw new DamagedModelException(schema.library().resource() + ": " + e.getMessage(), e);
    }
    try {
      return new PimProgram(schema, parsed, weights, Machine.of(device), unit);
    } catch (UnsupportedProgramException e) {
      throw new DeviceException(
          "%s does not fit: %s (%s)"
              .formatted(schema.model(), e.getMessage(), Instances.text(e.origin())),
          e);
    }
  }

  private static Device device(String configuration) {
    if (Device.KNOWN.contains(configuration)) {
      return Device.named(configuration);
    }
    try {
      return Device.read(Path.of(configuration));
    } catch (IOException | DeviceFileException e) {
      throw new DeviceException(
          "'%s' is neither a known device (%s) nor a file that describes one: %s"
              .formatted(configuration, String.join(", ", Device.KNOWN), e),
          e);
    }
  }
}
