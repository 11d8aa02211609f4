package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.cost.Tuning;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.fuse.RegionFunction.Source;
import dev.tilewright.codegen.graph.Origin;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.TileInterpreter;
import dev.tilewright.codegen.tile.TileProgram;
import dev.tilewright.codegen.tile.TileProgram.Argument;
import dev.tilewright.codegen.tile.TileVerifier;
import dev.tilewright.op.TensorType;
import dev.tilewright.schema.ModelSchema.Layout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** One region with its buffers, to be run as a kernel and by the reference. */
final class RegionRunner {
  private final List<RegionFunction.Buffer> buffers = new ArrayList<>();
  private final Map<String, float[]> data = new LinkedHashMap<>();
  private final Map<String, Long> symbols;
  private final Random random = new Random(7);

  RegionRunner(Map<String, Long> symbols) {
    this.symbols = symbols;
  }

  RegionRunner input(String name, Dim... shape) {
    return input(name, DType.FLOAT32, shape);
  }

  RegionRunner input(String name, DType dtype, Dim... shape) {
    return add(name, new Source.Input(), dtype, shape);
  }

  RegionRunner weight(String name, Dim... shape) {
    return weight(name, DType.FLOAT32, shape);
  }

  RegionRunner weight(String name, DType dtype, Dim... shape) {
    TensorType type = new TensorType(dtype, List.of(shape));
    return add(
        name,
        new Source.Weight(
            List.of(new RegionFunction.WeightPart(name, type, Origin.NONE)), List.of()),
        dtype,
        shape);
  }

  RegionRunner output(String name, Dim... shape) {
    return output(name, DType.FLOAT32, shape);
  }

  RegionRunner output(String name, DType dtype, Dim... shape) {
    return add(name, new Source.Result(), dtype, shape);
  }

  float[] data(String name) {
    return data.get(name);
  }

  /** What the formulas give. */
  Map<String, float[]> expected(Region region) {
    Map<String, float[]> copy = copy();
    RegionReference.run(region, copy, symbols);
    return copy;
  }

  /** What the kernel gives. */
  Map<String, float[]> actual(Region region, MachineModel machine, int workers) {
    return actual(region, machine, workers, new TileChoice("", machine, Tuning.NONE, Trace.NONE));
  }

  /** What the kernel gives with tiles that are chosen so. */
  Map<String, float[]> actual(Region region, MachineModel machine, int workers, TileChoice choice) {
    RegionFunction function =
        new RegionFunction(
            "f",
            List.copyOf(symbols.keySet()),
            buffers,
            List.of(),
            List.of(),
            List.of(new RegionFunction.Step.Run(region)),
            List.of(),
            List.of());
    Lowered lowered =
        switch (region) {
          case Region.Contraction contraction ->
              new ContractionLowering(machine, function, choice)
                  .lower(contraction, () -> new KernelScope("k", function.symbols()));
          case Region.Streamed streamed ->
              new StreamedLowering(machine, choice)
                  .lower(
                      streamed, () -> new KernelScope("k", function.symbols()), Optional.empty());
          case Region.Pointwise _, Region.RowReduction _ ->
              throw new IllegalArgumentException(region.name());
        };
    TileVerifier.verify(lowered.kernel(), machine);
    List<Argument> arguments = new ArrayList<>();
    lowered.arguments().forEach(_ -> arguments.add(new Argument.Parameter(arguments.size())));
    TileProgram.TileFunction tile =
        new TileProgram.TileFunction(
            "f",
            function.symbols(),
            arguments.size(),
            0,
            Dim.ZERO,
            List.of(new TileProgram.Step.Run("k", arguments)));
    TileProgram program =
        new TileProgram(
            "m",
            List.of(lowered.kernel()),
            List.of(tile),
            List.of(new TileProgram.Entry("f", "f", 0)));
    Map<String, float[]> result = copy();
    try (Arena arena = Arena.ofConfined()) {
      Map<String, MemorySegment> memory = new HashMap<>();
      for (String name : lowered.arguments()) {
        float[] values = result.get(name);
        if (lowered.layouts().get(name) instanceof Layout.Panels panels) {
          values = pack(values, type(name), panels);
        }
        if (lowered.layouts().get(name) instanceof Layout.ScalePanels scales) {
          float[] packed = pack(values, type(name), scales.panels());
          values = new float[Layout.ScalePanels.HEADER / Float.BYTES + packed.length];
          values[0] = Float.intBitsToFloat(Float.SIZE);
          System.arraycopy(packed, 0, values, values.length - packed.length, packed.length);
        }
        memory.put(name, memory(arena, type(name).dtype(), values));
      }
      new TileInterpreter(program, machine)
          .run(
              "f",
              symbols,
              lowered.arguments().stream().map(memory::get).toList(),
              List.of(),
              workers);
      for (String name : lowered.arguments()) {
        if (!lowered.layouts().containsKey(name)) {
          result.put(name, values(memory.get(name), type(name).dtype()));
        }
      }
    }
    return result;
  }

  private static MemorySegment memory(Arena arena, DType dtype, float[] values) {
    MemorySegment memory = arena.allocate((long) values.length * dtype.bytes(), 64);
    for (int i = 0; i < values.length; i++) {
      switch (dtype) {
        case FLOAT32 -> memory.setAtIndex(ValueLayout.JAVA_FLOAT, i, values[i]);
        case BFLOAT16 ->
            memory.setAtIndex(ValueLayout.JAVA_SHORT, i, DType.bfloat16Bits(values[i]));
        case INT32 -> memory.setAtIndex(ValueLayout.JAVA_INT, i, (int) values[i]);
        case INT8, UINT8, BOOL -> memory.set(ValueLayout.JAVA_BYTE, i, (byte) (int) values[i]);
      }
    }
    return memory;
  }

  private static float[] values(MemorySegment memory, DType dtype) {
    float[] values = new float[(int) (memory.byteSize() / dtype.bytes())];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (dtype) {
            case FLOAT32 -> memory.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            case BFLOAT16 -> DType.bfloat16Value(memory.getAtIndex(ValueLayout.JAVA_SHORT, i));
            case INT32 -> memory.getAtIndex(ValueLayout.JAVA_INT, i);
            case INT8, BOOL -> memory.get(ValueLayout.JAVA_BYTE, i);
            case UINT8 -> Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, i));
          };
    }
    return values;
  }

  private static float[] pack(float[] plain, TensorType type, Layout.Panels panels) {
    int first = type.dim(0).intValue();
    int rest = plain.length / first;
    int columns = panels.transposed() ? rest : first;
    int depth = panels.transposed() ? first : rest;
    int count = Math.ceilDiv(columns, panels.width());
    int group = panels.group();
    float[] packed = new float[count * depth * panels.width()];
    for (int c = 0; c < columns; c++) {
      for (int k = 0; k < depth; k++) {
        int row = c / panels.width() * (depth / group) + k / group;
        int at = (row * panels.width() + c % panels.width()) * group + k % group;
        packed[at] = panels.transposed() ? plain[k * columns + c] : plain[c * depth + k];
      }
    }
    return packed;
  }

  private RegionRunner add(String name, Source source, DType dtype, Dim... shape) {
    TensorType type = new TensorType(dtype, List.of(shape));
    buffers.add(new RegionFunction.Buffer(name, type, source));
    float[] values = new float[Math.toIntExact(type.elements().evaluate(symbols::get))];
    for (int i = 0; i < values.length; i++) {
      double value = random.nextGaussian();
      values[i] =
          source instanceof Source.Result
              ? dtype.isNarrow() || dtype == DType.INT32 ? 77 : Float.NaN
              : (float)
                  switch (dtype) {
                    case FLOAT32, BFLOAT16 -> dtype.of(value);
                    case INT32, INT8, UINT8, BOOL -> dtype.of(random.nextInt(-128, 256));
                  };
    }
    data.put(name, values);
    return this;
  }

  private TensorType type(String name) {
    return buffers.stream().filter(b -> b.name().equals(name)).findFirst().orElseThrow().type();
  }

  private Map<String, float[]> copy() {
    Map<String, float[]> copy = new LinkedHashMap<>();
    data.forEach((name, values) -> copy.put(name, values.clone()));
    return copy;
  }
}
