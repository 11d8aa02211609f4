package dev.tilewright.pim.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceTest {
  @Test
  void theKnownDevicesReadAndPrint() {
    for (String name : Device.KNOWN) {
      Device device = Device.named(name);
      assertThat(device.name()).isEqualTo(name);
      assertThat(Device.parse(device.toText())).isEqualTo(device);
    }
    assertThat(Device.named("aim-gddr6").banks()).isEqualTo(16);
    assertThat(Device.named("pim-gpt").channels()).isEqualTo(8);
    assertThat(Device.named("neupims-dual").banks()).isEqualTo(32);
    Device dual = Device.named("neupims-dual");
    assertThat(dual.with(Parameter.ROW_BUFFERS, 1).with(Parameter.COMPOSITE, 1).values())
        .isEqualTo(Device.named("neupims-single").values());
  }

  @Test
  void anUnknownDeviceIsNamed() {
    assertThatThrownBy(() -> Device.named("ddr5"))
        .hasMessageContaining("'ddr5'")
        .hasMessageContaining("aim-gddr6");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tBL 2 | line 2, column 3: expected 'key = value', found 'tBL 2'",
        "tBLL = 2 | line 2, column 3: no parameter is called 'tBLL'",
        "tBL = two | line 2, column 9: 'tBL' is a whole number from 1",
        "channels = 33 | line 2, column 14: 'channels' is a whole number from 1 to 32, found '33'",
        "tCL = 1.5 | line 2, column 9: 'tCL' is a whole number",
        "energy.mac.mW = -1 | line 2, column 19: 'energy.mac.mW' is a number of at least 0",
        "clock.ps = 1 | the file ends without 'channels = ..' (channels)",
      })
  void errorsSayWhere(String line, String message) {
    assertThatThrownBy(() -> Device.parse("name = d\n  " + line))
        .isInstanceOf(DeviceFileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aParameterCountsOnce() {
    assertThatThrownBy(() -> Device.parse("name = d\ntBL = 1\ntBL = 1"))
        .hasMessageContaining("line 3, column 1: 'tBL' is stated twice");
  }
}
