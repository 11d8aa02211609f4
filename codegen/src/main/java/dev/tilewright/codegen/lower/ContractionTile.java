package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One tile of a contraction: its sum and its epilogue, with whatever rows and columns are left at
 * the ends.
 */
final class ContractionTile {
  private final KernelScope scope;
  private final Region.Contraction region;
  private final TileAxes axes;
  private final ProductSum product;
  private final List<Element> elements;

  /**
   * Whether the epilogue goes line by line: where lines of a tile are lines of memory, and products
   * are of narrow words. Those of floats were not seen to gain.
   */
  private final boolean byLine;

  private Buffer held;

  ContractionTile(KernelScope scope, Region.Contraction region, TileAxes axes, ProductSum product) {
    this.scope = scope;
    this.region = region;
    this.axes = axes;
    this.product = product;
    this.elements = region.outputs().stream().map(Region.Output::element).toList();
    List<Affine> offsets = new ArrayList<>(Elements.offsets(elements));
    region.outputs().forEach(output -> offsets.add(output.offset()));
    this.byLine =
        axes.tile().columns() > 1
            && product.step().dot().isPresent()
            && offsets.stream().allMatch(offset -> isLine(offset, axes));
  }

  private static boolean isLine(Affine offset, TileAxes axes) {
    Dim step = offset.coefficient(axes.lane().name());
    return step.equals(Dim.ZERO) || step.equals(Dim.ONE);
  }

  /**
   * The tile's statements.
   *
   * @param outer positions of all axes but the row axis
   * @param row the tile's first row
   * @param aside what else to do at each step of the sum
   */
  List<Statement> statements(Map<String, Index> outer, Index row, PanelPrefetch.Aside aside) {
    return Pieces.columns(
        axes.tile().columns(),
        axes.lane().extent(),
        outer.get(axes.lane().name()),
        valid ->
            Pieces.rows(
                axes.tile().rows(),
                axes.row().extent(),
                row,
                (offset, rows) -> {
                  Map<String, Index> positions = new HashMap<>(outer);
                  positions.put(axes.row().name(), row.plus(offset));
                  return piece(positions, rows, valid, aside);
                }));
  }

  private List<Statement> piece(
      Map<String, Index> positions, int rows, Index valid, PanelPrefetch.Aside aside) {
    Register sum = scope.register("sum", product.shape(rows), product.step().type());
    List<Statement> body = new ArrayList<>();
    body.add(new Statement.Set(sum, new Tile.Fill(sum.shape(), sum.type(), 0)));
    body.addAll(product.statements(sum, positions, rows, valid, aside));
    if (rows == 1 || !byLine) {
      body.addAll(epilogue(positions, rows, valid, new Tile.Read(sum)));
      return body;
    }
    Index width = Index.of(axes.tile().columns());
    body.add(
        new Statement.Store(held(sum), Index.ZERO, width, Index.ONE, new Tile.Read(sum), width));
    String variable = scope.variable("line");
    Index line = Index.variable(variable);
    Map<String, Index> at = new HashMap<>(positions);
    at.merge(axes.row().name(), line, Index::plus);
    Tile.Shape shape = new Tile.Shape(1, axes.tile().columns());
    Tile result = new Tile.Load(held, line.times(width), Index.ZERO, Index.ONE, shape, width, 0);
    body.add(
        new Statement.Loop(
            variable, Index.ZERO, Index.of(rows), 1, 1, epilogue(at, 1, valid, result)));
    return body;
  }

  private Buffer held(Register sum) {
    if (held == null) {
      MicroTile tile = axes.tile();
      DType dtype = sum.type() == Tile.Type.I32 ? DType.INT32 : DType.FLOAT32;
      held = scope.scratch("tile", dtype, Dim.of((long) tile.rows() * tile.columns()));
    }
    return held;
  }

  private List<Statement> epilogue(
      Map<String, Index> positions, int rows, Index valid, Tile result) {
    TilePlace place =
        new TilePlace(
            new Tile.Shape(rows, axes.tile().columns()),
            rows == 1 ? null : axes.row().name(),
            axes.lane().name(),
            positions,
            valid,
            Map.of(region.result(), result));
    SweepBuilder epilogue = new SweepBuilder(scope, place, elements);
    region.outputs().forEach(epilogue::store);
    return epilogue.statements();
  }
}
