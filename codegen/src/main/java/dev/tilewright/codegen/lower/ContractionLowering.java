package dev.tilewright.codegen.lower;

import dev.tilewright.DType;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.schema.ModelSchema.Layout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Matrix products and their like: {@link MicroTile}s of accumulators, one operand read as vectors
 * from panels or in place, the other an element at a time in place, and the epilogue while the tile
 * is in registers.
 *
 * <p>An element's sum runs in one accumulator in the order of the region, so its bits depend
 * neither on tiles nor on workers.
 */
final class ContractionLowering {
  private final MachineModel machine;
  private final RegionFunction function;
  private final TileChoice choice;

  /**
   * @param function the function that the regions belong to, which knows what their buffers are
   */
  ContractionLowering(MachineModel machine, RegionFunction function, TileChoice choice) {
    this.machine = machine;
    this.function = function;
    this.choice = choice;
  }

  /**
   * @param scopes gives an empty scope for each size of tiles that is tried
   */
  Lowered lower(Region.Contraction declared, Supplier<KernelScope> scopes) {
    Region.Contraction region = merge(declared);
    TileAxes axes = TileAxes.choose(region, function, machine);
    return choice.best(
        axes.product(region),
        axes.sizes(region, machine),
        tile -> lower(region, axes.withTile(tile), scopes.get()));
  }

  private Lowered lower(Region.Contraction whole, TileAxes axes, KernelScope scope) {
    Map<String, Layout> layouts = new HashMap<>();
    TotalPanels total = TotalPanels.of(whole, axes, function, scope, layouts);
    Region.Contraction region = total.region();
    List<PanelPacking> packings = new ArrayList<>();
    List<PanelPrefetch> prefetches = new ArrayList<>();
    List<WeightStream> streams = new ArrayList<>();
    List<TileOperand> operands = new ArrayList<>();
    List<ProductSum.Span> over = axes.over(region).stream().map(ProductSum.Span::of).toList();
    Optional<QuantBits> bits = Optional.empty();
    for (Element.Read read : List.of(region.left(), region.right())) {
      switch (axes.access(read, region, function)) {
        case BROADCAST, VECTORS, GATHER -> operands.add(inPlace(read, axes, scope));
        case PANELS -> {
          WeightPanels bytes = axes.panels(read, region, function).orElseThrow();
          Optional<WeightPanels> quants = quants(bytes, region, axes);
          WeightPanels panels = quants.orElse(bytes);
          Buffer buffer = scope.buffer(read.buffer(), panels.held());
          int width = axes.tile().columns();
          layouts.put(read.buffer(), panels.layout(width));
          WeightStream stream =
              WeightStream.of(scope, read.buffer(), buffer, panels, width, axes.lane());
          streams.add(stream);
          prefetches.add(new PanelPrefetch(buffer, panels, width, stream.following()));
          operands.add(TileOperand.panel(buffer, panels.offset(width)));
          if (quants.isPresent()) {
            bits =
                Optional.of(
                    QuantBits.of(
                        scope,
                        buffer,
                        panels,
                        width,
                        axes.over(region).getLast(),
                        stream.following()));
          }
        }
        case PACK -> {
          PanelPacking packing = PanelPacking.of(scope, read, axes, region.depth());
          packings.add(packing);
          operands.add(packing.operand());
        }
      }
    }
    ProductSum product =
        new ProductSum(
            machine, scope, axes.tile(), axes.step(), operands.get(0), operands.get(1), over);
    ContractionTile tile = new ContractionTile(scope, region, axes, product, bits);
    Statement loop = loop(region, axes, scope, packings, total.scales(), prefetches, tile, bits);
    String comment =
        "sum over "
            + region.depth()
            + " for "
            + region.axes()
            + " in tiles of "
            + axes.row().name()
            + ":"
            + axes.tile().rows()
            + " x "
            + axes.lane().name()
            + ":"
            + axes.tile().columns()
            + axes.words()
                .map(words -> ", " + words.elements() + " of " + words.axis() + " a word")
                .orElse("");
    List<Statement> body = new ArrayList<>();
    streams.forEach(stream -> body.add(stream.end()));
    bits.ifPresent(quants -> body.add(quants.lookup()));
    total.scales().forEach(each -> body.add(each.lookup()));
    body.add(loop);
    return new Lowered(
        scope.finish(body, comment), scope.parameterNames(), layouts, streams, Optional.empty());
  }

  /** A weight in blocks has as many bits as its file says. */
  private static Optional<WeightPanels> quants(
      WeightPanels panels, Region.Contraction region, TileAxes axes) {
    return region.total().isPresent() && axes.words().isPresent()
        ? panels.asQuants(axes.over(region).getLast())
        : Optional.empty();
  }

  private static TileOperand inPlace(Element.Read read, TileAxes axes, KernelScope scope) {
    if (axes.words().isEmpty()) {
      Buffer buffer = scope.buffer(read.buffer(), read.dtype());
      return TileOperand.inPlace(buffer, read.offset(), axes.row(), axes.lane());
    }
    Buffer words = scope.buffer(read.buffer(), DType.INT32);
    Affine offset = axes.words().get().inPlace(read.offset());
    return TileOperand.inPlace(words, offset, axes.row(), axes.lane());
  }

  /**
   * All tiles: for each point of the outer axes, for each block of rows that the second-level cache
   * holds, for each panel, the tiles below each other. So few rows are shared out by panels, and
   * many by rows.
   */
  private Statement loop(
      Region.Contraction region,
      TileAxes axes,
      KernelScope scope,
      List<PanelPacking> packings,
      List<BlockScales> scales,
      List<PanelPrefetch> prefetches,
      ContractionTile tile,
      Optional<QuantBits> bits) {
    List<Axis> outer = axes.outer(region);
    Index panels = Index.of(axes.lane().extent()).ceilDividedBy(axes.tile().columns());
    Index rowTiles = Index.of(axes.row().extent()).ceilDividedBy(axes.tile().rows());
    Index perPoint = panels.times(rowTiles);
    Index items = WorkShare.points(outer).times(perPoint);
    return WorkShare.loop(
        scope,
        items,
        item -> {
          List<Statement> body = new ArrayList<>();
          Map<String, Index> positions =
              WorkShare.positions(scope, outer, item.dividedBy(perPoint), body);
          Index inPoint = define(scope, "tile", item.remainder(perPoint), body);
          Index blockTiles = rowTiles.min(Index.of(tilesInCache(region, axes)));
          Index perBlock = panels.times(blockTiles);
          Index firstTile =
              define(scope, "block", inPoint.dividedBy(perBlock).times(blockTiles), body);
          Index tiles = define(scope, "tiles", blockTiles.min(rowTiles.minus(firstTile)), body);
          Index inBlock = define(scope, "inBlock", inPoint.remainder(perBlock), body);
          Index panel = define(scope, "panel", inBlock.dividedBy(tiles), body);
          Index below = define(scope, "below", inBlock.remainder(tiles), body);
          Index row = define(scope, "row", firstTile.plus(below).times(axes.tile().rows()), body);
          Index column = define(scope, "column", panel.times(axes.tile().columns()), body);
          positions.put(WeightPanels.PANEL, panel);
          positions.put(axes.lane().name(), column);
          if (!packings.isEmpty() || !scales.isEmpty()) {
            Index sinceFirst = item.minus(scope.firstItem(items));
            List<Statement> pack = new ArrayList<>();
            scales.forEach(each -> pack.addAll(each.statements(machine, panel)));
            packings.forEach(packing -> pack.addAll(packing.statements(machine, positions)));
            body.add(new Statement.If(below.min(sinceFirst), Index.ONE, pack, List.of()));
          }
          Index left = scope.endOfItems(items).minus(item.minus(below).plus(tiles));
          List<PanelPrefetch.Aside> parts = new ArrayList<>();
          for (PanelPrefetch prefetch : prefetches) {
            parts.add(prefetch.part(scope, machine, panel, below, tiles, left, body));
          }
          PanelPrefetch.Aside aside =
              steps -> parts.stream().flatMap(part -> part.at(steps).stream()).toList();
          PanelPrefetch.Aside ofNibbles =
              bits.isPresent()
                  ? bits.get().prefetch().part(scope, machine, panel, below, tiles, left, body)
                  : PanelPrefetch.Aside.NOTHING;
          body.addAll(tile.statements(positions, row, aside, ofNibbles));
          return body;
        });
  }

  /**
   * How many tiles below each other one panel serves before the next: their rows shall still be in
   * the second-level cache when the next panel meets them, beside both panels and the results.
   */
  private long tilesInCache(Region.Contraction region, TileAxes axes) {
    long steps = Extents.typical(Extents.points(region.depth())) / axes.step().elements();
    long depthBytes = steps * Integer.BYTES;
    long panel = depthBytes * axes.tile().columns();
    long rows = (machine.l2Bytes() / 2 - panel) / 2;
    return Math.max(2, rows / (depthBytes * axes.tile().rows()));
  }

  private static Index define(KernelScope scope, String hint, Index value, List<Statement> into) {
    if (value instanceof Index.Constant || value instanceof Index.Variable) {
      return value;
    }
    String name = scope.variable(hint);
    into.add(new Statement.Define(name, value));
    return Index.variable(name);
  }

  /** The same region over as few axes as possible. */
  private static Region.Contraction merge(Region.Contraction region) {
    List<Affine> offsets = new ArrayList<>(Elements.offsets(region.epilogue()));
    region.outputs().forEach(output -> offsets.add(output.offset()));
    offsets.add(region.left().offset());
    offsets.add(region.right().offset());
    AxisCollapse free = AxisCollapse.of(region.axes(), offsets);
    AxisCollapse summed =
        AxisCollapse.of(region.over(), List.of(region.left().offset(), region.right().offset()));
    Elements.OffsetMap map = new Elements.OffsetMap(free::apply);
    return new Region.Contraction(
        region.name(),
        free.axes(),
        summed.axes(),
        merge(region.left(), free, summed),
        merge(region.right(), free, summed),
        region.result(),
        region
            .total()
            .map(total -> new Region.Total(total.over(), total.name(), map.apply(total.term()))),
        free.apply(region.outputs(), map),
        region.origin());
  }

  private static Element.Read merge(Element.Read read, AxisCollapse free, AxisCollapse summed) {
    return new Element.Read(read.buffer(), read.dtype(), summed.apply(free.apply(read.offset())));
  }
}
