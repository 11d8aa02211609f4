package dev.tilewright.target.pim;

import dev.tilewright.State;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.fuse.RegionFunction.Source;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.pim.map.Attention;
import dev.tilewright.pim.map.Product;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One call of an entry: every region in its place. */
final class PlanRun {
  private final PimProgram program;
  private final Map<String, Long> symbols;
  private final PimSession session;
  private final Set<String> appended = new HashSet<>();

  /**
   * @param session null if the entry remembers nothing
   */
  PlanRun(PimProgram program, Map<String, Long> symbols, PimSession session) {
    this.program = program;
    this.symbols = symbols;
    this.session = session;
  }

  /** Runs a function on buffers that hold its inputs and take its results. */
  void run(RegionFunction function, String prefix, Map<String, Cells> buffers) {
    PimProgram.Bound bound = program.bound(function, prefix);
    for (RegionFunction.Buffer buffer : function.buffers()) {
      switch (buffer.source()) {
        case Source.Input _, Source.Result _ -> {}
        case Source.Temporary _ ->
            buffers.put(buffer.name(), Cells.of(buffer.type().dtype(), size(buffer), 0));
        case Source.Weight _ -> {
          Cells cells = bound.constants().get(buffer.name());
          if (cells != null) {
            buffers.put(buffer.name(), cells);
          }
        }
        case Source.State state -> buffers.put(buffer.name(), state(buffer, prefix + state.name()));
      }
    }
    for (RegionFunction.Step step : function.steps()) {
      switch (step) {
        case RegionFunction.Step.Run(Region region) -> run(region, bound, buffers);
        case RegionFunction.Step.Call call -> {
          RegionFunction callee = program.plan().function(call.function());
          Map<String, Cells> inner = new HashMap<>();
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

  int size(RegionFunction.Buffer buffer) {
    return Math.toIntExact(buffer.type().elements().evaluate(symbols::get));
  }

  /** The host's rows of a state, or the new rows on their way to the banks. */
  private Cells state(RegionFunction.Buffer buffer, String name) {
    Cells kept = session.kept().get(name);
    if (kept != null) {
      return kept;
    }
    int row = Math.toIntExact(CacheUse.rowElements(buffer).orElseThrow());
    long context = symbols.get(State.CONTEXT);
    long before = context - program.rows();
    return Cells.of(buffer.type().dtype(), Math.toIntExact((context - before) * row), before * row);
  }

  private void run(Region region, PimProgram.Bound bound, Map<String, Cells> buffers) {
    RegionFunction function = bound.instance().function();
    Place place = program.plan().place(function, region);
    Ledger ledger = program.ledger();
    Machine machine = program.machine();
    ledger.begin(function.name() + "." + region.name(), place, region.origin());
    Scalar unit = program.unit(place);
    Formula formula = new Formula(function, buffers, symbols, unit);
    switch (region) {
      case Region.Pointwise map ->
          formula.each(map.axes(), () -> map.outputs().forEach(formula::store));
      case Region.RowReduction row -> formula.each(row.axes(), () -> reduce(row, formula));
      case Region.Contraction product -> {
        if (place.inMemory()) {
          multiply(product, function, bound.products().get(product.name()), formula);
        } else {
          formula.each(product.axes(), () -> sum(product, formula));
          ledger.seconds(machine.products(product, function, formula::extent));
        }
      }
      case Region.Streamed stream -> {
        if (place.inMemory()) {
          attend(stream, bound, buffers, formula);
        } else {
          formula.each(stream.axes(), () -> stream(stream, formula));
          ledger.seconds(machine.products(stream, function, formula::extent));
        }
      }
    }
    ledger.seconds(unit.seconds());
  }

  private static void reduce(Region.RowReduction row, Formula formula) {
    row.reductions().forEach(reduction -> formula.reduce(reduction, row.row(), () -> {}));
    for (Region.Output output : row.outputs()) {
      formula.each(output.overRow() ? List.of(row.row()) : List.of(), () -> formula.store(output));
    }
  }

  /** A vector for each of the rows goes through the matrix, then through the epilogue. */
  private void multiply(
      Region.Contraction product, RegionFunction function, Product matrix, Formula formula) {
    MatrixUse use = MatrixUse.of(product, function).orElseThrow();
    formula.each(
        use.rows(),
        () -> {
          float[] x = new float[use.depthCount()];
          int[] at = {0};
          formula.each(use.depth(), () -> x[at[0]++] = (float) formula.of(use.vector()));
          float[] y = program.unit().multiply(matrix, x);
          program.ledger().seconds(program.machine().chunkSums(matrix.matrix()));
          int[] output = {0};
          formula.each(
              use.outputs(),
              () -> {
                formula.set(product.result(), y[output[0]++]);
                product.outputs().forEach(formula::store);
              });
        });
  }

  /** On the host: sums in f32, ascending. */
  private static void sum(Region.Contraction product, Formula formula) {
    Runnable result =
        () -> {
          float[] sum = {0};
          formula.each(
              product.over(),
              () ->
                  sum[0] +=
                      (float) formula.of(product.left()) * (float) formula.of(product.right()));
          formula.set(product.result(), sum[0]);
        };
    if (product.total().isPresent()) {
      Region.Total total = product.total().get();
      float[] sum = {0};
      formula.each(
          total.over(),
          () -> {
            result.run();
            sum[0] += (float) formula.of(total.term());
          });
      formula.set(total.name(), sum[0]);
    } else {
      result.run();
    }
    product.outputs().forEach(formula::store);
  }

  /** On the host. */
  private static void stream(Region.Streamed stream, Formula formula) {
    float[] scores = new float[formula.extent(stream.keys())];
    int[] j = {0};
    formula.each(
        List.of(stream.keys()),
        () -> {
          float[] sum = {0};
          formula.each(
              List.of(stream.depth()),
              () ->
                  sum[0] += (float) formula.of(stream.query()) * (float) formula.of(stream.key()));
          scores[j[0]++] = sum[0];
        });
    float[] p = weights(stream, scores, formula);
    formula.each(
        List.of(stream.width()),
        () -> {
          float[] sum = {0};
          j[0] = 0;
          formula.each(
              List.of(stream.keys()),
              () -> sum[0] += p[j[0]++] * (float) formula.of(stream.value()));
          formula.set(stream.result(), sum[0]);
          stream.outputs().forEach(formula::store);
        });
  }

  /** The weights of the keys by their scores; keeps maximum and sums for the outputs. */
  private static float[] weights(Region.Streamed stream, float[] scores, Formula formula) {
    int[] j = {0};
    Runnable next = () -> formula.set(stream.score(), scores[j[0]++]);
    stream
        .maximum()
        .ifPresent(
            maximum -> {
              j[0] = 0;
              formula.reduce(maximum, stream.keys(), next);
            });
    for (Region.Reduction sum : stream.sums()) {
      j[0] = 0;
      formula.reduce(sum, stream.keys(), next);
    }
    float[] p = new float[scores.length];
    j[0] = 0;
    formula.each(
        List.of(stream.keys()),
        () -> {
          next.run();
          p[j[0] - 1] = (float) formula.of(stream.weight());
        });
    return p;
  }

  /** In memory: new rows are appended, then each query's heads go through keys and values. */
  private void attend(
      Region.Streamed stream, PimProgram.Bound bound, Map<String, Cells> buffers, Formula formula) {
    Instances.Cache cache = bound.caches().get(stream.name());
    CacheUse use = cache.use();
    Attention attention = session.caches().get(cache.keys());
    append(cache, attention, buffers);
    int tokens = formula.extent(stream.keys());
    int head = use.size().head();
    List<Axis> heads = new ArrayList<>(use.keyAxes());
    heads.addAll(use.sharedAxes());
    formula.each(
        List.of(use.queries()),
        () -> {
          float[] q = new float[use.size().heads() * head];
          int[] at = {0};
          formula.each(
              heads,
              () ->
                  formula.each(
                      List.of(stream.depth()),
                      () -> q[at[0]++] = (float) formula.of(stream.query())));
          float[][] scores = program.unit().scores(attention, q, tokens);
          float[][] p = new float[scores.length][];
          List<Map<String, Double>> folds = new ArrayList<>();
          at[0] = 0;
          formula.each(
              heads,
              () -> {
                p[at[0]] = weights(stream, scores[at[0]], formula);
                at[0]++;
                folds.add(folds(stream, formula));
              });
          float[] sums = program.unit().weightedSum(attention, p, tokens);
          at[0] = 0;
          formula.each(
              heads,
              () -> {
                folds.get(at[0]).forEach(formula::set);
                int from = head * at[0]++;
                int[] e = {0};
                formula.each(
                    List.of(stream.width()),
                    () -> {
                      formula.set(stream.result(), sums[from + e[0]++]);
                      stream.outputs().forEach(formula::store);
                    });
              });
        });
  }

  private static Map<String, Double> folds(Region.Streamed stream, Formula formula) {
    Map<String, Double> folds = new LinkedHashMap<>();
    stream.maximum().ifPresent(fold -> folds.put(fold.name(), formula.variable(fold.name())));
    stream.sums().forEach(fold -> folds.put(fold.name(), formula.variable(fold.name())));
    return folds;
  }

  private void append(Instances.Cache cache, Attention attention, Map<String, Cells> buffers) {
    if (!appended.add(cache.keys())) {
      return;
    }
    float[] keys = buffers.get(cache.use().keys()).floats();
    float[] values = buffers.get(cache.use().values()).floats();
    int row = cache.use().size().keyHeads() * cache.use().size().head();
    int position = Math.toIntExact(symbols.get(State.CONTEXT) - program.rows());
    for (int from = 0; from < keys.length; from += row) {
      program
          .unit()
          .append(
              attention,
              position++,
              Arrays.copyOfRange(keys, from, from + row),
              Arrays.copyOfRange(values, from, from + row));
    }
  }
}
