package dev.tilewright.codegen.fuse;

import dev.tilewright.DType;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Op;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Space;
import dev.tilewright.op.Primitive;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes the steps' formulas once every node has its place. */
final class Assembly {
  private static final String RESULT = "result";

  private final Clusters clusters;
  private final Placement placement;
  private final Names names;

  Assembly(Clusters clusters, Placement placement) {
    this.clusters = clusters;
    this.placement = placement;
    this.names = new Names(clusters);
  }

  RegionFunction run() {
    complete();
    List<Cluster> order = order();
    names.assign(order);
    List<RegionFunction.Step> steps = new ArrayList<>();
    Demands demands = new Demands(clusters);
    Map<String, List<RegionFunction.Demand>> demanded = new LinkedHashMap<>();
    for (Cluster cluster : order) {
      RegionFunction.Step step = step(cluster);
      steps.add(step);
      List<RegionFunction.Demand> own = demands.of(cluster);
      if (step instanceof RegionFunction.Step.Run(Region region) && !own.isEmpty()) {
        demanded.put(region.name(), own);
      }
    }
    names
        .copies()
        .forEach(
            (result, source) -> {
              Cluster copy = Cluster.pointwise(source);
              Element element =
                  Inliner.read(
                      names.buffer(source),
                      source.type().dtype(),
                      copy.members.get(source),
                      source.type().shape());
              Affine offset = Space.offset(copy.members.get(source), source.type().shape());
              Region.Output output =
                  new Region.Output(result, source.type().dtype(), offset, element, false);
              Region region =
                  new Region.Pointwise(
                      "r" + steps.size() + "_copy",
                      copy.space.axes(),
                      List.of(output),
                      source.origin());
              steps.add(new RegionFunction.Step.Run(Coalescing.apply(region)));
            });
    return new RegionFunction(
        clusters.function.name(),
        clusters.function.symbols(),
        names.buffers(),
        names.inputs(),
        names.results(),
        steps,
        sites(),
        Limits.of(clusters.function),
        demanded,
        Optional.empty());
  }

  /** Writes all formulas until none asks for a node that is in no buffer. */
  private void complete() {
    Set<Node> missing;
    do {
      missing = new LinkedHashSet<>();
      for (Cluster cluster : List.copyOf(clusters.all)) {
        if (cluster.kind != Cluster.Kind.CALL) {
          region(cluster, "r", missing);
        }
      }
      for (Node node : missing) {
        clusters.require(node);
        if (clusters.home(node) == null) {
          placement.store(node);
          clusters.explain(
              "materialise",
              true,
              node,
              "its elements serve as an operand or as an index, which must lie in a buffer");
        }
      }
    } while (!missing.isEmpty());
  }

  private List<Cluster> order() {
    List<Cluster> open = new ArrayList<>(clusters.all);
    open.sort(Comparator.comparingInt(cluster -> cluster.anchor.id()));
    Map<Cluster, Set<Cluster>> before = new HashMap<>();
    for (Cluster cluster : open) {
      before.put(cluster, sources(cluster));
    }
    List<Cluster> order = new ArrayList<>();
    while (!open.isEmpty()) {
      Cluster next =
          open.stream()
              .filter(cluster -> order.containsAll(before.get(cluster)))
              .findFirst()
              .orElseThrow();
      open.remove(next);
      order.add(next);
    }
    return order;
  }

  /** The steps whose buffers a step reads. */
  private Set<Cluster> sources(Cluster cluster) {
    Set<Cluster> result = new LinkedHashSet<>();
    List<Node> open = new ArrayList<>(clusters.inputs(cluster));
    Set<Node> seen = new LinkedHashSet<>(open);
    while (!open.isEmpty()) {
      Node node = open.removeLast();
      Cluster home = clusters.home(node);
      if (home != null && home != cluster) {
        result.add(home);
      } else if (home == null) {
        node.operands().stream().filter(seen::add).forEach(open::add);
      }
    }
    return result;
  }

  private List<RegionFunction.Site> sites() {
    List<RegionFunction.Site> sites = new ArrayList<>();
    for (Node node : clusters.sites().keySet()) {
      Primitive.Gather gather = (Primitive.Gather) Views.primitive(node);
      sites.add(new RegionFunction.Site(node.operand(0).type().dim(gather.axis()), node.origin()));
    }
    return sites;
  }

  private RegionFunction.Step step(Cluster cluster) {
    if (cluster.anchor.op() instanceof Op.Call call) {
      List<String> arguments =
          cluster.anchor.operands().stream().map(Views::skipReshapes).map(names::buffer).toList();
      return new RegionFunction.Step.Call(
          call.function(),
          call.weightPrefix(),
          arguments,
          names.callResults(cluster.anchor),
          cluster.anchor.origin());
    }
    Set<Node> missing = new LinkedHashSet<>();
    Region region = region(cluster, names.region(cluster), missing);
    return new RegionFunction.Step.Run(Coalescing.apply(region));
  }

  /** The step's formulas; axes are split until indices come out affine. */
  private Region region(Cluster cluster, String name, Set<Node> missing) {
    Region region;
    Set<Node> now;
    do {
      now = new LinkedHashSet<>();
      region = new Writer(cluster, name, now).region();
    } while (cluster.split());
    missing.addAll(now);
    return region;
  }

  /** Writes one region. */
  private final class Writer {
    private final Cluster cluster;
    private final String name;
    private final Set<Node> missing;
    private final Inliner inliner;
    private StreamForm stream;

    Writer(Cluster cluster, String name, Set<Node> missing) {
      this.cluster = cluster;
      this.name = name;
      this.missing = missing;
      this.inliner = new Inliner(cluster.space, clusters.sites(), this::known);
    }

    Region region() {
      Node anchor = cluster.anchor;
      Region region =
          switch (cluster.kind) {
            case POINTWISE ->
                new Region.Pointwise(name, cluster.axes('i'), outputs(), anchor.origin());
            case ROW -> {
              List<Region.Reduction> reductions = reductions();
              yield new Region.RowReduction(
                  name,
                  cluster.axes('i'),
                  cluster.space.axis(Cluster.ROW_AXIS),
                  reductions,
                  outputs(),
                  anchor.origin());
            }
            case CONTRACTION -> contraction(anchor);
            case STREAM -> {
              try {
                stream = StreamForm.of(cluster, clusters.sites(), this::known);
              } catch (Illegal e) {
                throw new IllegalStateException(
                    "a streamed product became illegal: " + e.getMessage(), e);
              }
              missing.addAll(stream.missing());
              yield stream.region(name, RESULT, outputs());
            }
            case CALL -> throw new IllegalStateException("a call has no formulas");
          };
      missing.addAll(inliner.missing());
      return region;
    }

    private List<Region.Reduction> reductions() {
      List<Node> nodes =
          cluster.members.keySet().stream()
              .filter(node -> Views.primitive(node) instanceof Primitive.Reduce)
              .sorted(Comparator.comparingInt(Node::id))
              .toList();
      List<Region.Reduction> reductions = new ArrayList<>();
      for (Node node : nodes) {
        Primitive.Reduce reduce = (Primitive.Reduce) Views.primitive(node);
        List<Affine> index = new ArrayList<>(cluster.members.get(node));
        index.add(reduce.axis(), Affine.axis(cluster.space.axis(Cluster.ROW_AXIS)));
        Element element = inliner.element(node.operand(0), index);
        reductions.add(new Region.Reduction(local(node), reduce.kind(), element));
      }
      return reductions;
    }

    /** The product; a weight stands on the right, which changes no bit. */
    private Region contraction(Node anchor) {
      Primitive.Contract contract = (Primitive.Contract) Views.primitive(anchor);
      Element.Read left = read(anchor.operand(0), cluster.index(contract.left()));
      Element.Read right = read(anchor.operand(1), cluster.index(contract.right()));
      boolean swap =
          clusters.weight(anchor.operand(0)) != null && clusters.weight(anchor.operand(1)) == null;
      List<Axis> axes = new ArrayList<>(cluster.axes('i'));
      if (!cluster.isTotalled()) {
        axes.addAll(cluster.axes('t'));
      }
      return new Region.Contraction(
          name,
          axes,
          cluster.axes('k'),
          swap ? right : left,
          swap ? left : right,
          RESULT,
          total(),
          outputs(),
          anchor.origin());
    }

    private Optional<Region.Total> total() {
      if (!cluster.isTotalled()) {
        return Optional.empty();
      }
      Node total = cluster.total;
      List<Affine> index = new ArrayList<>(cluster.members.get(total));
      index.add(((Primitive.Reduce) Views.primitive(total)).axis(), cluster.totalIndex());
      Element term = inliner.element(total.operand(0), index);
      return Optional.of(new Region.Total(cluster.axes('t'), local(total), term));
    }

    private Element.Read read(Node operand, List<Affine> index) {
      Element element = inliner.element(operand, index);
      if (clusters.weight(operand) != null
          && element instanceof Element.Cast(DType dtype, Element stored)
          && dtype == DType.FLOAT32
          && stored.dtype().isNarrow()) {
        // A compressed weight is read as it is stored and widened in registers.
        element = stored;
      }
      if (element instanceof Element.Read read && read.offset().isAffine()) {
        return read;
      }
      missing.add(operand);
      return new Element.Read("?", operand.type().dtype(), Affine.ZERO);
    }

    private List<Region.Output> outputs() {
      List<Region.Output> outputs = new ArrayList<>();
      for (Map.Entry<Node, List<Affine>> member : cluster.members.entrySet()) {
        Node node = member.getKey();
        List<Affine> index = member.getValue();
        if (clusters.isStored(node)) {
          Affine offset = Space.offset(index, node.type().shape());
          outputs.add(
              new Region.Output(
                  names.buffer(node),
                  node.type().dtype(),
                  offset,
                  inliner.element(node, index),
                  !cluster.isIndependentOfRow(index)));
        }
      }
      return outputs;
    }

    private Element known(Node node, List<Affine> index) {
      Cluster home = clusters.home(node);
      if (clusters.isSource(node) || (home != null && home != cluster)) {
        return Inliner.read(names.buffer(node), node.type().dtype(), index, node.type().shape());
      }
      boolean computed =
          Views.primitive(node) instanceof Primitive.Reduce || node == cluster.anchor;
      if (home == null || !computed || cluster.kind == Cluster.Kind.POINTWISE) {
        return null;
      }
      if (!index.equals(cluster.members.get(node))) {
        throw new IllegalStateException(
            node + " is used at " + index + " and computed at " + cluster.members.get(node));
      }
      if (stream != null) {
        return stream.result(RESULT);
      }
      String local =
          node == cluster.anchor && cluster.kind == Cluster.Kind.CONTRACTION ? RESULT : local(node);
      return new Element.Local(local, node.type().dtype());
    }

    private static String local(Node node) {
      return "n" + node.id();
    }
  }
}
