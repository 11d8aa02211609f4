package dev.tilewright.codegen.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.tile.TileInterpreter;
import dev.tilewright.codegen.tile.TileParser;
import dev.tilewright.codegen.tile.TileProgram;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Workers that depend on each other's work from step to step, calls of functions, scratch memory,
 * weights and faults.
 */
class TeamTest {
  /** Each step reverses what all wrote before: a worker reads what another one made. */
  private static final String PROGRAM =
      """
      program "team"
      kernel reverse(N)(x: i32, add: i32, y: i32) "y[i] = x[N-1-i] + add[0]" {
        scratch own: i32[N]
        for i = worker to N step 1 {
          if i%workers < worker + 1 {
            if worker - 1 < i%workers {
              store own[i; 0, 1] = load x[N - 1 - i; 0, 1] 1x1
              store y[i; 0, 1] = add(load own[i; 0, 1] 1x1, load add[0; 0, 1] 1x1)
            }
          }
        }
      }
      kernel choose(N)(x: i32, y: i32) "y[i] = x[y[i]], limited" {
        for i = 0 to N {
          if i%workers < worker + 1 {
            if worker - 1 < i%workers {
              lookup at = y[i] below N site 1
              store y[i; 0, 1] = load x[at; 0, 1] 1x1
            }
          }
        }
      }
      function twice(N) parameters 2 weights 1 frame 64*((4*N + 63)/64) {
        run reverse(parameter 0, weight 0, frame 0)
        run reverse(frame 0, weight 0, parameter 1)
      }
      function main(N) parameters 3 weights 1 frame 64*((4*N + 63)/64) {
        call twice(parameter 0, frame 0) weights 1 sites 5
        call twice(frame 0, parameter 1) weights 2 sites 5
        run reverse(parameter 1, weight 0, frame 0)
        run choose(frame 0, parameter 2)
      }
      entry team = main weights 1
      """;

  @ParameterizedTest
  @EnumSource
  void stepsSeeWhatAllWorkersDid(Language language) throws Throwable {
    assumeTrue(Machines.NARROW.runsHere());
    TileProgram program = TileParser.parse(PROGRAM);
    try (Arena arena = Arena.ofShared();
        NativeLibrary library = new NativeLibrary(program, Machines.NARROW, language)) {
      List<MemorySegment> weights =
          List.of(word(arena, 99), word(arena, 1), word(arena, 10), word(arena, 100));
      for (int round = 0; round < 60; round++) {
        for (int workers = 1; workers <= 3; workers++) {
          int n = 1 + round;
          List<MemorySegment> expected = memory(arena, n);
          List<MemorySegment> actual = memory(arena, n);
          Map<String, Long> symbols = Map.of("N", (long) n);
          var fault =
              new TileInterpreter(program, Machines.NARROW.model())
                  .run("team", symbols, expected, weights, workers);
          assertThat(fault).isEqualTo(new TileInterpreter.Fault(-1, 0));
          assertThat(library.run("team", symbols, actual, weights, workers)).isEqualTo(fault);
          for (int p = 0; p < 3; p++) {
            assertThat(actual.get(p).mismatch(expected.get(p))).as("parameter " + p).isEqualTo(-1);
          }
        }
      }
      assertThat(memory(arena, 3).get(0).getAtIndex(ValueLayout.JAVA_INT, 2)).isEqualTo(6);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anIndexOutOfRangeIsReported(Language language) throws Throwable {
    assumeTrue(Machines.NARROW.runsHere());
    TileProgram program = TileParser.parse(PROGRAM);
    try (Arena arena = Arena.ofShared();
        NativeLibrary library = new NativeLibrary(program, Machines.NARROW, language)) {
      List<MemorySegment> weights =
          List.of(word(arena, 0), word(arena, 0), word(arena, 0), word(arena, 0));
      for (int wrong : new int[] {-1, 4, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
        List<MemorySegment> memory = memory(arena, 4);
        memory.get(2).setAtIndex(ValueLayout.JAVA_INT, 2, wrong);
        var fault = library.run("team", Map.of("N", 4L), memory, weights, 2);
        assertThat(fault).isEqualTo(new TileInterpreter.Fault(1, wrong));
        int limited = wrong < 0 ? 0 : 3;
        assertThat(memory.get(2).getAtIndex(ValueLayout.JAVA_INT, 2)).isEqualTo(3 * (3 - limited));
      }
    }
  }

  @Test
  void theInterpreterRefusesToReadOutside() {
    TileProgram program = TileParser.parse(PROGRAM);
    try (Arena arena = Arena.ofConfined()) {
      List<MemorySegment> memory =
          List.of(arena.allocate(12, 4), arena.allocate(16, 4), arena.allocate(16, 4));
      MemorySegment word = word(arena, 0);
      var interpreter = new TileInterpreter(program, Machines.NARROW.model());
      org.assertj.core.api.Assertions.assertThatThrownBy(
              () ->
                  interpreter.run(
                      "team", Map.of("N", 4L), memory, List.of(word, word, word, word), 1))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessage("kernel reverse: element 3 of x, which has 3");
    }
  }

  private static MemorySegment word(Arena arena, int value) {
    return arena.allocateFrom(ValueLayout.JAVA_INT, value);
  }

  private static List<MemorySegment> memory(Arena arena, int n) {
    MemorySegment x = arena.allocate(4L * n, 64);
    MemorySegment index = arena.allocate(4L * n, 64);
    for (int i = 0; i < n; i++) {
      x.setAtIndex(ValueLayout.JAVA_INT, i, 3 * i);
      index.setAtIndex(ValueLayout.JAVA_INT, i, (7 * i) % n);
    }
    return List.of(x, arena.allocate(4L * n, 64), index);
  }
}
