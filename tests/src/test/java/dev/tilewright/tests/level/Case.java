package dev.tilewright.tests.level;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.GraphBuilder;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.codegen.graph.Program.EntryPoint;
import dev.tilewright.op.TensorType;
import dev.tilewright.op.WeightSource;
import dev.tilewright.runtime.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * A small model, written once over {@link Tensor} and so run on tensors of any kind.
 *
 * @param name the entry's name; letters, digits and _; what comes before {@code __} names the
 *     weights' scope, so that entries can share them
 * @param inputs types of the arguments, with symbols
 * @param sizes values of the symbols to try
 */
record Case(String name, List<Input> inputs, Body body, List<Map<String, Long>> sizes) {
  private record Sized(Case one, Map<String, Long> size, Precision precision) {}

  private record Weight(String name, TensorType type) {}

  /** Every level is compared with the same: computing it takes longer than some levels do. */
  private static final Map<Sized, List<Bounded>> REFERENCES = new ConcurrentHashMap<>();

  private static final Map<Weight, HostTensor> WEIGHTS = new ConcurrentHashMap<>();

  Case {
    inputs = List.copyOf(inputs);
    sizes = List.copyOf(sizes);
  }

  /** What is computed. */
  interface Body {
    List<Tensor> apply(List<Tensor> inputs, WeightSource weights);
  }

  /**
   * An argument.
   *
   * @param bound INT32 elements are at least 0 and below this
   */
  record Input(TensorType type, int bound) {
    static Input of(String type) {
      return new Input(TensorType.parse(type), 2);
    }

    static Input ids(String type, int bound) {
      return new Input(TensorType.parse(type), bound);
    }
  }

  static Case of(String name, List<String> inputs, Body body, List<Map<String, Long>> sizes) {
    return new Case(name, inputs.stream().map(Input::of).toList(), body, sizes);
  }

  /** The case as a function of a graph. */
  Function function() {
    GraphBuilder builder = new GraphBuilder(name);
    List<Tensor> arguments = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      arguments.add(builder.input("x" + i, inputs.get(i).type()));
    }
    return builder.finish(
        body.apply(arguments, Remembered.scoped(scope(), Remembered.source(builder))));
  }

  /** Several cases as the entries of one program. */
  static Program program(List<Case> cases) {
    return new Program(
        "tests.Levels",
        cases.stream().map(Case::function).toList(),
        cases.stream().map(c -> new EntryPoint(c.name, c.name)).toList());
  }

  /** Arguments for the sizes, the same at every call. */
  List<HostTensor> arguments(Map<String, Long> size) {
    Random random = new Random(name.hashCode() * 31L + size.hashCode());
    return inputs.stream()
        .map(input -> random(concrete(input.type(), size), input.bound(), 1, random))
        .toList();
  }

  /** A weight by its name and type, the same at every call; small enough to keep sums near 1. */
  static HostTensor weight(String name, TensorType type) {
    return WEIGHTS.computeIfAbsent(new Weight(name, type), _ -> random(name, type));
  }

  private static HostTensor random(String name, TensorType type) {
    double fanIn = type.rank() < 2 ? 4 : type.dim(type.rank() - 1).value();
    return random(type, 2, (float) (1 / Math.sqrt(fanIn)), new Random(name.hashCode() * 7L + 1));
  }

  static TensorType concrete(TensorType type, Map<String, Long> size) {
    return type.withShape(
        type.shape().stream().map(dim -> Dim.of(dim.evaluate(size::get))).toList());
  }

  private static HostTensor random(TensorType type, int bound, float scale, Random random) {
    int count = HostTensor.elementCount(type);
    Object elements =
        switch (type.dtype()) {
          case FLOAT32 -> {
            float[] floats = new float[count];
            for (int i = 0; i < count; i++) {
              floats[i] = scale * (float) random.nextGaussian();
            }
            yield floats;
          }
          case BFLOAT16 -> {
            short[] bits = new short[count];
            for (int i = 0; i < count; i++) {
              bits[i] = DType.bfloat16Bits(scale * (float) random.nextGaussian());
            }
            yield bits;
          }
          case INT8, UINT8 -> {
            byte[] bytes = new byte[count];
            random.nextBytes(bytes);
            yield bytes;
          }
          case INT32 -> IntStream.range(0, count).map(_ -> random.nextInt(bound)).toArray();
          case BOOL -> {
            byte[] bytes = new byte[count];
            for (int i = 0; i < count; i++) {
              bytes[i] = (byte) random.nextInt(2);
            }
            yield bytes;
          }
        };
    return HostTensor.wrap(type, elements);
  }

  /** The results for {@link #arguments} with a bound of what rounding may do to them. */
  List<Bounded> reference(Map<String, Long> size) {
    return reference(size, Precision.FLOAT32);
  }

  /** The same for a model whose weights are stored in a precision. */
  List<Bounded> reference(Map<String, Long> size, Precision precision) {
    return REFERENCES.computeIfAbsent(
        new Sized(this, size, precision), _ -> bounded(arguments(size), precision));
  }

  private List<Bounded> bounded(List<HostTensor> arguments, Precision precision) {
    PreciseBounded evaluator = new PreciseBounded(precision);
    return body
        .apply(
            arguments.stream().map(evaluator::argument).toList(),
            Remembered.scoped(
                scope(),
                Remembered.source(
                    (weight, type) -> evaluator.weight(weight(weight, type)),
                    rows -> evaluator.argument((HostTensor) rows))))
        .stream()
        .map(PreciseBounded::value)
        .toList();
  }

  /** The results computed eagerly. */
  List<HostTensor> eager(List<HostTensor> arguments) {
    return body
        .apply(
            List.copyOf(arguments),
            Remembered.scoped(scope(), Remembered.source(Case::weight, rows -> rows)))
        .stream()
        .map(HostTensor::of)
        .toList();
  }

  private String scope() {
    return name.split("__", -1)[0] + ".";
  }

  @Override
  public String toString() {
    return name;
  }

  static TensorType floats(long... shape) {
    return TensorType.of(DType.FLOAT32, shape);
  }
}
