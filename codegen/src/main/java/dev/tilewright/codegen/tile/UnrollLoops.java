package dev.tilewright.codegen.tile;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes out loops as often as {@link Statement.Loop#unroll} says:
 *
 * <pre>
 * for i = a to b step s unroll 2 { f(i) }
 *
 * let m = a + (max(b - a, 0)/(2*s))*(2*s)
 * for i = a to m step 2*s { f(i) f(i + s) }
 * for i = m to b step s { f(i) }
 * </pre>
 *
 * The last loop is left out where the bounds are constant and it never runs.
 */
public final class UnrollLoops {
  private final Names names;

  private UnrollLoops(Names names) {
    this.names = names;
  }

  /** The program with all its loops unrolled as they say. */
  public static TileProgram apply(TileProgram program) {
    return program.withKernels(
        program.kernels().stream()
            .map(
                kernel ->
                    kernel.withBody(
                        new UnrollLoops(new Names(kernel)).body(kernel.body(), Map.of())))
            .toList());
  }

  /** The statements with some variables replaced. */
  private List<Statement> body(List<Statement> body, Map<String, Index> replaced) {
    Map<String, Index> scope = new HashMap<>(replaced);
    List<Statement> all = new ArrayList<>();
    for (Statement statement : body) {
      switch (statement) {
        case Statement.Loop loop -> loop(loop, scope, all);
        case Statement.If choice ->
            all.add(
                new Statement.If(
                    choice.left().substitute(scope),
                    choice.right().substitute(scope),
                    body(choice.then(), scope),
                    body(choice.otherwise(), scope)));
        case Statement.Define define -> {
          Index value = define.value().substitute(scope);
          all.add(new Statement.Define(declare(define.variable(), replaced, scope), value));
        }
        case Statement.Lookup lookup -> {
          Index offset = lookup.offset().substitute(scope);
          Index bound = lookup.bound().substitute(scope);
          Index site = lookup.site().substitute(scope);
          String variable = declare(lookup.variable(), replaced, scope);
          all.add(new Statement.Lookup(variable, lookup.buffer(), offset, bound, site));
        }
        case Statement.Set set ->
            all.add(new Statement.Set(set.register(), tile(set.value(), scope)));
        case Statement.Store store ->
            all.add(
                new Statement.Store(
                    store.buffer(),
                    store.offset().substitute(scope),
                    store.rowStride().substitute(scope),
                    store.columnStride().substitute(scope),
                    tile(store.value(), scope),
                    store.columns().substitute(scope)));
        case Statement.Prefetch prefetch ->
            all.add(new Statement.Prefetch(prefetch.buffer(), prefetch.offset().substitute(scope)));
        case Statement.Sweep sweep ->
            all.add(new Statement.Sweep(sweep.shape(), body(sweep.body(), scope)));
      }
    }
    return all;
  }

  /** In a copy, what a body defines gets a name of its own. */
  private String declare(String variable, Map<String, Index> replaced, Map<String, Index> scope) {
    if (replaced.isEmpty()) {
      return variable;
    }
    String name = names.fresh(variable);
    scope.put(variable, Index.variable(name));
    return name;
  }

  private static Tile tile(Tile tile, Map<String, Index> scope) {
    return scope.isEmpty()
        ? tile
        : new TileMap(index -> index.substitute(scope), t -> t).apply(tile);
  }

  private void loop(Statement.Loop loop, Map<String, Index> scope, List<Statement> all) {
    Index from = loop.from().substitute(scope);
    Index to = loop.to().substitute(scope);
    if (loop.unroll() == 1) {
      all.add(rolled(loop, from, to, scope));
      return;
    }
    long step = Math.multiplyExact(loop.step(), loop.unroll());
    Index turns = to.minus(from).max(Index.ZERO).dividedBy(step);
    Index middle = from.plus(turns.times(step));
    if (!(middle instanceof Index.Constant)) {
      String name = names.fresh(loop.variable() + "_end");
      all.add(new Statement.Define(name, middle));
      middle = Index.variable(name);
    }
    String variable = names.fresh(loop.variable());
    List<Statement> copies = new ArrayList<>();
    for (int i = 0; i < loop.unroll(); i++) {
      Map<String, Index> inner = new HashMap<>(scope);
      inner.put(loop.variable(), Index.variable(variable).plus(i * loop.step()));
      copies.addAll(body(loop.body(), inner));
    }
    all.add(new Statement.Loop(variable, from, middle, step, 1, copies));
    boolean done =
        middle instanceof Index.Constant(long reached)
            && to instanceof Index.Constant(long end)
            && reached >= end;
    if (!done) {
      all.add(rolled(loop, middle, to, scope));
    }
  }

  private Statement rolled(Statement.Loop loop, Index from, Index to, Map<String, Index> scope) {
    Map<String, Index> inner = new HashMap<>(scope);
    String variable = loop.variable();
    if (!scope.isEmpty()) {
      variable = names.fresh(variable);
      inner.put(loop.variable(), Index.variable(variable));
    }
    return new Statement.Loop(variable, from, to, loop.step(), 1, body(loop.body(), inner));
  }
}
