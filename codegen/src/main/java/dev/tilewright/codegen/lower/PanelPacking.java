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
import java.util.Optional;

/**
 * Copies one panel of an operand whose columns lie apart into the worker's scratch: {@code
 * panel[k][column]}, zero beyond the last column. Where steps take words, k counts words; those
 * that do not lie in memory are made of their elements.
 *
 * @param source the operand in place
 * @param offset of the element or word at a step, or of the first element of a word to be made
 * @param apart between the elements of a word to be made
 * @param over the summed axes, row-major in the panel
 * @param operand the panel as the tiles read it
 */
record PanelPacking(
    KernelScope scope,
    Buffer source,
    Affine offset,
    Optional<Index> apart,
    TileAxes axes,
    List<Axis> over,
    TileOperand operand) {
  /**
   * @param over the summed axes, counted in elements
   */
  static PanelPacking of(KernelScope scope, Element.Read read, TileAxes axes, List<Axis> over) {
    if (axes.words().isEmpty()) {
      Buffer source = scope.buffer(read.buffer(), read.dtype());
      return of(scope, source, read.offset(), Optional.empty(), axes, over, read.dtype());
    }
    Words words = axes.words().get();
    Affine whole = words.inPlace(read.offset());
    Buffer source = scope.buffer(read.buffer(), whole == null ? read.dtype() : DType.INT32);
    Affine offset = whole == null ? words.first(read.offset()) : whole;
    Optional<Index> apart =
        whole == null
            ? Optional.of(Index.of(read.offset().coefficient(words.axis())))
            : Optional.empty();
    return of(scope, source, offset, apart, axes, words.over(over), DType.INT32);
  }

  private static PanelPacking of(
      KernelScope scope,
      Buffer source,
      Affine from,
      Optional<Index> apart,
      TileAxes axes,
      List<Axis> over,
      DType packed) {
    Dim columns = Dim.of(axes.tile().columns());
    Dim step = columns;
    Affine offset = Affine.ZERO;
    for (Axis axis : over.reversed()) {
      offset = offset.plus(Affine.axis(axis).times(step));
      step = step.times(axis.extent());
    }
    TileOperand operand = TileOperand.panel(scope.scratch("panel", packed, step), offset);
    return new PanelPacking(scope, source, from, apart, axes, over, operand);
  }

  /**
   * Fills the panel.
   *
   * @param positions of all axes but the row axis and the summed ones
   */
  List<Statement> statements(MachineModel machine, Map<String, Index> positions) {
    return Pieces.columns(
        axes.tile().columns(),
        axes.lane().extent(),
        positions.get(axes.lane().name()),
        valid -> loops(machine, 0, new HashMap<>(positions), valid));
  }

  private List<Statement> loops(
      MachineModel machine, int depth, Map<String, Index> positions, Index valid) {
    if (over.isEmpty()) {
      return copy(positions, "", 1, valid);
    }
    Axis axis = over.get(depth);
    if (depth == over.size() - 1) {
      int height =
          axis.extent().isKnown()
              ? (int) Math.min(machine.lanes(), axis.extent().value())
              : machine.lanes();
      return Pieces.allRows(
          scope,
          Integer.highestOneBit(height),
          Index.of(axis.extent()),
          (row, rows) -> {
            Map<String, Index> at = new HashMap<>(positions);
            at.put(axis.name(), row);
            return copy(at, axis.name(), rows, valid);
          });
    }
    String variable = scope.variable(axis.name());
    positions.put(axis.name(), Index.variable(variable));
    return List.of(
        new Statement.Loop(
            variable,
            Index.ZERO,
            Index.of(axis.extent()),
            1,
            1,
            loops(machine, depth + 1, positions, valid)));
  }

  /**
   * Some steps of the sum, as many as a square has lanes, which a writer transposes in registers.
   */
  private List<Statement> copy(
      Map<String, Index> positions, String rowAxis, int rows, Index valid) {
    List<Statement> body = new ArrayList<>();
    AffineLowering offsets = new AffineLowering(scope, positions, body);
    Index from = offsets.lower(offset);
    Index to = offsets.lower(operand.offset());
    Index rowStride = Index.of(offset.coefficient(rowAxis));
    Index columnStride = Index.of(offset.coefficient(axes.lane().name()));
    Index panelStride = Index.of(operand.offset().coefficient(rowAxis));
    int columns = axes.tile().columns();
    List<Tile> parts = new ArrayList<>();
    int count = apart.isPresent() ? axes.step().elements() : 1;
    for (int part = 0; part < count; part++) {
      Index at = part == 0 ? from : from.plus(apart.get().times(part));
      Tile.Shape shape = new Tile.Shape(rows, columns);
      parts.add(new Tile.Load(source, at, rowStride, columnStride, shape, valid, 0));
    }
    Tile loaded = count == 1 ? parts.getFirst() : new Tile.Pack(source.dtype(), parts);
    body.add(
        new Statement.Store(
            operand.buffer(), to, panelStride, Index.ONE, loaded, Index.of(columns)));
    return body;
  }
}
