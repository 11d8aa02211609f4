package dev.tilewright.codegen.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.KernelModule.Language;
import dev.tilewright.codegen.tile.ExpandMath;
import dev.tilewright.codegen.tile.ExpandNarrow;
import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.codegen.tile.TileInterpreter;
import dev.tilewright.codegen.tile.TilePrinter;
import dev.tilewright.codegen.tile.TileProgram;
import dev.tilewright.codegen.tile.TileProgram.Argument;
import dev.tilewright.codegen.tile.TileProgram.Entry;
import dev.tilewright.codegen.tile.TileProgram.Step;
import dev.tilewright.codegen.tile.TileProgram.TileFunction;
import dev.tilewright.codegen.tile.TileVerifier;
import dev.tilewright.codegen.tile.UnrollLoops;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random kernels give the same bits in the interpreter, through LLVM and through C. */
class WritersTest {
  private static final int PROGRAMS = Integer.getInteger("tilewright.randomPrograms", 3);
  private static final int KERNELS = 4;
  private static final int PARAMETERS = 12;

  @ParameterizedTest
  @EnumSource
  void randomKernelsGiveTheSameBits(Machines machine) throws Throwable {
    for (long seed = 0; seed < PROGRAMS; seed++) {
      TileProgram source = program(seed, machine);
      TileVerifier.verify(source, machine.model());
      TileProgram program = expanded(source, machine);
      TileVerifier.verify(program, machine.model());
      assumeTrue(machine.runsHere());
      try (NativeLibrary llvm = new NativeLibrary(program, machine, Language.LLVM);
          NativeLibrary c = new NativeLibrary(program, machine, Language.C)) {
        for (int k = 0; k < KERNELS; k++) {
          for (long s = 0; s < machine.model().lanes(); s += 1 + s / 2) {
            List<MemorySegment> expected = memory(seed);
            Map<String, Long> symbols = Map.of("S", s);
            String symbol = "entry" + k;
            var fault =
                new TileInterpreter(program, machine.model())
                    .run(symbol, symbols, expected, List.of(), 1);
            for (NativeLibrary library : List.of(llvm, c)) {
              List<MemorySegment> actual = memory(seed);
              assertThat(library.run(symbol, symbols, actual, List.of(), 1)).isEqualTo(fault);
              String where =
                  (library == llvm ? "LLVM" : "C")
                      + " seed "
                      + seed
                      + " S="
                      + s
                      + "\n"
                      + TilePrinter.print(source.kernel("random" + k));
              assertThat(difference(expected, actual)).as(where).isNull();
            }
          }
        }
      }
    }
  }

  static TileProgram expanded(TileProgram source, Machines machine) {
    TileProgram narrow = ExpandNarrow.apply(UnrollLoops.apply(source), machine.model());
    return ExpandMath.apply(narrow, machine.model());
  }

  static TileProgram program(long seed, Machines machine) {
    List<Kernel> kernels = new ArrayList<>();
    List<TileFunction> functions = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    List<Argument> arguments = new ArrayList<>();
    for (int p = 0; p < PARAMETERS; p++) {
      arguments.add(new Argument.Parameter(p));
    }
    for (int k = 0; k < KERNELS; k++) {
      Kernel kernel = new RandomKernels(seed * KERNELS + k, machine.model().lanes()).kernel();
      String name = "random" + k;
      kernels.add(
          new Kernel(
              name,
              kernel.symbols(),
              kernel.parameters(),
              kernel.scratch(),
              kernel.body(),
              "no sense"));
      functions.add(
          new TileFunction(
              "f" + k,
              List.of("S"),
              PARAMETERS,
              0,
              Dim.ZERO,
              List.of(new Step.Run(name, arguments))));
      entries.add(new Entry("entry" + k, "f" + k, 0));
    }
    return new TileProgram("random", kernels, functions, entries);
  }

  private static List<MemorySegment> memory(long seed) {
    Random random = new Random(seed);
    Arena arena = Arena.ofAuto();
    int size = RandomKernels.SIZE;
    MemorySegment f = arena.allocate(4L * size, 64);
    MemorySegment i = arena.allocate(4L * size, 64);
    MemorySegment b = arena.allocate(size, 64);
    float[] special = {
      0, -0f, 1, -1, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e-40f, 3e38f
    };
    for (int n = 0; n < size; n++) {
      float value =
          random.nextInt(6) == 0
              ? special[random.nextInt(special.length)]
              : (float) random.nextGaussian() * 8;
      f.setAtIndex(ValueLayout.JAVA_FLOAT, n, value);
      i.setAtIndex(
          ValueLayout.JAVA_INT,
          n,
          random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(-60, 60));
      b.set(ValueLayout.JAVA_BYTE, n, (byte) random.nextInt(2));
    }
    MemorySegment h = arena.allocate(2L * size, 64);
    for (int n = 0; n < size; n++) {
      h.setAtIndex(
          ValueLayout.JAVA_SHORT,
          n,
          DType.bfloat16Bits(f.getAtIndex(ValueLayout.JAVA_FLOAT, size - 1 - n)));
    }
    List<MemorySegment> all = new ArrayList<>(List.of(f, i, b, h));
    for (int narrow = 0; narrow < 2; narrow++) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      all.add(arena.allocate(size, 64).copyFrom(MemorySegment.ofArray(bytes)));
    }
    for (int bytes : new int[] {4, 4, 1, 2, 1, 1}) {
      all.add(arena.allocate((long) bytes * size, 64));
    }
    return all;
  }

  /** Where results differ, all NaNs being one; null if nowhere. */
  private static String difference(List<MemorySegment> expected, List<MemorySegment> actual) {
    for (int n = 0; n < RandomKernels.SIZE; n++) {
      for (int p = PARAMETERS / 2; p < PARAMETERS; p++) {
        int a = element(expected.get(p), n, p);
        int b = element(actual.get(p), n, p);
        if (a != b) {
          return "parameter " + p + " element " + n + ": expected " + a + ", got " + b;
        }
      }
    }
    return null;
  }

  private static int element(MemorySegment memory, int n, int parameter) {
    return switch (parameter) {
      case 6 -> Float.floatToIntBits(memory.getAtIndex(ValueLayout.JAVA_FLOAT, n));
      case 7 -> memory.getAtIndex(ValueLayout.JAVA_INT, n);
      case 9 ->
          Float.floatToIntBits(DType.bfloat16Value(memory.getAtIndex(ValueLayout.JAVA_SHORT, n)));
      default -> memory.get(ValueLayout.JAVA_BYTE, n);
    };
  }
}
