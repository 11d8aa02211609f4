package dev.tilewright.codegen.emit;

import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import dev.tilewright.codegen.tile.Tile.Shape;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Writes the statements of a kernel in a {@link Code}. A tile {@code [R, C]} is {@code R * C/lanes}
 * vectors and {@code [R, 1]} is R scalars; each such part has a row and a position among the
 * vectors of its row.
 */
final class KernelWriter {
  private final KernelNames names;
  private final Code code;

  KernelWriter(KernelNames names) {
    this.names = names;
    this.code = names.code();
  }

  void write(List<Statement> body) {
    body.forEach(this::write);
  }

  private void write(Statement statement) {
    switch (statement) {
      case Statement.Loop loop ->
          code.loop(
              loop.variable(),
              names.index(loop.from()),
              names.index(loop.to()),
              loop.step(),
              variable -> {
                names.define(loop.variable(), variable);
                write(loop.body());
              });
      case Statement.If choice ->
          code.choose(
              names.index(choice.left()),
              names.index(choice.right()),
              () -> write(choice.then()),
              () -> write(choice.otherwise()));
      case Statement.Define define -> names.define(define.variable(), names.index(define.value()));
      case Statement.Lookup lookup ->
          names.define(
              lookup.variable(),
              code.lookup(
                  names.pointer(lookup.buffer(), lookup.offset()),
                  names.index(lookup.bound()),
                  names.index(lookup.site())));
      case Statement.Set set -> set(set);
      case Statement.Store store -> store(store);
      case Statement.Prefetch prefetch ->
          code.prefetch(
              names.pointer(prefetch.buffer()),
              prefetch.buffer().dtype(),
              names.index(prefetch.offset()));
      case Statement.Sweep sweep -> sweep(sweep);
    }
  }

  private void set(Statement.Set set) {
    TileParts parts = new TileParts(names);
    Shape shape = set.register().shape();
    int vectors = names.vectors(shape);
    Operand[] values = new Operand[shape.rows() * vectors];
    for (int i = 0; i < values.length; i++) {
      values[i] = parts.value(set.value(), i / vectors, i % vectors, shape.columns() > 1);
    }
    for (int i = 0; i < values.length; i++) {
      code.assign(names.register(set.register(), i / vectors, i % vectors), values[i]);
    }
  }

  private void store(Statement.Store store) {
    Shape shape = store.value().shape();
    int vectors = names.vectors(shape);
    boolean separate = !loads(store.value(), store.buffer());
    TileParts parts = new TileParts(names);
    TileAccess place = new TileAccess(names, store, shape, separate);
    Operand[] values = new Operand[shape.rows() * vectors];
    for (int v = 0; v < vectors; v++) {
      for (int r = 0; r < shape.rows(); r++) {
        int i = r * vectors + v;
        values[i] = parts.value(store.value(), r, v, shape.columns() > 1);
        if (separate) {
          place.store(r, v, values[i]);
        }
      }
    }
    for (int i = 0; i < values.length && !separate; i++) {
      place.store(i / vectors, i % vectors, values[i]);
    }
  }

  private void sweep(Statement.Sweep sweep) {
    Shape shape = sweep.shape();
    int vectors = names.vectors(shape);
    boolean vector = shape.columns() > 1;
    Set<Buffer> loaded = new HashSet<>();
    Set<Buffer> stored = new HashSet<>();
    for (Statement statement : sweep.body()) {
      switch (statement) {
        case Statement.Set set -> loads(set.value(), loaded);
        case Statement.Store store -> {
          loads(store.value(), loaded);
          stored.add(store.buffer());
        }
        default -> throw new IllegalArgumentException("a sweep holds " + statement);
      }
    }
    IdentityHashMap<Tile, TileAccess> from = new IdentityHashMap<>();
    IdentityHashMap<Statement, TileAccess> to = new IdentityHashMap<>();
    // Down each column of vectors, so that few are held where a place is transposed.
    for (int v = 0; v < vectors; v++) {
      for (int r = 0; r < shape.rows(); r++) {
        for (Statement statement : sweep.body()) {
          TileParts parts = new TileParts(names, from, stored);
          if (statement instanceof Statement.Set set) {
            Shape own = set.register().shape();
            if (r < own.rows() && v < names.vectors(own)) {
              Operand value = parts.value(set.value(), r, v, own.columns() > 1);
              code.assign(names.register(set.register(), r, v), value);
            }
          } else if (statement instanceof Statement.Store store) {
            to.computeIfAbsent(
                    store,
                    _ -> new TileAccess(names, store, shape, !loaded.contains(store.buffer())))
                .store(r, v, parts.value(store.value(), r, v, vector));
          }
        }
      }
    }
  }

  private static void loads(Tile tile, Set<Buffer> all) {
    switch (tile) {
      case Tile.Load load -> all.add(load.buffer());
      case Tile.Gather gather -> all.add(gather.buffer());
      default -> {}
    }
    tile.operands().forEach(operand -> loads(operand, all));
  }

  private static boolean loads(Tile tile, Buffer buffer) {
    Set<Buffer> all = new HashSet<>();
    loads(tile, all);
    return all.contains(buffer);
  }
}
