package dev.tilewright.codegen.fuse;

import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.codegen.index.Elements;
import dev.tilewright.op.PrimitiveText;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Regions as formulas, for people. What a region uses several times stands once, under a name.
 *
 * <pre>
 * r2_linear_dense: contraction  for i0:B*S, i1:384  sum over k0:1536  @EncoderLayer.java:30:12
 *   result = sum x[(1536)*i0 + k0] * w[(1536)*i1 + k0]
 *   y[(384)*i0 + i1] = result + bias[i1]
 * </pre>
 */
public final class RegionPrinter {
  private RegionPrinter() {}

  public static String print(List<RegionFunction> functions) {
    return functions.stream().map(RegionPrinter::print).collect(Collectors.joining("\n"));
  }

  public static String print(RegionFunction function) {
    StringBuilder text = new StringBuilder("function " + function.name());
    text.append('(').append(String.join(", ", function.inputs())).append(") -> (");
    text.append(String.join(", ", function.results())).append(')');
    function
        .ragged()
        .ifPresent(
            axes ->
                text.append("  ragged ")
                    .append(axes.length())
                    .append(" over ")
                    .append(axes.batch()));
    text.append('\n');
    for (RegionFunction.Buffer buffer : function.buffers()) {
      text.append("  ")
          .append(buffer.name())
          .append(" : ")
          .append(buffer.type())
          .append("  ")
          .append(source(buffer.source()))
          .append('\n');
    }
    for (int i = 0; i < function.sites().size(); i++) {
      RegionFunction.Site site = function.sites().get(i);
      text.append("  site #")
          .append(i)
          .append(": index < ")
          .append(site.bound())
          .append("  @")
          .append(site.origin())
          .append('\n');
    }
    for (RegionFunction.Limit limit : function.limits()) {
      text.append("  limit ")
          .append(limit.left())
          .append(" <= ")
          .append(limit.right())
          .append("  @")
          .append(limit.origin())
          .append('\n');
    }
    for (RegionFunction.Step step : function.steps()) {
      switch (step) {
        case RegionFunction.Step.Run run -> text.append(print(run.region()).indent(2));
        case RegionFunction.Step.Call call ->
            text.append("  call ")
                .append(call.function())
                .append(" \"")
                .append(call.weightPrefix())
                .append("\" (")
                .append(String.join(", ", call.arguments()))
                .append(") -> (")
                .append(String.join(", ", call.results()))
                .append(")  @")
                .append(call.origin())
                .append('\n');
      }
    }
    return text.toString();
  }

  private static String source(RegionFunction.Source source) {
    return switch (source) {
      case RegionFunction.Source.Input _ -> "input";
      case RegionFunction.Source.State state -> "state " + state.name();
      case RegionFunction.Source.Result _ -> "result";
      case RegionFunction.Source.Temporary _ -> "temporary";
      case RegionFunction.Source.Weight weight ->
          "weight "
              + weight.parts().stream()
                  .map(RegionFunction.WeightPart::name)
                  .collect(Collectors.joining(" | "))
              + weight.steps().stream()
                  .map(step -> "; " + PrimitiveText.print(step.primitive()) + " " + step.operands())
                  .collect(Collectors.joining());
    };
  }

  public static String print(Region region) {
    Formulas formulas = new Formulas(RegionParts.elements(region));
    switch (region) {
      case Region.Pointwise map -> formulas.title(region, "pointwise", map.axes(), "");
      case Region.RowReduction row -> {
        formulas.title(region, "row reduction", row.axes(), "  along " + row.row());
        row.reductions().forEach(reduction -> formulas.reduction(reduction, row.row()));
      }
      case Region.Contraction product -> {
        formulas.title(region, "contraction", product.axes(), "  sum over " + axes(product.over()));
        formulas.line(
            product.result()
                + " = sum "
                + formulas.text(product.left())
                + " * "
                + formulas.text(product.right()));
        product
            .total()
            .ifPresent(
                total -> {
                  formulas.define(total.term());
                  formulas.line(
                      total.name()
                          + " = sum over "
                          + axes(total.over())
                          + ": "
                          + formulas.text(total.term()));
                });
      }
      case Region.Streamed stream -> {
        formulas.title(
            region,
            "streamed",
            stream.axes(),
            "  along " + stream.keys() + "  depth " + stream.depth() + "  width " + stream.width());
        formulas.line(
            stream.score()
                + " = sum over "
                + stream.depth().name()
                + ": "
                + formulas.text(stream.query())
                + " * "
                + formulas.text(stream.key()));
        stream.maximum().ifPresent(maximum -> formulas.reduction(maximum, stream.keys()));
        stream.sums().forEach(sum -> formulas.reduction(sum, stream.keys()));
        formulas.define(stream.weight());
        formulas.line(
            stream.result()
                + " = sum over "
                + stream.keys().name()
                + ": ("
                + formulas.text(stream.weight())
                + ") * "
                + formulas.text(stream.value()));
      }
    }
    for (Region.Output output : region.outputs()) {
      formulas.define(output.element());
      formulas.line(
          output.buffer() + "[" + output.offset() + "] = " + formulas.text(output.element()));
    }
    return formulas.text.toString();
  }

  private static String axes(Collection<Axis> axes) {
    return axes.stream().map(Axis::toString).collect(Collectors.joining(", "));
  }

  private static final class Formulas {
    private final StringBuilder text = new StringBuilder();
    private final Set<Element> shared = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Element, String> names = new IdentityHashMap<>();

    Formulas(List<Element> roots) {
      Map<Element, Integer> uses = new IdentityHashMap<>();
      roots.forEach(root -> uses.merge(root, 1, Integer::sum));
      Elements.visit(
          roots,
          element -> Elements.operands(element).forEach(part -> uses.merge(part, 1, Integer::sum)));
      uses.forEach(
          (element, count) -> {
            if (count > 1 && !Elements.operands(element).isEmpty()) {
              shared.add(element);
            }
          });
    }

    void title(Region region, String kind, List<Axis> axes, String more) {
      text.append(region.name())
          .append(": ")
          .append(kind)
          .append("  for ")
          .append(axes(axes))
          .append(more);
      text.append("  @").append(region.origin());
      text.append(region.origin().text().isEmpty() ? "" : "  // " + region.origin().text())
          .append('\n');
    }

    void line(String line) {
      text.append("  ").append(line).append('\n');
    }

    void reduction(Region.Reduction reduction, Axis axis) {
      define(reduction.element());
      String kind = reduction.kind().name().toLowerCase(Locale.ROOT);
      line(
          reduction.name()
              + " = "
              + kind
              + " over "
              + axis.name()
              + ": "
              + text(reduction.element()));
    }

    /** Writes the shared parts of a formula before it. */
    void define(Element root) {
      List<Element> parts = new ArrayList<>();
      postOrder(root, Collections.newSetFromMap(new IdentityHashMap<>()), parts);
      for (Element part : parts) {
        if (shared.contains(part) && !names.containsKey(part)) {
          String formula = text(part);
          names.put(part, "t" + names.size());
          line(names.get(part) + " = " + formula);
        }
      }
    }

    private static void postOrder(Element element, Set<Element> seen, List<Element> order) {
      if (seen.add(element)) {
        Elements.operands(element).forEach(operand -> postOrder(operand, seen, order));
        order.add(element);
      }
    }

    String text(Element element) {
      String name = names.get(element);
      if (name != null) {
        return name;
      }
      return switch (element) {
        case Element.Constant constant -> Double.toString(constant.value());
        case Element.Read read -> read.buffer() + "[" + read.offset() + "]";
        case Element.Local local -> local.name();
        case Element.Position position -> "(" + position.value() + ")";
        case Element.Unary unary -> word(unary.kind()) + "(" + text(unary.operand()) + ")";
        case Element.Binary binary -> {
          String sign =
              switch (binary.kind()) {
                case ADD -> " + ";
                case SUB -> " - ";
                case MUL -> " * ";
                case DIV -> " / ";
                case AND -> " & ";
                case OR -> " | ";
                case MIN, MAX, POW -> null;
              };
          yield sign == null
              ? word(binary.kind()) + "(" + text(binary.left()) + ", " + text(binary.right()) + ")"
              : "(" + text(binary.left()) + sign + text(binary.right()) + ")";
        }
        case Element.Compare compare -> {
          String sign =
              switch (compare.kind()) {
                case LT -> " < ";
                case LE -> " <= ";
                case GT -> " > ";
                case GE -> " >= ";
                case EQ -> " == ";
                case NE -> " != ";
              };
          yield "(" + text(compare.left()) + sign + text(compare.right()) + ")";
        }
        case Element.Select select ->
            "("
                + text(select.condition())
                + " ? "
                + text(select.yes())
                + " : "
                + text(select.no())
                + ")";
        case Element.Cast cast -> cast.dtype() + "(" + text(cast.operand()) + ")";
      };
    }

    private static String word(Enum<?> kind) {
      return kind.name().toLowerCase(Locale.ROOT);
    }
  }
}
