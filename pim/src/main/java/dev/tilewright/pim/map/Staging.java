package dev.tilewright.pim.map;

import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.compute.Bf16;
import dev.tilewright.pim.device.Device;

/** The host's staging memory of one run of a stream; it rounds to bf16 and widens. */
final class Staging {
  private final CommandStream stream;
  private final short[] bits;

  Staging(CommandStream stream) {
    this.stream = stream;
    this.bits = new short[stream.slots() * Device.LANES];
  }

  int first(String binding) {
    return stream.binding(binding).slot() * Device.LANES;
  }

  void put(int element, float value) {
    bits[element] = Bf16.round(value);
  }

  float get(int element) {
    return Bf16.widen(bits[element]);
  }

  void run(StreamRunner runner) {
    runner.run(stream, bits);
  }
}
