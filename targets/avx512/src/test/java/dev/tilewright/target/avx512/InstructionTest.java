package dev.tilewright.target.avx512;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tilewright.codegen.KernelModule.Machine;
import dev.tilewright.codegen.emit.LlvmWriter;
import dev.tilewright.codegen.tile.ExpandMath;
import dev.tilewright.codegen.tile.ExpandNarrow;
import dev.tilewright.codegen.tile.MachineModel;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every instruction of the table is emitted for its meaning and computes it. */
@SuppressWarnings("restricted") // loads and calls what was compiled
class InstructionTest {
  private static final int LANES = Avx512Target.MODEL.lanes();
  private static final int PARAMETERS = 10;
  private static final Toolchain TOOLCHAIN = Toolchain.open();

  /** A target's table and what it is compiled for. */
  @SuppressWarnings("ImmutableEnumChecker") // records of strings and lists that copy
  enum Table {
    PLAIN(Instruction.ALL, Avx512Target.MODEL, Avx512Target.MACHINE, "avx512bw"),
    DOTS(Instruction.DOTS, Avx512Bf16Target.MODEL, Avx512Bf16Target.MACHINE, "avx512_bf16");

    private final List<Instruction> instructions;
    private final MachineModel model;
    private final Machine machine;
    private final String flag;

    Table(List<Instruction> instructions, MachineModel model, Machine machine, String flag) {
      this.instructions = instructions;
      this.model = model;
      this.machine = machine;
      this.flag = flag;
    }
  }

  @ParameterizedTest
  @EnumSource
  void eachIsEmittedForItsMeaning(Table table) {
    for (Instruction instruction : table.instructions) {
      String assembly = TOOLCHAIN.assembly(request(table, program(table, List.of(instruction))));
      assertThat(assembly.lines().filter(line -> line.contains("zmm")).toList())
          .as("%s in the code of %s", instruction.mnemonic(), instruction.meaning())
          .anyMatch(line -> line.strip().startsWith(instruction.mnemonic()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void eachComputesItsMeaning(Table table) throws Throwable {
    assumeTrue(runsHere(table));
    TileProgram program = program(table, table.instructions);
    Path file = Files.createTempFile("instructions", ".so");
    Files.write(file, TOOLCHAIN.compile(request(table, program)).bytes());
    try (Arena arena = Arena.ofConfined()) {
      var handle =
          Linker.nativeLinker()
              .downcallHandle(
                  SymbolLookup.libraryLookup(file, arena).find("all").orElseThrow(),
                  FunctionDescriptor.ofVoid(
                      ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
      for (long seed = 0; seed < 50; seed++) {
        List<MemorySegment> memory = memory(table, arena, seed);
        MemorySegment frame = arena.allocate(8 * (8 + PARAMETERS), 8);
        for (int word = 0; word < 7; word++) {
          frame.setAtIndex(ValueLayout.ADDRESS, word, arena.allocate(256, 64));
        }
        frame.setAtIndex(ValueLayout.JAVA_LONG, 2, 64);
        for (int p = 0; p < memory.size(); p++) {
          frame.setAtIndex(ValueLayout.ADDRESS, 8 + p, memory.get(p));
        }
        handle.invokeExact(frame, 0L, 1L);
        float[] actual = memory.getLast().toArray(ValueLayout.JAVA_FLOAT);
        new TileInterpreter(program, table.model).run("all", Map.of(), memory, List.of(), 1);
        float[] expected = memory.getLast().toArray(ValueLayout.JAVA_FLOAT);
        for (int i = 0; i < actual.length; i++) {
          assertThat(Float.floatToIntBits(actual[i]))
              .as("lane %d of %s", i % LANES, table.instructions.get(i / LANES))
              .isEqualTo(Float.floatToIntBits(expected[i]));
        }
      }
    } finally {
      Files.delete(file);
    }
  }

  private static TileProgram program(Table table, List<Instruction> instructions) {
    StringBuilder stores = new StringBuilder();
    for (int n = 0; n < instructions.size(); n++) {
      stores.append("store y[").append(n * LANES).append("; 0, 1] = ");
      stores.append(instructions.get(n).meaning()).append('\n');
    }
    TileProgram program =
        TileParser.parse(
            """
            program "instructions"
            kernel all()(pa: f32, pb: f32, pc: f32, pi: i32, pj: i32, x: f32, h: bf16, q: i8, u: u8, y: f32) "y = each meaning" {
              a: f32 1x16 = load pa[0; 0, 1] 1x16
              b: f32 1x16 = load pb[0; 0, 1] 1x16
              c: f32 1x16 = load pc[0; 0, 1] 1x16
              i: i32 1x16 = load pi[0; 0, 1] 1x16
              j: i32 1x16 = load pj[0; 0, 1] 1x16
              STORES
            }
            function main() parameters 10 weights 0 frame 0 {
              run all(ARGUMENTS)
            }
            entry all = main weights 0
            """
                .replace("STORES", stores)
                .replace(
                    "ARGUMENTS",
                    IntStream.range(0, PARAMETERS)
                        .mapToObj(p -> "parameter " + p)
                        .collect(Collectors.joining(", "))));
    TileVerifier.verify(program, table.model);
    return ExpandMath.apply(ExpandNarrow.apply(program, table.model), table.model);
  }

  private static LibraryRequest request(Table table, TileProgram program) {
    Machine machine = table.machine;
    String text = LlvmWriter.write(program, table.model, machine);
    TargetMachine target = new TargetMachine(machine.triple(), machine.cpu(), machine.features());
    return LibraryRequest.of(target, List.of("all"), new Source.LlvmText("all", text));
  }

  private static List<MemorySegment> memory(Table table, Arena arena, long seed) {
    Random random = new Random(seed);
    List<MemorySegment> memory = new ArrayList<>();
    for (int p = 0; p < PARAMETERS - 1; p++) {
      MemorySegment operand = arena.allocate(4L * LANES, 64);
      for (int lane = 0; lane < LANES; lane++) {
        float value =
            random.nextInt(5) == 0
                ? Float.intBitsToFloat(random.nextInt())
                : (float) random.nextGaussian() * 9;
        if (p == 3 || p == 4) {
          operand.setAtIndex(ValueLayout.JAVA_INT, lane, random.nextInt());
        } else {
          operand.setAtIndex(ValueLayout.JAVA_FLOAT, lane, value);
        }
      }
      memory.add(operand);
    }
    memory.add(arena.allocate(4L * LANES * table.instructions.size(), 64));
    return memory;
  }

  private static boolean runsHere(Table table) throws IOException {
    Path cpu = Path.of("/proc/cpuinfo");
    return Files.exists(cpu) && List.of(Files.readString(cpu).split("\\s+")).contains(table.flag);
  }
}
