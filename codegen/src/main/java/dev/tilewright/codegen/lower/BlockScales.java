package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import dev.tilewright.codegen.tile.Tile.BinaryOp;
import dev.tilewright.codegen.tile.Tile.UnaryOp;
import dev.tilewright.schema.ModelSchema.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One panel of {@link Layout.ScalePanels} as floats in the worker's scratch, {@code
 * held[block][column]}: written once for all tiles below each other, in whichever form the weight
 * has, which is known when it is loaded.
 *
 * @param form the variable that holds the form
 * @param words the weight as words
 * @param floats the weight as floats
 * @param depth blocks of a column
 * @param scales of offsets, the panel of their scales
 */
record BlockScales(
    KernelScope scope,
    String form,
    Buffer words,
    Buffer floats,
    long depth,
    int width,
    Buffer held,
    Optional<Buffer> scales) {
  private static final long HEADER = Layout.ScalePanels.HEADER / Float.BYTES;

  /** Where the header has what scales are multiplied with. */
  private static final int FACTOR = 1;

  /**
   * All bits of a binary16 number in the upper half of a word, behind a shift to the right by 3.
   */
  private static final int HALF_BITS = 0x8FFFE000;

  /** The difference of the exponents' biases. */
  private static final double HALF_UNIT = 0x1p112;

  /** Reads of the weight in the scope mean the scratch from here on. */
  static BlockScales of(
      KernelScope scope, String name, long depth, int width, Optional<Buffer> scales) {
    Buffer words = scope.buffer(name, DType.INT32);
    Buffer floats = scope.buffer(name, DType.FLOAT32);
    long rows = Math.ceilDiv(depth, 2) * 2;
    Buffer held = scope.scratch("scales", DType.FLOAT32, Dim.of(rows * width));
    scope.hold(name, held);
    return new BlockScales(
        scope, scope.variable("form"), words, floats, depth, width, held, scales);
  }

  /** Asks the weight. */
  Statement lookup() {
    return new Statement.Lookup(form, words, Index.ZERO, Index.of(Float.SIZE + 1), Index.ZERO);
  }

  /** Fills the scratch. */
  List<Statement> statements(MachineModel machine, Index panel) {
    long pairs = Math.ceilDiv(depth, 2);
    List<Statement> ofFloats =
        rows(
            depth,
            row -> {
              Index at = at(panel, depth, row);
              List<Statement> body = ahead(machine, floats, at.plus(depth * width));
              body.add(store(row, load(floats, at)));
              return body;
            });
    List<Statement> ofHalves =
        rows(
            pairs,
            pair -> {
              Index at = at(panel, pairs, pair);
              List<Statement> body = ahead(machine, words, at.plus(pairs * width));
              Register both = scope.register("halves", shape(), Tile.Type.I32);
              body.add(new Statement.Set(both, load(words, at)));
              Tile upper = new Tile.Read(both);
              Tile lower = new Tile.Binary(BinaryOp.SHIFT_LEFT, upper, word(Short.SIZE));
              body.add(store(pair.times(2), half(lower)));
              body.add(store(pair.times(2).plus(1), half(upper)));
              return body;
            });
    List<Statement> narrow =
        scales
            .map(
                known ->
                    List.<Statement>of(
                        new Statement.If(
                            Index.variable(form), Index.of(1), ofScales(known), ofHalves)))
            .orElse(ofHalves);
    return List.of(new Statement.If(Index.variable(form), Index.of(Float.SIZE), narrow, ofFloats));
  }

  private List<Statement> ofScales(Buffer known) {
    Tile.Shape one = new Tile.Shape(1, 1);
    Register factor = scope.register("factor", one, Tile.Type.F32);
    List<Statement> all = new ArrayList<>();
    all.add(
        new Statement.Set(
            factor,
            new Tile.Load(floats, Index.of(FACTOR), Index.ZERO, Index.ZERO, one, Index.ONE, 0)));
    all.addAll(
        rows(
            depth,
            row ->
                List.of(
                    store(
                        row,
                        new Tile.Binary(
                            BinaryOp.MUL, load(known, row.times(width)), new Tile.Read(factor))))));
    return all;
  }

  /** The number in the upper half of a word; the lower half does not matter. */
  private static Tile half(Tile word) {
    Tile moved = new Tile.Binary(BinaryOp.SHIFT_RIGHT, word, word(3));
    Tile bits = new Tile.Binary(BinaryOp.AND, moved, word(HALF_BITS));
    return new Tile.Binary(
        BinaryOp.MUL,
        new Tile.Unary(UnaryOp.BITS_TO_FLOAT, bits),
        new Tile.Fill(new Tile.Shape(1, 1), Tile.Type.F32, HALF_UNIT));
  }

  private static Tile word(int value) {
    return new Tile.Fill(new Tile.Shape(1, 1), Tile.Type.I32, value);
  }

  private Tile.Shape shape() {
    return new Tile.Shape(1, width);
  }

  private Index at(Index panel, long rows, Index row) {
    return panel.times(rows * width).plus(HEADER).plus(row.times(width));
  }

  private List<Statement> rows(long count, Function<Index, List<Statement>> body) {
    String variable = scope.variable("block");
    return List.of(
        new Statement.Loop(
            variable, Index.ZERO, Index.of(count), 1, 1, body.apply(Index.variable(variable))));
  }

  /** Asks for the next panel. */
  private List<Statement> ahead(MachineModel machine, Buffer buffer, Index at) {
    List<Statement> all = new ArrayList<>();
    int line = machine.lineBytes() / buffer.dtype().bytes();
    for (int column = 0; column < width; column += line) {
      all.add(new Statement.Prefetch(buffer, at.plus(column)));
    }
    return all;
  }

  private Tile load(Buffer buffer, Index at) {
    return new Tile.Load(buffer, at, Index.ZERO, Index.ONE, shape(), Index.of(width), 0);
  }

  private Statement store(Index row, Tile value) {
    return new Statement.Store(
        held, row.times(width), Index.ZERO, Index.ONE, value, Index.of(width));
  }
}
