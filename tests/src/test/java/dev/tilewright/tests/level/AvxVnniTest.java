package dev.tilewright.tests.level;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tilewright.Precision;
import dev.tilewright.codegen.CompileOptions;
import dev.tilewright.codegen.KernelModule;
import dev.tilewright.codegen.KernelModule.Machine;
import dev.tilewright.codegen.Platform;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.bind.CpuFeatures;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Kernels for AVX-VNNI give the tile interpreter's bits. QEMU does not emulate its instruction; but
 * AVX512_VNNI has the same in another encoding, so a machine with that runs the kernels when they
 * are encoded for it.
 */
class AvxVnniTest {
  private static final String OWN = "+avxvnni";
  private static final String ENCODED = "+avx512vnni,+avx512vl";

  @Test
  void givesTheInterpretersBits() {
    CpuFeatures host = CpuFeatures.host();
    assumeTrue(
        host.platform().equals(Platform.LINUX_X86_64.id())
            && host.features().containsAll(List.of("avx512_vnni", "avx512vl")),
        "no CPU with AVX512_VNNI");
    List<Case> cases = EmulatedPrecisionTest.cases();
    Program program = Case.program(cases);
    KernelModule module =
        (KernelModule)
            NativeRunner.target("avx2-vnni")
                .compile(
                    program,
                    CompileOptions.of(host.platform()).withPrecision(Precision.INT8),
                    Trace.NONE);
    assertThat(module.source()).contains(OWN);
    TileRunner interpreter = new TileRunner(program, EmulatedPrecisionTest.AVX2, Precision.INT8);
    try (NativeRunner kernels = NativeRunner.of("avx2-vnni", encoded(module))) {
      for (Case one : cases) {
        for (Map<String, Long> size : one.sizes()) {
          List<HostTensor> arguments = one.arguments(size);
          Levels.same(
              "avx2-vnni",
              one,
              size,
              interpreter.run(one.name(), arguments, Case::weight, size, 1),
              kernels.run(one.name(), arguments, Case::weight, size, 1));
        }
      }
    }
  }

  private static KernelModule encoded(KernelModule module) {
    Machine own = module.machine();
    Machine machine =
        new Machine(
            own.triple(),
            own.dataLayout(),
            own.cpu(),
            List.of(ENCODED.split(",")),
            own.intrinsics());
    return new KernelModule(
        module.source().replace(OWN, ENCODED),
        module.language(),
        machine,
        module.entries(),
        module.weights());
  }
}
