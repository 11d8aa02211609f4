package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The keys' rows of an operand in the worker's scratch, {@code packed[key][inner]}: side by side,
 * so that a long row of heads in memory costs neither cache lines nor pages of other heads. Or in
 * pairs of keys, {@code packed[pair][inner]} of words; a last key without a partner has 0.
 *
 * @param inner the operand's other axis
 */
record KeyRows(
    KernelScope scope,
    MachineModel machine,
    Buffer source,
    Affine offset,
    Axis keys,
    Axis inner,
    boolean paired,
    Buffer packed) {
  private static final int PAIR = 2;
  private static final int UNROLL = 4;

  static KeyRows of(
      KernelScope scope,
      MachineModel machine,
      Buffer source,
      Affine offset,
      Axis keys,
      Axis inner) {
    Dim elements = keys.extent().times(inner.extent());
    Buffer packed = scope.scratch("rows", source.dtype(), elements);
    return new KeyRows(scope, machine, source, offset, keys, inner, false, packed);
  }

  /** In pairs of bf16. */
  static KeyRows ofPairs(
      KernelScope scope, MachineModel machine, Element.Read read, Axis keys, Axis inner) {
    // Half of it and a pair more are used; an extent cannot be halved.
    Dim words = keys.extent().plus(Dim.ONE).times(inner.extent());
    Buffer packed = scope.scratch("pairs", DType.INT32, words);
    Buffer source = scope.buffer(read.buffer(), read.dtype());
    return new KeyRows(scope, machine, source, read.offset(), keys, inner, true, packed);
  }

  /** The packed operand's offset, the keys' axis counted in keys or pairs. */
  Affine at(Affine key) {
    return key.times(inner.extent()).plus(Affine.axis(inner));
  }

  /**
   * Fills it.
   *
   * @param positions of the batch axes
   */
  List<Statement> statements(Map<String, Index> positions) {
    return statements(positions, Index.of(keys.extent()));
  }

  /** Fills it with so many keys. */
  List<Statement> statements(Map<String, Index> positions, Index count) {
    String variable = scope.variable("row");
    Index row = Index.variable(variable);
    if (!paired) {
      return List.of(
          new Statement.Loop(
              variable, Index.ZERO, count, 1, UNROLL, copy(positions, row, row, false)));
    }
    Index pairs = count.dividedBy(PAIR);
    List<Statement> all = new ArrayList<>();
    all.add(
        new Statement.Loop(
            variable, Index.ZERO, pairs, 1, UNROLL, copy(positions, row.times(PAIR), row, true)));
    all.add(
        new Statement.If(
            pairs.times(PAIR), count, copy(positions, pairs.times(PAIR), pairs, false), List.of()));
    return all;
  }

  private List<Statement> copy(
      Map<String, Index> positions, Index key, Index row, boolean hasPartner) {
    boolean lanes = offset.isAffineIn(inner.name());
    Chunks chunks = lanes ? Chunks.of(inner.extent(), machine) : Chunks.scalar(inner.extent());
    return chunks.loop(
        scope,
        (start, valid) -> {
          List<Statement> body = new ArrayList<>();
          Tile value = load(positions, key, start, valid, chunks.columns(), body);
          if (paired) {
            Tile partner =
                hasPartner
                    ? load(positions, key.plus(1), start, valid, chunks.columns(), body)
                    : new Tile.Fill(value.shape(), Tile.Type.F32, 0);
            value = new Tile.Pack(source.dtype(), List.of(value, partner));
          }
          Index to = row.times(Index.of(inner.extent())).plus(start);
          body.add(new Statement.Store(packed, to, Index.ZERO, Index.ONE, value, valid));
          return body;
        });
  }

  private Tile load(
      Map<String, Index> positions,
      Index key,
      Index start,
      Index valid,
      int columns,
      List<Statement> before) {
    Map<String, Index> at = new HashMap<>(positions);
    at.put(keys.name(), key);
    at.put(inner.name(), start);
    Index from = new AffineLowering(scope, at, before).lower(offset);
    Index stride = columns == 1 ? Index.ZERO : Index.of(offset.coefficient(inner.name()));
    Tile.Shape shape = new Tile.Shape(1, columns);
    return new Tile.Load(source, from, Index.ZERO, stride, shape, valid, 0);
  }
}
