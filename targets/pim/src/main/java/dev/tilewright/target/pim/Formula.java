package dev.tilewright.target.pim;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.runtime.IndexOutOfRangeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The formulas of a region, ready to be computed for one call. A value is computed again only when
 * an axis or a result that it depends on has changed.
 */
final class Formula {
  /** What an element is now. */
  @FunctionalInterface
  interface Value {
    double get();
  }

  private record Compiled(Value value, TreeSet<Integer> slots) {}

  private record Index(Value value, TreeSet<Integer> slots) {}

  private final RegionFunction function;
  private final Map<String, Cells> buffers;
  private final Map<String, Long> symbols;
  private final Scalar unit;
  private final Map<String, Integer> slots = new HashMap<>();
  private final List<double[]> variables = new ArrayList<>();
  private final List<long[]> stamps = new ArrayList<>();
  private final Map<Element, Compiled> compiled = new IdentityHashMap<>();
  private final Map<Affine, Index> indices = new IdentityHashMap<>();
  private long clock;

  Formula(
      RegionFunction function, Map<String, Cells> buffers, Map<String, Long> symbols, Scalar unit) {
    this.function = function;
    this.buffers = buffers;
    this.symbols = symbols;
    this.unit = unit;
  }

  int extent(Axis axis) {
    return Math.toIntExact(axis.extent().evaluate(symbols::get));
  }

  /** Gives an axis or a result of the region its value. */
  void set(String variable, double value) {
    int slot = slot(variable);
    variables.get(slot)[0] = value;
    stamps.get(slot)[0] = ++clock;
  }

  /** The value of an axis or a result. */
  double variable(String name) {
    return variables.get(slot(name))[0];
  }

  private int slot(String variable) {
    return slots.computeIfAbsent(
        variable,
        _ -> {
          variables.add(new double[1]);
          stamps.add(new long[1]);
          return variables.size() - 1;
        });
  }

  /** Runs the body for all values of axes, the first outermost. */
  void each(List<Axis> axes, Runnable body) {
    if (axes.isEmpty()) {
      body.run();
      return;
    }
    int extent = extent(axes.getFirst());
    List<Axis> inner = axes.subList(1, axes.size());
    for (int i = 0; i < extent; i++) {
      set(axes.getFirst().name(), i);
      each(inner, body);
    }
  }

  double of(Element element) {
    return compile(element).value().get();
  }

  /** Stores an output. */
  void store(Region.Output output) {
    unit.stored();
    buffers
        .get(output.buffer())
        .set((long) index(output.offset()).value().get(), of(output.element()));
  }

  /** Folds an element over a row and keeps the result. */
  void reduce(Region.Reduction reduction, Axis row, Runnable before) {
    float[] values = new float[extent(row)];
    int[] at = {0};
    each(
        List.of(row),
        () -> {
          before.run();
          values[at[0]++] = (float) of(reduction.element());
        });
    set(reduction.name(), unit.fold(reduction.kind(), values));
  }

  private Index index(Affine affine) {
    Index known = indices.get(affine);
    if (known == null) {
      known = compileIndex(affine);
      indices.put(affine, known);
    }
    return known;
  }

  private Index compileIndex(Affine affine) {
    long base = affine.base().evaluate(symbols::get);
    TreeSet<Integer> used = new TreeSet<>();
    Value[] terms = new Value[affine.terms().size()];
    long[] factors = new long[terms.length];
    int i = 0;
    for (Map.Entry<Affine.Term, Dim> entry : affine.terms().entrySet()) {
      factors[i] = entry.getValue().evaluate(symbols::get);
      terms[i++] = term(entry.getKey(), used);
    }
    Value sum =
        () -> {
          long value = base;
          for (int t = 0; t < terms.length; t++) {
            value += factors[t] * (long) terms[t].get();
          }
          return value;
        };
    return new Index(sum, used);
  }

  private Value term(Affine.Term term, TreeSet<Integer> used) {
    return switch (term) {
      case Affine.Term.Of of -> {
        int slot = slot(of.axis());
        used.add(slot);
        double[] variable = variables.get(slot);
        yield () -> variable[0];
      }
      case Affine.Term.Quotient quotient -> {
        Value dividend = part(quotient.dividend(), used);
        long divisor = quotient.divisor().evaluate(symbols::get);
        yield () -> Math.floorDiv((long) dividend.get(), divisor);
      }
      case Affine.Term.Remainder remainder -> {
        Value dividend = part(remainder.dividend(), used);
        long divisor = remainder.divisor().evaluate(symbols::get);
        yield () -> Math.floorMod((long) dividend.get(), divisor);
      }
      case Affine.Term.Clamp clamp -> {
        Value value = part(clamp.value(), used);
        long bound = clamp.bound().evaluate(symbols::get);
        yield () -> Math.clamp((long) value.get(), 0, bound - 1);
      }
      case Affine.Term.Lookup lookup -> {
        Value offset = part(lookup.offset(), used);
        long bound = lookup.bound().evaluate(symbols::get);
        Cells cells = buffers.get(lookup.buffer());
        yield () -> {
          long found = (long) cells.get((long) offset.get());
          if (found < 0 || found >= bound) {
            throw new IndexOutOfRangeException(
                (int) found, bound, Instances.text(function.sites().get(lookup.site()).origin()));
          }
          return found;
        };
      }
      case Affine.Term.Start _, Affine.Term.Place _ ->
          throw new IllegalArgumentException("a plan has no ragged batches: " + term);
    };
  }

  private Value part(Affine affine, TreeSet<Integer> used) {
    Index index = index(affine);
    used.addAll(index.slots());
    return index.value();
  }

  private Compiled compile(Element element) {
    Compiled known = compiled.get(element);
    if (known == null) {
      TreeSet<Integer> used = new TreeSet<>();
      known = new Compiled(kept(element, value(element, used), used), used);
      compiled.put(element, known);
    }
    return known;
  }

  private Value part(Element element, TreeSet<Integer> used) {
    Compiled operand = compile(element);
    used.addAll(operand.slots());
    return operand.value();
  }

  /** Remembers the value until one of the variables is set again. */
  private Value kept(Element element, Value value, TreeSet<Integer> used) {
    if (element instanceof Element.Constant || element instanceof Element.Local) {
      return value;
    }
    long[][] own = used.stream().map(stamps::get).toArray(long[][]::new);
    double[] last = {0};
    long[] seen = {-1};
    return () -> {
      long newest = 0;
      for (long[] stamp : own) {
        newest = Math.max(newest, stamp[0]);
      }
      if (newest != seen[0]) {
        last[0] = value.get();
        seen[0] = newest;
      }
      return last[0];
    };
  }

  private Value value(Element element, TreeSet<Integer> used) {
    return switch (element) {
      case Element.Constant constant -> constant::value;
      case Element.Read read -> {
        Cells cells = buffers.get(read.buffer());
        Value offset = part(read.offset(), used);
        yield () -> cells.get((long) offset.get());
      }
      case Element.Local local -> {
        int slot = slot(local.name());
        used.add(slot);
        double[] variable = variables.get(slot);
        yield () -> variable[0];
      }
      case Element.Position position -> part(position.value(), used);
      case Element.Unary unary -> unary(unary, part(unary.operand(), used));
      case Element.Binary binary ->
          binary(binary, part(binary.left(), used), part(binary.right(), used));
      case Element.Compare compare -> {
        Value left = part(compare.left(), used);
        Value right = part(compare.right(), used);
        yield () -> compare(compare, left.get(), right.get()) ? 1 : 0;
      }
      case Element.Select select -> {
        Value condition = part(select.condition(), used);
        Value yes = part(select.yes(), used);
        Value no = part(select.no(), used);
        yield () -> condition.get() != 0 ? yes.get() : no.get();
      }
      case Element.Cast(DType dtype, Element operand) -> {
        Value inner = part(operand, used);
        yield () -> dtype.of(inner.get());
      }
    };
  }

  private Value unary(Element.Unary unary, Value operand) {
    if (Cells.isFloat(unary.dtype())) {
      return () -> unit.unary(unary.kind(), (float) operand.get());
    }
    return switch (unary.kind()) {
      case NOT -> () -> operand.get() == 0 ? 1 : 0;
      case NEG -> () -> (int) -operand.get();
      case ABS -> () -> Math.abs((int) operand.get());
      case EXP, COARSE_EXP, LOG, SQRT, RSQRT, TANH, SIN, COS, ERF, COARSE_ERF, FLOOR, ROUND ->
          throw new IllegalArgumentException(unary.kind() + " is of floats alone");
    };
  }

  private Value binary(Element.Binary binary, Value left, Value right) {
    if (Cells.isFloat(binary.dtype())) {
      return () -> unit.binary(binary.kind(), (float) left.get(), (float) right.get());
    }
    return () -> whole(binary, (int) left.get(), (int) right.get());
  }

  private static double whole(Element.Binary binary, int x, int y) {
    return switch (binary.kind()) {
      case ADD -> x + y;
      case SUB -> x - y;
      case MUL -> x * y;
      case DIV -> y == 0 ? 0 : x / y;
      case MIN -> Math.min(x, y);
      case MAX -> Math.max(x, y);
      case AND -> x & y;
      case OR -> x | y;
      case POW -> (int) Math.pow(x, y);
    };
  }

  private static boolean compare(Element.Compare compare, double x, double y) {
    return switch (compare.kind()) {
      case LT -> x < y;
      case LE -> x <= y;
      case GT -> x > y;
      case GE -> x >= y;
      case EQ -> x == y;
      case NE -> x != y;
    };
  }
}
