package dev.tilewright.codegen.fuse;

import dev.tilewright.DType;
import dev.tilewright.codegen.fuse.RegionFunction.Source;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.op.Primitive.ReduceKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Runs regions as the formulas stand there, one element after another, in double precision: what a
 * kernel must compute up to rounding. Elements of all types are held as doubles.
 */
public final class RegionInterpreter {
  private final Map<String, RegionFunction> functions = new HashMap<>();
  private final Map<String, Long> symbols;
  private final BiFunction<String, Source.Weight, double[]> weights;
  private final java.util.function.Function<String, double[]> states;

  /**
   * @param symbols the values of symbolic extents
   * @param weights the elements of a weight, whose parts' names follow a prefix
   */
  public RegionInterpreter(
      List<RegionFunction> functions,
      Map<String, Long> symbols,
      BiFunction<String, Source.Weight, double[]> weights) {
    this(
        functions,
        symbols,
        weights,
        state -> {
          throw new IllegalArgumentException("no session holds the state " + state);
        });
  }

  /**
   * @param symbols the values of symbolic extents
   * @param weights the elements of a weight, whose parts' names follow a prefix
   * @param states the memory of the session, by full names; written to
   */
  public RegionInterpreter(
      List<RegionFunction> functions,
      Map<String, Long> symbols,
      BiFunction<String, Source.Weight, double[]> weights,
      java.util.function.Function<String, double[]> states) {
    this.states = states;
    functions.forEach(function -> this.functions.put(function.name(), function));
    this.symbols = new HashMap<>(symbols);
    this.weights = weights;
  }

  /**
   * The elements of a function's results.
   *
   * @throws IllegalArgumentException if the symbols break a limit
   * @throws IndexOutOfBoundsException if an index lies outside its table; names the site
   */
  public List<double[]> run(String function, List<double[]> inputs) {
    RegionFunction callee = functions.get(function);
    Map<String, double[]> buffers = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      buffers.put(callee.inputs().get(i), inputs.get(i));
    }
    for (String result : callee.results()) {
      buffers.put(result, new double[size(callee, callee.buffer(result))]);
    }
    run(callee, "", buffers);
    return callee.results().stream().map(buffers::get).toList();
  }

  private int size(RegionFunction function, RegionFunction.Buffer buffer) {
    return Math.toIntExact(function.elements(buffer).evaluate(symbols::get));
  }

  private void run(RegionFunction function, String prefix, Map<String, double[]> buffers) {
    for (RegionFunction.Limit limit : function.limits()) {
      if (limit.left().evaluate(symbols::get) > limit.right().evaluate(symbols::get)) {
        throw new IllegalArgumentException(
            limit.left() + " <= " + limit.right() + " does not hold at " + limit.origin());
      }
    }
    for (RegionFunction.Buffer buffer : function.buffers()) {
      switch (buffer.source()) {
        case Source.Input _, Source.Result _ -> {}
        case Source.Temporary _ -> buffers.put(buffer.name(), new double[size(function, buffer)]);
        case Source.Weight weight -> buffers.put(buffer.name(), weights.apply(prefix, weight));
        case Source.State state -> buffers.put(buffer.name(), states.apply(prefix + state.name()));
      }
    }
    for (RegionFunction.Step step : function.steps()) {
      switch (step) {
        case RegionFunction.Step.Run run -> run(run.region(), function, buffers);
        case RegionFunction.Step.Call call -> {
          RegionFunction callee = functions.get(call.function());
          Map<String, double[]> inner = new HashMap<>();
          for (int i = 0; i < call.arguments().size(); i++) {
            inner.put(callee.inputs().get(i), buffers.get(call.arguments().get(i)));
          }
          for (int i = 0; i < call.results().size(); i++) {
            inner.put(callee.results().get(i), buffers.get(call.results().get(i)));
          }
          run(callee, prefix + call.weightPrefix(), inner);
        }
      }
    }
  }

  private void run(Region region, RegionFunction function, Map<String, double[]> buffers) {
    ElementValues values = new ElementValues(symbols, buffers, function);
    each(region.axes(), values, () -> runAt(region, values));
  }

  private void runAt(Region region, ElementValues values) {
    switch (region) {
      case Region.Pointwise map -> map.outputs().forEach(values::store);
      case Region.RowReduction row -> {
        row.reductions().forEach(reduction -> reduce(reduction, row.row(), values));
        for (Region.Output output : row.outputs()) {
          if (output.overRow()) {
            each(List.of(row.row()), values, () -> values.store(output));
          } else {
            values.store(output);
          }
        }
      }
      case Region.Contraction product -> {
        Runnable result =
            () -> {
              double[] sum = {0};
              each(
                  product.over(),
                  values,
                  () -> sum[0] += values.of(product.left()) * values.of(product.right()));
              values.local(product.result(), sum[0]);
            };
        if (product.total().isPresent()) {
          Region.Total total = product.total().get();
          double[] sum = {0};
          each(
              total.over(),
              values,
              () -> {
                result.run();
                sum[0] += values.of(total.term());
              });
          values.local(total.name(), sum[0]);
        } else {
          result.run();
        }
        product.outputs().forEach(values::store);
      }
      case Region.Streamed stream -> {
        Runnable score =
            () -> {
              double[] sum = {0};
              each(
                  List.of(stream.depth()),
                  values,
                  () -> sum[0] += values.of(stream.query()) * values.of(stream.key()));
              values.local(stream.score(), sum[0]);
            };
        stream.maximum().ifPresent(maximum -> reduce(maximum, stream.keys(), values, score));
        stream.sums().forEach(sum -> reduce(sum, stream.keys(), values, score));
        each(
            List.of(stream.width()),
            values,
            () -> {
              double[] result = {0};
              each(
                  List.of(stream.keys()),
                  values,
                  () -> {
                    score.run();
                    result[0] += values.of(stream.weight()) * values.of(stream.value());
                  });
              values.local(stream.result(), result[0]);
              stream.outputs().forEach(values::store);
            });
      }
    }
  }

  private void reduce(Region.Reduction reduction, Axis axis, ElementValues values) {
    reduce(reduction, axis, values, () -> {});
  }

  private void reduce(
      Region.Reduction reduction, Axis axis, ElementValues values, Runnable before) {
    double[] fold = {start(reduction.kind(), reduction.element().dtype())};
    each(
        List.of(axis),
        values,
        () -> {
          before.run();
          double value = values.of(reduction.element());
          fold[0] =
              switch (reduction.kind()) {
                case SUM -> fold[0] + value;
                case MAX -> Math.max(fold[0], value);
                case MIN -> Math.min(fold[0], value);
              };
        });
    values.local(reduction.name(), fold[0]);
  }

  private static double start(ReduceKind kind, DType dtype) {
    boolean floats = dtype == DType.FLOAT32;
    return switch (kind) {
      case SUM -> 0;
      case MAX -> floats ? Double.NEGATIVE_INFINITY : Integer.MIN_VALUE;
      case MIN -> floats ? Double.POSITIVE_INFINITY : Integer.MAX_VALUE;
    };
  }

  private void each(List<Axis> axes, ElementValues values, Runnable body) {
    if (axes.isEmpty()) {
      body.run();
      return;
    }
    long extent = axes.getFirst().extent().evaluate(symbols::get);
    for (long i = 0; i < extent; i++) {
      values.axis(axes.getFirst(), i);
      each(axes.subList(1, axes.size()), values, body);
    }
  }
}
