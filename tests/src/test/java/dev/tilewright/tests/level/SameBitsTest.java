package dev.tilewright.tests.level;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.Dim;
import dev.tilewright.Precision;
import dev.tilewright.codegen.CompileOptions;
import dev.tilewright.codegen.KernelModule;
import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.bind.CpuFeatures;
import dev.tilewright.toolchain.Optimization;
import dev.tilewright.toolchain.Toolchain;
import dev.tilewright.toolchain.ToolchainOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kernels of one target give the same bits whatever surrounds a row and whoever writes them. */
class SameBitsTest {
  private static final int BATCH = 5;

  static Stream<Named<Target>> targets() {
    return NativeRunner.allTargets().stream().map(target -> Named.of(target.name(), target));
  }

  /** Programs that {@link LevelsTest} compiles, too: the toolchain then has their libraries. */
  private static List<List<Case>> programs(Target target) {
    return target.compiles(Precision.FLOAT32)
        ? List.of(Cases.attentions(), Cases.narrow(), Cases.own(), Cases.layers())
        : List.of(Cases.narrow());
  }

  @ParameterizedTest
  @MethodSource("targets")
  void aloneAndInABatch(Target target) {
    for (List<Case> cases : programs(target)) {
      try (NativeRunner runner =
          NativeRunner.compile(Case.program(cases), target, Precision.FLOAT32)) {
        for (Case one : cases) {
          one.sizes().forEach(size -> aloneAndInABatch(runner, one, size));
        }
      }
    }
  }

  private static void aloneAndInABatch(NativeRunner runner, Case one, Map<String, Long> size) {
    Map<String, Long> wide = with(size, BATCH);
    List<HostTensor> arguments = one.arguments(wide);
    List<HostTensor> together = runner.run(one.name(), arguments, Case::weight, wide, 2);
    for (int row = 0; row < BATCH; row++) {
      int own = row;
      List<HostTensor> alone =
          runner.run(
              one.name(),
              arguments.stream().map(argument -> row(argument, own)).toList(),
              Case::weight,
              with(size, 1),
              1);
      Levels.same(
          runner + ", alone against row " + row + " of " + BATCH,
          one,
          wide,
          together.stream().map(result -> row(result, own)).toList(),
          alone);
    }
  }

  @ParameterizedTest
  @MethodSource("targets")
  void bothWriters(Target target) {
    List<List<Case>> programs =
        target.compiles(Precision.FLOAT32)
            ? List.of(Cases.own(), List.of(Cases.attentions().get(2)))
            : List.of(Cases.narrow());
    programs.forEach(cases -> bothWriters(target, cases));
  }

  /** And with all of LLVM's passes as with few. */
  private static void bothWriters(Target target, List<Case> cases) {
    Program program = Case.program(cases);
    try (NativeRunner llvm = NativeRunner.compile(program, target, Language.LLVM, Optimization.O3);
        NativeRunner c = NativeRunner.compile(program, target, Language.C, Optimization.of(1))) {
      assertThat(llvm.toString()).isNotEqualTo(c.toString());
      for (Case one : cases) {
        for (Map<String, Long> size : one.sizes()) {
          List<HostTensor> arguments = one.arguments(size);
          Levels.same(
              "C against LLVM for " + target.name(),
              one,
              size,
              llvm.run(one.name(), arguments, Case::weight, size, 1),
              c.run(one.name(), arguments, Case::weight, size, 1));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("targets")
  void twoBuildsAreOneLibrary(Target target) {
    // Of each form of kernel one; a library's kernels do not know of each other.
    List<Case> cases = List.of(Cases.ownSoftmax(), Cases.ownActivation(), Cases.ownNorm());
    Toolchain uncached = Toolchain.open(ToolchainOptions.defaults().withResultBytes(0));
    String platform = CpuFeatures.host().platform();
    for (Language language : Language.values()) {
      List<KernelModule> modules = new ArrayList<>();
      for (int build = 0; build < 2; build++) {
        modules.add(
            (KernelModule)
                target.compile(
                    Case.program(cases),
                    CompileOptions.of(platform).withLanguage(language),
                    Trace.NONE));
      }
      List<byte[]> libraries =
          modules.parallelStream()
              .map(module -> NativeRunner.link(module, uncached, Optimization.O3))
              .toList();
      assertThat(modules.getLast()).isEqualTo(modules.getFirst());
      assertThat(libraries.getLast()).isEqualTo(libraries.getFirst());
    }
  }

  private static Map<String, Long> with(Map<String, Long> size, long batch) {
    Map<String, Long> changed = new HashMap<>(size);
    changed.put("B", batch);
    return Map.copyOf(changed);
  }

  /** One element along the first axis, which is kept with extent 1. */
  private static HostTensor row(HostTensor tensor, int row) {
    List<Dim> shape = new ArrayList<>(tensor.shape());
    shape.set(0, Dim.ONE);
    TensorType type = tensor.type().withShape(shape);
    int count = HostTensor.elementCount(type);
    Object elements = HostTensor.array(tensor.dtype(), count);
    System.arraycopy(tensor.elements(), row * count, elements, 0, count);
    return HostTensor.wrap(type, elements);
  }
}
