package dev.tilewright.codegen.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.GraphInterpreter;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.lower.Lowering;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.TileInterpreter;
import dev.tilewright.codegen.tile.TileProgram;
import dev.tilewright.codegen.tile.TileVerifier;
import dev.tilewright.op.TensorType;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.ModelSchema.Part;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Graphs against the tile programs that come of them: everything between fusing and writing. */
class LoweredModelTest {
  private static final int PROGRAMS = Integer.getInteger("tilewright.lowered", 60);
  private static final int FIRST = Integer.getInteger("tilewright.first", 0);
  static final MachineModel MACHINE =
      new MachineModel(16, 32, true, true, 64, 32 << 10, 1 << 20, 1, 2, 4);

  @Test
  void anEncoderComputesWhatItsGraphSays() {
    agrees(Fused.of(Encoder.program(2, 5, 11, 12, 3, 20)), Map.of("B", 2L, "S", 7L), 1, "tw_embed");
  }

  /** So many rows that workers take theirs block by block. */
  @Test
  void anEncoderOfManyRowsComputesWhatItsGraphSays() {
    Fused fused = Fused.of(Encoder.program(1, 5, 90, 12, 3, 20));
    Lowering.Result lowered = Lowering.lower(fused.functions, fused.program, MACHINE, Trace.NONE);
    assertThat(lowered.program().function("encoder_layer").steps())
        .hasAtLeastOneElementOfType(TileProgram.Step.Blocks.class);
    // The shares of two workers are 80 and 73 rows, neither of which is a multiple of a block.
    agrees(fused, Map.of("B", 2L, "S", 77L), 4, "tw_embed");
  }

  @Test
  void aDecoderLayerComputesWhatItsGraphSays() {
    agrees(Fused.of(FuserTest::decoderLayer), Map.of("B", 2L, "S", 5L), 2, "tw_run");
  }

  @Test
  void randomModelsComputeWhatTheirGraphsSay() {
    List<String> failures = new ArrayList<>();
    for (int seed = FIRST; seed < FIRST + PROGRAMS; seed++) {
      int own = seed;
      try {
        Fused fused = Fused.of(builder -> RandomModel.build(own, builder));
        agrees(fused, Map.of("B", 2L, "S", 3L, "T", 5L), seed, "tw_run");
      } catch (RuntimeException | AssertionError e) {
        failures.add("program " + seed + ": " + e + " at " + e.getStackTrace()[0]);
      }
    }
    assertThat(failures).isEmpty();
  }

  static void agrees(Fused fused, Map<String, Long> symbols, int seed, String entry) {
    Lowering.Result lowered = Lowering.lower(fused.functions, fused.program, MACHINE, Trace.NONE);
    TileVerifier.verify(lowered.program(), MACHINE);
    Function function = fused.program.functions().getLast();
    Map<String, Dim> dims = new HashMap<>();
    symbols.forEach((name, value) -> dims.put(name, Dim.of(value)));
    Random random = new Random(seed);
    List<Tensor> inputs = new ArrayList<>();
    for (Node input : function.inputs()) {
      inputs.add(random(input.type(), dims, random));
    }
    Map<String, Doubles.Value> weights = new HashMap<>();
    GraphInterpreter graph =
        new GraphInterpreter(
            fused.program,
            Doubles.EVALUATOR,
            (name, type) -> weights.computeIfAbsent(name, _ -> random(type, dims, random)));
    List<Tensor> expected = graph.run(function.name(), inputs);
    try (Arena arena = Arena.ofConfined()) {
      List<MemorySegment> parameters = new ArrayList<>();
      inputs.forEach(input -> parameters.add(memory((Doubles.Value) input, arena)));
      expected.forEach(
          result -> parameters.add(memory((Doubles.Value) result, arena).fill((byte) -1)));
      List<MemorySegment> table = new ArrayList<>();
      for (WeightRecipe recipe : lowered.weights()) {
        table.add(weight(recipe, weights, arena));
      }
      new TileInterpreter(lowered.program(), MACHINE).run(entry, symbols, parameters, table, 2);
      for (int i = 0; i < expected.size(); i++) {
        compare((Doubles.Value) expected.get(i), parameters.get(inputs.size() + i), fused);
      }
    }
  }

  /** Rounding errors grow with the greatest value that takes part, here taken from the result. */
  private static void compare(Doubles.Value expected, MemorySegment actual, Fused fused) {
    double greatest = 1;
    for (double value : expected.elements()) {
      greatest = Math.max(greatest, Math.abs(value));
    }
    for (int i = 0; i < expected.elements().length; i++) {
      double value = element(expected.type().dtype(), actual, i);
      assertThat(value)
          .as("element %d of\n%s", i, RegionPrinter.print(fused.functions))
          .isCloseTo(expected.elements()[i], within(2e-3 * greatest));
    }
  }

  static double element(DType dtype, MemorySegment memory, int at) {
    return switch (dtype) {
      case FLOAT32 -> memory.getAtIndex(ValueLayout.JAVA_FLOAT, at);
      case BFLOAT16 -> DType.bfloat16Value(memory.getAtIndex(ValueLayout.JAVA_SHORT, at));
      case INT32 -> memory.getAtIndex(ValueLayout.JAVA_INT, at);
      case INT8, BOOL -> memory.get(ValueLayout.JAVA_BYTE, at);
      case UINT8 -> Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, at));
    };
  }

  static Doubles.Value random(TensorType type, Map<String, Dim> dims, Random random) {
    TensorType known =
        type.withShape(type.shape().stream().map(dim -> dim.substitute(dims)).toList());
    double[] elements = new double[Math.toIntExact(known.elements().value())];
    for (int i = 0; i < elements.length; i++) {
      elements[i] =
          type.dtype() == DType.FLOAT32 ? (float) random.nextGaussian() : random.nextInt(3);
    }
    return new Doubles.Value(known, elements);
  }

  static MemorySegment memory(Doubles.Value value, Arena arena) {
    int size = value.elements().length;
    MemorySegment memory = arena.allocate((long) size * value.type().dtype().bytes(), 64);
    for (int i = 0; i < size; i++) {
      switch (value.type().dtype()) {
        case FLOAT32 -> memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) value.elements()[i]);
        case BFLOAT16 ->
            memory.setAtIndex(
                ValueLayout.JAVA_SHORT, i, DType.bfloat16Bits((float) value.elements()[i]));
        case INT32 -> memory.setAtIndex(ValueLayout.JAVA_INT, i, (int) value.elements()[i]);
        case INT8, UINT8, BOOL ->
            memory.set(ValueLayout.JAVA_BYTE, i, (byte) (int) value.elements()[i]);
      }
    }
    return memory;
  }

  static MemorySegment weight(
      WeightRecipe recipe, Map<String, Doubles.Value> weights, Arena arena) {
    List<Double> plain = new ArrayList<>();
    int first = 0;
    for (Part part : recipe.parts()) {
      first += part.type().dim(0).intValue();
      for (double value : weights.get(part.name()).elements()) {
        plain.add(value);
      }
    }
    double[] elements = plain.stream().mapToDouble(Double::doubleValue).toArray();
    if (recipe.layout() instanceof Layout.Panels panels) {
      int rest = elements.length / first;
      int columns = panels.transposed() ? rest : first;
      int depth = panels.transposed() ? first : rest;
      double[] packed = new double[Math.ceilDiv(columns, panels.width()) * depth * panels.width()];
      for (int c = 0; c < columns; c++) {
        for (int k = 0; k < depth; k++) {
          int at = (c / panels.width() * depth + k) * panels.width() + c % panels.width();
          packed[at] = elements[panels.transposed() ? k * columns + c : c * depth + k];
        }
      }
      elements = packed;
    }
    TensorType type = TensorType.of(DType.FLOAT32, elements.length);
    return memory(new Doubles.Value(type, elements), arena);
  }
}
