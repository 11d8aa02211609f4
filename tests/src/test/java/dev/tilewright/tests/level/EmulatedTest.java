package dev.tilewright.tests.level;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tilewright.Precision;
import dev.tilewright.codegen.Platform;
import dev.tilewright.runtime.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kernels for processors that this machine is not agree with exact arithmetic as its own do. Needs
 * QEMU's user-mode emulators ({@code qemu-user} in Debian); without them the tests are skipped and
 * say so.
 */
class EmulatedTest {
  /** A processor, and the target that must be right on it. */
  record Machine(Platform platform, String cpu, String target) {
    @Override
    public String toString() {
      return target + " on " + cpu;
    }
  }

  /**
   * The plainest CPU of a target runs everything, the others one group; each way to multiply narrow
   * numbers runs those.
   */
  static Stream<Arguments> runs() {
    Machine plainest = new Machine(Platform.LINUX_AARCH64, "cortex-a57", "neon");
    List<Machine> others =
        List.of(
            new Machine(Platform.LINUX_AARCH64, "cortex-a57", "portable"),
            new Machine(Platform.LINUX_AARCH64, "max", "neon"),
            new Machine(Platform.LINUX_X86_64, "Haswell", "avx2"),
            new Machine(Platform.LINUX_X86_64, "Nehalem", "portable"));
    Named<List<Case>> layers = Named.of("layers", Cases.layers());
    Named<List<Case>> narrow = Named.of("narrow numbers", Cases.narrow());
    List<Machine> variants =
        List.of(
            plainest,
            new Machine(Platform.LINUX_AARCH64, "cortex-a76", "neon-dotprod"),
            new Machine(Platform.LINUX_AARCH64, "max", "neon-i8mm"),
            new Machine(Platform.LINUX_AARCH64, "max", "neon-bf16"),
            new Machine(Platform.LINUX_X86_64, "Haswell", "avx2"));
    return Stream.of(
            Stream.of(
                    Named.of("attention", Cases.attentions()),
                    Named.of("what users write", Cases.own()),
                    layers,
                    Named.of("views", Cases.views()),
                    Named.of("sessions", SessionCases.all()))
                .map(cases -> Arguments.of(plainest, cases)),
            others.stream().map(machine -> Arguments.of(machine, layers)),
            variants.stream().map(machine -> Arguments.of(machine, narrow)))
        .flatMap(runs -> runs);
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("runs")
  void agrees(Machine machine, List<Case> cases) {
    assumeTrue(
        Emulator.runs(machine.platform()),
        () -> "no emulator for " + machine.platform() + " on the PATH: install qemu-user");
    try (Emulator emulator =
        Emulator.compile(
            Case.program(cases),
            machine.target(),
            Precision.FLOAT32,
            machine.platform(),
            machine.cpu())) {
      for (Case one : cases) {
        for (Map<String, Long> size : one.sizes()) {
          List<HostTensor> arguments = one.arguments(size);
          List<HostTensor> results = emulator.run(one.name(), arguments, Case::weight, size);
          Levels.check(emulator.toString(), one, size, one.reference(size), results);
        }
      }
    }
  }
}
