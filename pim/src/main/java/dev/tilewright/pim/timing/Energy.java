package dev.tilewright.pim.timing;

import dev.tilewright.pim.device.Device;
import dev.tilewright.pim.device.Parameter;

/**
 * The energy of a run in joules, by CENT's formulas: units {@code P_mac (MAC_ALL + MAC/banks +
 * EWMUL/4) t_mac} with the power of 16 banks' units, rows {@code P_act (ACT + banks ACT_ALL)
 * t_act}, and the data bus by the bit. Refresh and standing power are not in it.
 *
 * @param multiply of the multiply-accumulate units
 * @param activate of opening rows
 * @param data of the external data bus
 */
public record Energy(double multiply, double activate, double data) {
  private static final double MILLI_NANO = 1e-12;

  /** The energy of a run on a device. */
  public static Energy of(Device device, TimingReport report) {
    int banks = device.banks();
    double units =
        report.count(DramCommand.MAC_ALL)
            + report.count(DramCommand.MAC) / (double) banks
            + report.count(DramCommand.EWMUL) / 4.0;
    double rows =
        report.count(DramCommand.ACT)
            + report.count(DramCommand.ACT_MEMORY)
            + (double) banks * report.count(DramCommand.ACT_ALL);
    return new Energy(
        device.real(Parameter.MULTIPLY_MILLIWATT)
            * device.real(Parameter.MULTIPLY_NS)
            * (banks / 16.0)
            * units
            * MILLI_NANO,
        device.real(Parameter.ACTIVATE_MILLIWATT)
            * device.real(Parameter.ACTIVATE_NS)
            * rows
            * MILLI_NANO,
        device.real(Parameter.DATA_PJ_PER_BIT) * 1e-12 * report.busBytes() * Byte.SIZE);
  }

  /** All of it. */
  public double total() {
    return multiply + activate + data;
  }
}
