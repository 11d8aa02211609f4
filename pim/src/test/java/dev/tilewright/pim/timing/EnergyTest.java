package dev.tilewright.pim.timing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.pim.Products;
import dev.tilewright.pim.device.Device;
import org.junit.jupiter.api.Test;

class EnergyTest {
  /** A product of 1024 x 1024 by hand: 2 rows of 64 columns in each of 32 channels. */
  @Test
  void aProduct() {
    Device device = Device.named("aim-gddr6");
    TimingReport report = new TimingSimulator(device).run(Products.gemv(device, 1024, 1024));
    Energy energy = Energy.of(device, report);
    assertThat(energy.multiply()).isCloseTo(3 * 0.43815 * 32 * 2 * 64 * 1e-9, within(1e-15));
    assertThat(energy.activate()).isCloseTo(0.0663 * 32 * 2 * 16 * 44.5e-9, within(1e-15));
    int columns = 32 * (64 + 2 + 2);
    assertThat(report.busBytes()).isEqualTo(columns * 32L);
    assertThat(energy.data()).isCloseTo(5.5e-12 * columns * 256, within(1e-15));
    assertThat(energy.total()).isCloseTo(11.469e-6, within(0.001e-6));
    assertThat(report.busUtilisation()).isCloseTo(68 * 2 / 700.0, within(1e-12));
    assertThat(report.bankUtilisation()).isCloseTo(128 * 2 / 700.0, within(1e-12));
    assertThat(report.modeSwitches()).isEqualTo(32 * 5);
    assertThat(report.rowHits()).isEqualTo(63 / 64.0);
  }

  @Test
  void refreshCostsWhatTheRulesSay() {
    Device device = Device.named("aim-gddr6");
    TimingReport without = new TimingSimulator(device).run(Products.gemv(device, 4096, 4096));
    TimingReport with =
        new TimingSimulator(device, true, null).run(Products.gemv(device, 4096, 4096));
    assertThat(without.cycles()).isEqualTo(9664);
    assertThat(with.count(DramCommand.REF)).isBetween(2 * 32L, 3 * 32L);
    assertThat(with.cycles() - without.cycles()).isBetween(2 * 210L, 3 * 500L);
  }
}
