package dev.tilewright.codegen.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.GraphBuilder;
import dev.tilewright.codegen.graph.GraphInterpreter;
import dev.tilewright.codegen.graph.GraphParser;
import dev.tilewright.codegen.graph.GraphPrinter;
import dev.tilewright.codegen.graph.GraphVerifier;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.TensorType;
import dev.tilewright.schema.ModelSchema.WeightStep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** A fused program, what was decided on the way, and the comparison with the graph it came from. */
final class Fused {
  /** What a test declares. */
  @FunctionalInterface
  interface Declaration {
    List<Tensor> build(GraphBuilder builder);
  }

  final Program program;
  final List<Trace.Decision> decisions = new ArrayList<>();
  final List<RegionFunction> functions;

  /** The program with its products in the precision. */
  private Program precise;

  private Fused(Program program, Precision precision) {
    this.program = program;
    GraphVerifier.verify(program);
    String text = GraphPrinter.print(program);
    assertThat(GraphPrinter.print(GraphParser.parse(text))).isEqualTo(text);
    precise = program;
    functions = Fuser.fuse(program, precision, new Listener(this));
    functions.forEach(RegionVerifier::verify);
  }

  private record Listener(Fused fused) implements Trace {
    @Override
    public void pass(String stage, String name, String text) {
      if (!name.equals("form regions")) {
        assertThat(GraphPrinter.print(GraphParser.parse(text))).isEqualTo(text);
        GraphVerifier.verify(GraphParser.parse(text));
      }
      if (name.startsWith("products in")) {
        fused.precise = GraphParser.parse(text);
      }
    }

    @Override
    public void explain(Decision decision) {
      fused.decisions.add(decision);
    }
  }

  static Fused of(Program program) {
    return new Fused(program, Precision.FLOAT32);
  }

  static Fused of(Program program, Precision precision) {
    return new Fused(program, precision);
  }

  static Fused of(Declaration declaration) {
    return of(declaration, Precision.FLOAT32);
  }

  static Fused of(Declaration declaration, Precision precision) {
    GraphBuilder builder = new GraphBuilder("run");
    Function function = builder.finish(declaration.build(builder));
    return new Fused(
        new Program("test.Model", List.of(function), List.of(new Program.EntryPoint("run", "run"))),
        precision);
  }

  static TensorType floats(Object... extents) {
    List<Dim> shape =
        Stream.of(extents)
            .map(extent -> extent instanceof Integer i ? Dim.of(i) : Dim.parse((String) extent))
            .toList();
    return new TensorType(DType.FLOAT32, shape);
  }

  static TensorType ints(Object... extents) {
    return floats(extents).withDType(DType.INT32);
  }

  RegionFunction last() {
    return functions.getLast();
  }

  /** The regions of the last function. */
  List<Region> regions() {
    List<Region> regions = new ArrayList<>();
    for (RegionFunction.Step step : last().steps()) {
      if (step instanceof RegionFunction.Step.Run(Region region)) {
        regions.add(region);
      }
    }
    return regions;
  }

  <R extends Region> List<R> regions(Class<R> kind) {
    return regions().stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** Why a rule was refused. */
  List<String> refusals(String rule) {
    return decisions.stream()
        .filter(decision -> !decision.applied() && decision.rule().equals(rule))
        .map(Trace.Decision::why)
        .toList();
  }

  boolean applied(String rule) {
    return decisions.stream()
        .anyMatch(decision -> decision.applied() && decision.rule().equals(rule));
  }

  /**
   * Runs graph and regions with random inputs and weights. Both compute in double precision and
   * differ by the order of a few operations only.
   */
  Fused agrees(Map<String, Long> symbols, int seed) {
    Random random = new Random(seed);
    Function function = program.functions().getLast();
    List<Tensor> inputs = new ArrayList<>();
    List<double[]> arrays = new ArrayList<>();
    Map<String, Dim> dims = new HashMap<>();
    symbols.forEach((name, value) -> dims.put(name, Dim.of(value)));
    for (Node input : function.inputs()) {
      TensorType type =
          input
              .type()
              .withShape(input.type().shape().stream().map(dim -> dim.substitute(dims)).toList());
      double[] elements = random(type, random);
      inputs.add(new Doubles.Value(type, elements));
      arrays.add(elements);
    }
    Map<String, double[]> weights = new HashMap<>();
    GraphInterpreter graph =
        new GraphInterpreter(
            precise,
            Doubles.EVALUATOR,
            (name, type) ->
                new Doubles.Value(
                    type,
                    weights.computeIfAbsent(
                        name, key -> random(type, new Random(seed ^ key.hashCode())))));
    List<Tensor> expected = graph.run(function.name(), inputs);
    List<double[]> actual =
        new RegionInterpreter(
                functions, symbols, (prefix, weight) -> prepare(prefix, weight, weights))
            .run(function.name(), arrays);
    for (int i = 0; i < actual.size(); i++) {
      double[] want = ((Doubles.Value) expected.get(i)).elements();
      assertThat(actual.get(i)).hasSameSizeAs(want);
      for (int j = 0; j < want.length; j++) {
        if (!(Double.isNaN(want[j]) && Double.isNaN(actual.get(i)[j]))
            && want[j] != actual.get(i)[j]) {
          assertThat(actual.get(i)[j])
              .as("result %d element %d of\n%s", i, j, RegionPrinter.print(functions))
              .isCloseTo(want[j], within(1e-9 * (1 + Math.abs(want[j]))));
        }
      }
    }
    return this;
  }

  static double[] prepare(
      String prefix, RegionFunction.Source.Weight weight, Map<String, double[]> weights) {
    List<Tensor> values = new ArrayList<>();
    for (RegionFunction.WeightPart part : weight.parts()) {
      values.add(new Doubles.Value(part.type(), weights.get(prefix + part.name())));
    }
    if (weight.steps().isEmpty()) {
      values.add(Doubles.EVALUATOR.apply(new Primitive.Concat(0), List.copyOf(values)));
    }
    for (WeightStep step : weight.steps()) {
      List<Tensor> operands = step.operands().stream().map(values::get).toList();
      Tensor value = Doubles.EVALUATOR.apply(step.primitive(), operands);
      assertThat(value.type()).isEqualTo(step.type());
      values.add(value);
    }
    return ((Doubles.Value) values.getLast()).elements();
  }

  /** INT32 values are 0, 1 or 2: they serve as indices, too. */
  private static double[] random(TensorType type, Random random) {
    double[] elements = new double[Math.toIntExact(type.elements().value())];
    for (int i = 0; i < elements.length; i++) {
      elements[i] =
          switch (type.dtype()) {
            case FLOAT32 -> random.nextGaussian();
            case BFLOAT16 -> DType.BFLOAT16.of(random.nextGaussian());
            case INT32, INT8, UINT8 -> random.nextInt(3);
            case BOOL -> random.nextInt(2);
          };
    }
    return elements;
  }
}
