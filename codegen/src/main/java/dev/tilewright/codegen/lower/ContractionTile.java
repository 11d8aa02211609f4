package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Element;
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

  ContractionTile(KernelScope scope, Region.Contraction region, TileAxes axes, ProductSum product) {
    this.scope = scope;
    this.region = region;
    this.axes = axes;
    this.product = product;
    this.elements = region.outputs().stream().map(Region.Output::element).toList();
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
    TilePlace place =
        new TilePlace(
            new Tile.Shape(rows, axes.tile().columns()),
            axes.row().name(),
            axes.lane().name(),
            positions,
            valid,
            Map.of(region.result(), new Tile.Read(sum)));
    SweepBuilder epilogue = new SweepBuilder(scope, place, elements);
    region.outputs().forEach(epilogue::store);
    body.addAll(epilogue.statements());
    return body;
  }
}
