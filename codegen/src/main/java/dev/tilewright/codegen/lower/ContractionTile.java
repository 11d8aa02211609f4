package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Register;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.codegen.tile.Tile;
import dev.tilewright.op.Primitive.BinaryKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One tile of a contraction: its sum and its epilogue, with whatever rows and columns are left at
 * the ends.
 */
final class ContractionTile {
  private final KernelScope scope;
  private final Region.Contraction region;
  private final TileAxes axes;
  private final ProductSum product;
  private final Optional<QuantBits> bits;
  private final List<Element> elements;

  /**
   * Whether the epilogue goes line by line: where lines of a tile are lines of memory, and products
   * are of narrow words. Those of floats were not seen to gain.
   */
  private final boolean byLine;

  private Buffer held;

  /**
   * @param bits if the weight may be nibbles
   */
  ContractionTile(
      KernelScope scope,
      Region.Contraction region,
      TileAxes axes,
      ProductSum product,
      Optional<QuantBits> bits) {
    this.bits = bits;
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
   * @param ofNibbles the same where the weight is nibbles
   */
  List<Statement> statements(
      Map<String, Index> outer,
      Index row,
      PanelPrefetch.Aside aside,
      PanelPrefetch.Aside ofNibbles) {
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
                  return piece(positions, rows, valid, aside, ofNibbles);
                }));
  }

  private List<Statement> piece(
      Map<String, Index> positions,
      int rows,
      Index valid,
      PanelPrefetch.Aside aside,
      PanelPrefetch.Aside ofNibbles) {
    Register result = region.total().isPresent() ? total(rows) : sum(rows);
    List<Statement> body = new ArrayList<>();
    body.add(zero(result));
    if (region.total().isEmpty()) {
      body.addAll(product.statements(result, positions, rows, valid, aside));
    } else {
      List<Statement> ofBytes = terms(0, product, result, positions, rows, valid, aside);
      if (bits.isPresent()) {
        ProductSum nibbles = bits.get().product(product);
        body.add(
            bits.get()
                .choose(
                    terms(0, nibbles, result, positions, rows, valid, ofNibbles),
                    QuantBits.ofSevenBits(product)
                        .map(seven -> terms(0, seven, result, positions, rows, valid, aside)),
                    ofBytes));
      } else {
        body.addAll(ofBytes);
      }
    }
    if (rows == 1 || !byLine) {
      body.addAll(epilogue(positions, rows, valid, new Tile.Read(result)));
      return body;
    }
    Index width = Index.of(axes.tile().columns());
    body.add(
        new Statement.Store(
            held(result), Index.ZERO, width, Index.ONE, new Tile.Read(result), width));
    String variable = scope.variable("line");
    Index line = Index.variable(variable);
    Map<String, Index> at = new HashMap<>(positions);
    at.merge(axes.row().name(), line, Index::plus);
    Tile.Shape shape = new Tile.Shape(1, axes.tile().columns());
    Tile loaded = new Tile.Load(held, line.times(width), Index.ZERO, Index.ONE, shape, width, 0);
    body.add(
        new Statement.Loop(
            variable, Index.ZERO, Index.of(rows), 1, 1, epilogue(at, 1, valid, loaded)));
    return body;
  }

  private Register sum(int rows) {
    return scope.register("sum", product.shape(rows), product.step().type());
  }

  private Register total(int rows) {
    Tile.Type type = Tile.Type.of(region.total().orElseThrow().term().dtype());
    return scope.register("total", new Tile.Shape(rows, axes.tile().columns()), type);
  }

  private static Statement zero(Register register) {
    return new Statement.Set(register, new Tile.Fill(register.shape(), register.type(), 0));
  }

  /** The loops of the total from one of its axes on: a sum and its term at each position. */
  private List<Statement> terms(
      int depth,
      ProductSum sums,
      Register all,
      Map<String, Index> positions,
      int rows,
      Index valid,
      PanelPrefetch.Aside aside) {
    Region.Total total = region.total().orElseThrow();
    if (depth < total.over().size()) {
      Axis axis = total.over().get(depth);
      String variable = scope.variable("block");
      Map<String, Index> at = new HashMap<>(positions);
      at.put(axis.name(), Index.variable(variable));
      PanelPrefetch.Aside inside =
          steps -> {
            Map<String, Index> more = new LinkedHashMap<>(steps);
            more.put(axis.name(), Index.variable(variable));
            return aside.at(more);
          };
      List<Statement> body = terms(depth + 1, sums, all, at, rows, valid, inside);
      Index extent = Index.of(axis.extent());
      return List.of(new Statement.Loop(variable, Index.ZERO, extent, 1, 1, body));
    }
    Register sum = sum(rows);
    List<Statement> body = new ArrayList<>();
    body.add(zero(sum));
    body.addAll(sums.statements(sum, positions, rows, valid, aside));
    Element next =
        new Element.Binary(
            BinaryKind.ADD, new Element.Local(total.name(), total.term().dtype()), total.term());
    Map<String, Tile> locals =
        Map.of(region.result(), new Tile.Read(sum), total.name(), new Tile.Read(all));
    SweepBuilder term =
        new SweepBuilder(scope, place(positions, rows, valid, locals), List.of(next));
    term.set(all, term.value(next));
    body.addAll(term.statements());
    return body;
  }

  private TilePlace place(
      Map<String, Index> positions, int rows, Index valid, Map<String, Tile> locals) {
    return new TilePlace(
        new Tile.Shape(rows, axes.tile().columns()),
        rows == 1 ? null : axes.row().name(),
        axes.lane().name(),
        positions,
        valid,
        locals);
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
    String name = region.total().map(Region.Total::name).orElse(region.result());
    TilePlace place = place(positions, rows, valid, Map.of(name, result));
    SweepBuilder epilogue = new SweepBuilder(scope, place, elements);
    region.outputs().forEach(epilogue::store);
    return epilogue.statements();
  }
}
