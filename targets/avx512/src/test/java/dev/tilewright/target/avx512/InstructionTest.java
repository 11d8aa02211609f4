package dev.tilewright.target.avx512;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tilewright.codegen.KernelModule.Machine;
import dev.tilewright.codegen.emit.LlvmWriter;
import dev.tilewright.codegen.tile.ExpandMath;
import dev.tilewright.codegen.tile.TileInterpreter;
import dev.tilewright.codegen.tile.TileParser;
import dev.tilewright.codegen.tile.TileProgram;
import dev.tilewright.codegen.tile.TileVerifier;
import dev.tilewright.toolchain.LibraryRequest;
import dev.tilewright.toolchain.Source;
import dev.tilewright.toolchain.TargetMachine;
import dev.tilewright.toolchain.Toolchain;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every instruction of the table is emitted for its meaning and computes it. */
@SuppressWarnings("restricted") // loads and calls what was compiled
class InstructionTest {
  private static final int LANES = Avx512Target.MODEL.lanes();
  private static final Toolchain TOOLCHAIN = Toolchain.open();

  @Test
  void eachIsEmittedForItsMeaning() {
    for (Instruction instruction : Instruction.ALL) {
      String assembly = TOOLCHAIN.assembly(request(program(List.of(instruction))));
      assertThat(assembly.lines().filter(line -> line.contains("zmm")).toList())
          .as("%s in the code of %s", instruction.mnemonic(), instruction.meaning())
          .anyMatch(line -> line.strip().startsWith(instruction.mnemonic()));
    }
  }

  @Test
  void eachComputesItsMeaning() throws Throwable {
    assumeTrue(runsHere());
    TileProgram program = program(Instruction.ALL);
    Path file = Files.createTempFile("instructions", ".so");
    Files.write(file, TOOLCHAIN.compile(request(program)).bytes());
    try (Arena arena = Arena.ofConfined()) {
      var handle =
          Linker.nativeLinker()
              .downcallHandle(
                  SymbolLookup.libraryLookup(file, arena).find("all").orElseThrow(),
                  FunctionDescriptor.ofVoid(
                      ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
      for (long seed = 0; seed < 50; seed++) {
        List<MemorySegment> memory = memory(arena, seed);
        MemorySegment frame = arena.allocate(8 * 14, 8);
        for (int word = 0; word < 7; word++) {
          frame.setAtIndex(ValueLayout.ADDRESS, word, arena.allocate(256, 64));
        }
        frame.setAtIndex(ValueLayout.JAVA_LONG, 2, 64);
        for (int p = 0; p < memory.size(); p++) {
          frame.setAtIndex(ValueLayout.ADDRESS, 8 + p, memory.get(p));
        }
        handle.invokeExact(frame, 0L, 1L);
        float[] actual = memory.getLast().toArray(ValueLayout.JAVA_FLOAT);
        new TileInterpreter(program, Avx512Target.MODEL).run("all", Map.of(), memory, List.of(), 1);
        float[] expected = memory.getLast().toArray(ValueLayout.JAVA_FLOAT);
        for (int i = 0; i < actual.length; i++) {
          assertThat(Float.floatToIntBits(actual[i]))
              .as("lane %d of %s", i % LANES, Instruction.ALL.get(i / LANES))
              .isEqualTo(Float.floatToIntBits(expected[i]));
        }
      }
    } finally {
      Files.delete(file);
    }
  }

  private static TileProgram program(List<Instruction> instructions) {
    StringBuilder stores = new StringBuilder();
    for (int n = 0; n < instructions.size(); n++) {
      stores.append("store y[").append(n * LANES).append("; 0, 1] = ");
      stores.append(instructions.get(n).meaning()).append('\n');
    }
    TileProgram program =
        TileParser.parse(
            """
            program "instructions"
            kernel all()(pa: f32, pb: f32, pc: f32, pi: i32, x: f32, y: f32) "y = each meaning" {
              a: f32 1x16 = load pa[0; 0, 1] 1x16
              b: f32 1x16 = load pb[0; 0, 1] 1x16
              c: f32 1x16 = load pc[0; 0, 1] 1x16
              i: i32 1x16 = load pi[0; 0, 1] 1x16
              STORES
            }
            function main() parameters 6 weights 0 frame 0 {
              run all(parameter 0, parameter 1, parameter 2, parameter 3, parameter 4, parameter 5)
            }
            entry all = main weights 0
            """
                .replace("STORES", stores));
    TileVerifier.verify(program, Avx512Target.MODEL);
    return ExpandMath.apply(program, Avx512Target.MODEL);
  }

  private static LibraryRequest request(TileProgram program) {
    Machine machine = Avx512Target.MACHINE;
    String text = LlvmWriter.write(program, Avx512Target.MODEL, machine);
    TargetMachine target = new TargetMachine(machine.triple(), machine.cpu(), machine.features());
    return LibraryRequest.of(target, List.of("all"), new Source.LlvmText("all", text));
  }

  private static List<MemorySegment> memory(Arena arena, long seed) {
    Random random = new Random(seed);
    List<MemorySegment> memory = new ArrayList<>();
    for (int p = 0; p < 5; p++) {
      MemorySegment operand = arena.allocate(4L * LANES, 64);
      for (int lane = 0; lane < LANES; lane++) {
        float value =
            random.nextInt(5) == 0
                ? Float.intBitsToFloat(random.nextInt())
                : (float) random.nextGaussian() * 9;
        if (p == 3) {
          operand.setAtIndex(ValueLayout.JAVA_INT, lane, random.nextInt());
        } else {
          operand.setAtIndex(ValueLayout.JAVA_FLOAT, lane, value);
        }
      }
      memory.add(operand);
    }
    memory.add(arena.allocate(4L * LANES * Instruction.ALL.size(), 64));
    return memory;
  }

  private static boolean runsHere() throws IOException {
    Path cpu = Path.of("/proc/cpuinfo");
    return Files.exists(cpu) && List.of(Files.readString(cpu).split("\\s+")).contains("avx512bw");
  }
}
