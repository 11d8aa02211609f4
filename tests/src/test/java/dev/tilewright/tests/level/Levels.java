package dev.tilewright.tests.level;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.graph.GraphInterpreter;
import dev.tilewright.codegen.graph.GraphVerifier;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.eager.EagerEvaluator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Runs cases at every level and compares each with the reference. */
final class Levels {
  /** A machine of 4 lanes, few registers and nothing else. */
  static final MachineModel PLAIN =
      new MachineModel(4, 16, false, false, 64, 32 << 10, 256 << 10, 1, 2, 4);

  /** A machine of 16 lanes with all there is. */
  static final MachineModel WIDE =
      new MachineModel(16, 32, true, true, 64, 32 << 10, 1 << 20, 2, 2, 4);

  /** Where bounds are looser than this, a passed comparison says nothing. */
  private static final double LOOSEST = 0.05;

  private Levels() {}

  /** Eager and graph: the same bits, near the reference. */
  static void checkGraph(List<Case> cases) {
    Program program = Case.program(cases);
    GraphVerifier.verify(program);
    GraphInterpreter interpreter =
        new GraphInterpreter(program, EagerEvaluator.INSTANCE, Case::weight, Remembered.states());
    for (Case one : cases) {
      for (Map<String, Long> size : one.sizes()) {
        List<HostTensor> arguments = one.arguments(size);
        List<HostTensor> eager = one.eager(arguments);
        check("eager", one, size, one.reference(size), eager);
        List<Tensor> graph = interpreter.run(one.name(), List.copyOf(arguments));
        for (int i = 0; i < eager.size(); i++) {
          assertThat(bits(HostTensor.of(graph.get(i))))
              .as("result %s of %s, %s: graph against eager", i, one, size)
              .isEqualTo(bits(eager.get(i)));
        }
      }
    }
  }

  /** Tiles, interpreted for a machine; one and three workers give the same bits. */
  static void checkTiles(List<Case> cases, MachineModel machine, Precision precision) {
    TileRunner runner = new TileRunner(Case.program(cases), machine, precision);
    for (Case one : cases) {
      for (Map<String, Long> size : one.sizes()) {
        List<HostTensor> arguments = one.arguments(size);
        List<HostTensor> tiles = runner.run(one.name(), arguments, Case::weight, size, 1);
        String level = precision + " tiles of " + machine.lanes() + " lanes";
        check(level, one, size, one.reference(size, precision), tiles);
        same(
            level + ", 3 workers",
            one,
            size,
            tiles,
            runner.run(one.name(), arguments, Case::weight, size, 3));
      }
    }
  }

  /** Native code of targets; one, two and three workers give the same bits. */
  static void checkNative(List<Case> cases, List<Target> targets, Precision precision) {
    Program program = Case.program(cases);
    List<NativeRunner> runners =
        targets.parallelStream()
            .map(target -> NativeRunner.compile(program, target, precision))
            .toList();
    for (NativeRunner runner : runners) {
      try (runner) {
        checkNative(cases, runner, precision);
      }
    }
  }

  private static void checkNative(List<Case> cases, NativeRunner runner, Precision precision) {
    for (Case one : cases) {
      for (Map<String, Long> size : one.sizes()) {
        List<HostTensor> arguments = one.arguments(size);
        List<HostTensor> results = runner.run(one.name(), arguments, Case::weight, size, 1);
        check(runner.toString(), one, size, one.reference(size, precision), results);
        for (int workers = 2; workers <= 3; workers++) {
          same(
              runner + ", " + workers + " workers",
              one,
              size,
              results,
              runner.run(one.name(), arguments, Case::weight, size, workers));
        }
      }
    }
  }

  /** All results within the bounds, and the bounds of use. */
  static void check(
      String level,
      Case one,
      Map<String, Long> size,
      List<Bounded> reference,
      List<HostTensor> results) {
    assertThat(results).as("results of %s", one).hasSameSizeAs(reference);
    for (int i = 0; i < results.size(); i++) {
      Bounded expected = reference.get(i);
      String what = "result %d of %s, %s: %s".formatted(i, one, size, level);
      assertThat(results.get(i).type()).as(what).isEqualTo(expected.type());
      assertThat(expected.looseness()).as("%s: looseness of the bound", what).isLessThan(LOOSEST);
      assertThat(expected.use(results.get(i)))
          .as("%s: share of the tolerance used; %s for %s", what, results.get(i), start(expected))
          .isLessThanOrEqualTo(1);
    }
  }

  static void same(
      String level,
      Case one,
      Map<String, Long> size,
      List<HostTensor> expected,
      List<HostTensor> results) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(bits(results.get(i)))
          .as("bits of result %s of %s, %s: %s", i, one, size, level)
          .isEqualTo(bits(expected.get(i)));
    }
  }

  /** The elements as integers, so that NaNs and signs of zeros count. */
  static int[] bits(HostTensor tensor) {
    return switch (tensor.dtype()) {
      case FLOAT32, BFLOAT16 -> {
        float[] floats = tensor.toFloats();
        int[] bits = new int[floats.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(floats[i]));
        yield bits;
      }
      case INT32, INT8, UINT8, BOOL -> tensor.toInts();
    };
  }

  private static List<Double> start(Bounded tensor) {
    List<Double> first = new ArrayList<>();
    for (int i = 0; i < Math.min(8, tensor.values().length); i++) {
      first.add(tensor.values()[i]);
    }
    return first;
  }
}
