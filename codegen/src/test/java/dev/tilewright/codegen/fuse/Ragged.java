package dev.tilewright.codegen.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.GraphBuilder;
import dev.tilewright.codegen.graph.GraphInterpreter;
import dev.tilewright.codegen.graph.GraphParser;
import dev.tilewright.codegen.graph.GraphPrinter;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.codegen.lower.Lowering;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.TileInterpreter;
import dev.tilewright.codegen.tile.TileParser;
import dev.tilewright.codegen.tile.TilePrinter;
import dev.tilewright.codegen.tile.TileVerifier;
import dev.tilewright.op.TensorType;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import dev.tilewright.schema.RaggedAxes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** A program over batches with S ragged over B, against each of its sequences by itself. */
final class Ragged {
  static final RaggedAxes AXES = new RaggedAxes("B", "S");
  private static final MachineModel MACHINE =
      new MachineModel(16, 32, true, true, 64, 32 << 10, 1 << 20, 1, 2, 4);

  final Program program;
  final List<RegionFunction> functions;
  private final Function entry;
  private final int seed;
  private final Map<String, Long> others;
  private final Map<String, Doubles.Value> weights = new HashMap<>();

  private Ragged(Program program, Map<String, Long> others, int seed) {
    this.program = program;
    this.others = others;
    this.seed = seed;
    entry = program.functions().getLast();
    String text = GraphPrinter.print(program);
    assertThat(GraphParser.parse(text).entries()).isEqualTo(program.entries());
    functions = Fuser.fuse(program, Trace.NONE);
    functions.forEach(RegionVerifier::verify);
  }

  /**
   * The program with its last function as a ragged entry.
   *
   * @param others extents other than B and S
   */
  static Ragged of(Program dense, Map<String, Long> others, int seed) {
    String name = dense.functions().getLast().name();
    return new Ragged(
        new Program(
            dense.model(),
            dense.functions(),
            List.of(new Program.EntryPoint(name, name, Optional.of(AXES)))),
        others,
        seed);
  }

  static Ragged of(Fused.Declaration declaration, Map<String, Long> others, int seed) {
    GraphBuilder builder = new GraphBuilder("run");
    Function function = builder.finish(declaration.build(builder));
    return of(new Program("test.Model", List.of(function), List.of()), others, seed);
  }

  /** Regions and tiles give what the graph gives for each sequence, tiles to the bit as alone. */
  Ragged agrees(int... lengths) {
    Random random = new Random(seed);
    int longest = Arrays.stream(lengths).max().orElseThrow();
    List<Doubles.Value> shared = new ArrayList<>();
    List<List<Doubles.Value>> sequences = new ArrayList<>();
    for (Node input : entry.inputs()) {
      shared.add(random(input.type(), symbols(longest), random));
    }
    for (int length : lengths) {
      List<Doubles.Value> inputs = new ArrayList<>();
      for (int i = 0; i < shared.size(); i++) {
        TensorType type = entry.inputs().get(i).type();
        inputs.add(
            isBatched(type)
                ? random(type, symbols(length), random)
                : beginning(type, shared.get(i), length));
      }
      sequences.add(inputs);
    }
    List<List<Doubles.Value>> expected = new ArrayList<>();
    for (List<Doubles.Value> inputs : sequences) {
      expected.add(
          graph().run(entry.name(), List.copyOf(inputs)).stream()
              .map(Doubles.Value.class::cast)
              .toList());
    }
    regionsAgree(lengths, shared, sequences, expected);
    tilesAgree(lengths, shared, sequences, expected);
    return this;
  }

  private GraphInterpreter graph() {
    return new GraphInterpreter(
        program,
        Doubles.EVALUATOR,
        (name, type) ->
            weights.computeIfAbsent(
                name, key -> random(type, Map.of(), new Random(seed ^ key.hashCode()))));
  }

  private void regionsAgree(
      int[] lengths,
      List<Doubles.Value> shared,
      List<List<Doubles.Value>> sequences,
      List<List<Doubles.Value>> expected) {
    List<double[]> inputs = packed(shared, sequences);
    inputs.add(Arrays.stream(RaggedAxes.table(lengths)).asDoubleStream().toArray());
    Map<String, double[]> arrays = new HashMap<>();
    weights.forEach((name, value) -> arrays.put(name, value.elements()));
    List<double[]> actual =
        new RegionInterpreter(
                functions,
                values(lengths),
                (prefix, weight) -> Fused.prepare(prefix, weight, arrays))
            .run(functions.getLast().name(), inputs);
    for (int i = 0; i < actual.size(); i++) {
      compare(joined(expected, i), actual.get(i), 1e-9);
    }
  }

  private void tilesAgree(
      int[] lengths,
      List<Doubles.Value> shared,
      List<List<Doubles.Value>> sequences,
      List<List<Doubles.Value>> expected) {
    Lowering.Result lowered = Lowering.lower(functions, program, MACHINE, Trace.NONE);
    TileVerifier.verify(lowered.program(), MACHINE);
    String text = TilePrinter.print(lowered.program());
    assertThat(TilePrinter.print(TileParser.parse(text))).isEqualTo(text);
    List<double[]> alone = new ArrayList<>();
    for (int i = 0; i < sequences.size(); i++) {
      List<Doubles.Value> own = beginnings(shared, lengths[i]);
      List<double[]> inputs = packed(own, List.of(sequences.get(i)));
      int[] length = {lengths[i]};
      List<double[]> results = tiles(lowered, length, inputs, List.of(expected.get(i)), 1);
      for (int r = 0; r < results.size(); r++) {
        if (i == 0) {
          alone.add(results.get(r));
        } else {
          alone.set(r, concat(alone.get(r), results.get(r)));
        }
      }
    }
    for (int workers = 1; workers <= 3; workers++) {
      List<double[]> actual = tiles(lowered, lengths, packed(shared, sequences), expected, workers);
      for (int r = 0; r < actual.size(); r++) {
        assertThat(actual.get(r)).as("%d workers", workers).isEqualTo(alone.get(r));
        compare(joined(expected, r), actual.get(r), 2e-3);
      }
    }
  }

  private List<double[]> tiles(
      Lowering.Result lowered,
      int[] lengths,
      List<double[]> inputs,
      List<List<Doubles.Value>> expected,
      int workers) {
    try (Arena arena = Arena.ofConfined()) {
      List<MemorySegment> parameters = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        DType dtype = entry.inputs().get(i).type().dtype();
        parameters.add(LoweredModelTest.memory(value(dtype, inputs.get(i)), arena));
      }
      double[] table = Arrays.stream(RaggedAxes.table(lengths)).asDoubleStream().toArray();
      parameters.add(LoweredModelTest.memory(value(DType.INT32, table), arena));
      for (int r = 0; r < entry.results().size(); r++) {
        Doubles.Value like = value(entry.results().get(r).type().dtype(), joined(expected, r));
        parameters.add(LoweredModelTest.memory(like, arena).fill((byte) -1));
      }
      List<MemorySegment> packedWeights = new ArrayList<>();
      for (WeightRecipe recipe : lowered.weights()) {
        packedWeights.add(LoweredModelTest.weight(recipe, weights, arena));
      }
      String symbol = lowered.program().entries().getLast().symbol();
      TileInterpreter.Fault fault =
          new TileInterpreter(lowered.program(), MACHINE)
              .run(symbol, values(lengths), parameters, packedWeights, workers);
      assertThat(fault.site()).isEqualTo(-1);
      List<double[]> results = new ArrayList<>();
      for (int r = 0; r < entry.results().size(); r++) {
        MemorySegment memory = parameters.get(inputs.size() + 1 + r);
        double[] elements = new double[joined(expected, r).length];
        for (int i = 0; i < elements.length; i++) {
          elements[i] = LoweredModelTest.element(entry.results().get(r).type().dtype(), memory, i);
        }
        results.add(elements);
      }
      return results;
    }
  }

  private Map<String, Long> values(int... lengths) {
    Map<String, Long> values = new HashMap<>(others);
    values.put("B", (long) lengths.length);
    values.put("S", (long) Arrays.stream(lengths).max().orElseThrow());
    values.put(AXES.total().toString(), (long) Arrays.stream(lengths).sum());
    return values;
  }

  private Map<String, Dim> symbols(int length) {
    Map<String, Dim> dims = new HashMap<>();
    others.forEach((name, value) -> dims.put(name, Dim.of(value)));
    dims.put("B", Dim.ONE);
    dims.put("S", Dim.of(length));
    return dims;
  }

  private List<Doubles.Value> beginnings(List<Doubles.Value> shared, int length) {
    List<Doubles.Value> all = new ArrayList<>();
    for (int i = 0; i < shared.size(); i++) {
      TensorType type = entry.inputs().get(i).type();
      all.add(isBatched(type) ? shared.get(i) : beginning(type, shared.get(i), length));
    }
    return all;
  }

  /** What a sequence of a length sees of a tensor that is there once. */
  private static Doubles.Value beginning(TensorType declared, Doubles.Value longest, int length) {
    Tensor part = longest;
    for (int axis = 0; axis < declared.rank(); axis++) {
      if (declared.dim(axis).equals(AXES.longest())) {
        part = part.slice(axis, Dim.ZERO, Dim.of(length));
      }
    }
    return (Doubles.Value) part;
  }

  private List<double[]> packed(List<Doubles.Value> shared, List<List<Doubles.Value>> sequences) {
    List<double[]> inputs = new ArrayList<>();
    for (int i = 0; i < shared.size(); i++) {
      inputs.add(
          isBatched(entry.inputs().get(i).type())
              ? joined(sequences, i)
              : shared.get(i).elements());
    }
    return inputs;
  }

  private static boolean isBatched(TensorType type) {
    return type.shape().stream().anyMatch(extent -> extent.symbols().contains("B"));
  }

  private static double[] joined(List<List<Doubles.Value>> sequences, int index) {
    double[] all = {};
    for (List<Doubles.Value> sequence : sequences) {
      all = concat(all, sequence.get(index).elements());
    }
    return all;
  }

  private static double[] concat(double[] a, double[] b) {
    double[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  private static Doubles.Value value(DType dtype, double[] elements) {
    return new Doubles.Value(TensorType.of(dtype, elements.length), elements);
  }

  private void compare(double[] expected, double[] actual, double tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    double greatest = 1;
    for (double value : expected) {
      greatest = Double.isFinite(value) ? Math.max(greatest, Math.abs(value)) : greatest;
    }
    for (int i = 0; i < expected.length; i++) {
      if (!(Double.isNaN(expected[i]) && Double.isNaN(actual[i])) && expected[i] != actual[i]) {
        assertThat(actual[i])
            .as("element %d of\n%s", i, RegionPrinter.print(functions))
            .isCloseTo(expected[i], within(tolerance * greatest));
      }
    }
  }

  private static Doubles.Value random(TensorType type, Map<String, Dim> dims, Random random) {
    return LoweredModelTest.random(type, dims, random);
  }
}
