package dev.tilewright.codegen.graph;

import dev.tilewright.Dim;
import dev.tilewright.op.Primitive;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The text of a program, one node a line, which {@link GraphParser} reads:
 *
 * <pre>
 * model demo.Net
 * entry run = run
 *
 * function run
 *   %0 = input x : f32[B, 8]
 *   %1 = weight "up.weight" : f32[16, 8]  @Net.java:12:8  // up(x)
 *   %2 = contract "Ak,nk->An" %0, %1 : f32[B, 16]  @Net.java:12:8  // up(x)
 *   return %2
 * </pre>
 */
public final class GraphPrinter {
  private GraphPrinter() {}

  public static String print(Program program) {
    StringBuilder text = new StringBuilder("model " + program.model() + "\n");
    for (Program.EntryPoint entry : program.entries()) {
      text.append("entry ")
          .append(entry.name())
          .append(" = ")
          .append(entry.function())
          .append('\n');
    }
    program.functions().forEach(function -> text.append('\n').append(print(function)));
    return text.toString();
  }

  public static String print(Function function) {
    StringBuilder text = new StringBuilder("function " + function.name() + "\n");
    function.nodes().forEach(node -> text.append("  ").append(print(node)).append('\n'));
    return text.append("  return ").append(names(function.results())).append('\n').toString();
  }

  public static String print(Node node) {
    String operands = names(node.operands());
    String what = operation(node.op()) + (operands.isEmpty() ? "" : " " + operands);
    String types = node.types().stream().map(Object::toString).collect(Collectors.joining("; "));
    String line = node + " = " + what + " : " + types;
    if (node.origin().equals(Origin.NONE)) {
      return line;
    }
    String text = node.origin().text();
    return line + "  @" + node.origin() + (text.isEmpty() ? "" : "  // " + text);
  }

  private static String names(List<Node> nodes) {
    return nodes.stream().map(Node::toString).collect(Collectors.joining(", "));
  }

  private static String operation(Op op) {
    return switch (op) {
      case Op.Input input -> "input " + input.name();
      case Op.Weight weight -> "weight " + quote(weight.name());
      case Op.Call call -> "call " + call.function() + " " + quote(call.weightPrefix());
      case Op.Result result -> "result " + result.index();
      case Op.Apply apply -> print(apply.primitive());
    };
  }

  /** The name and attributes of a primitive, such as {@code reduce.sum 2}. */
  public static String print(Primitive primitive) {
    return switch (primitive) {
      case Primitive.Constant constant -> "constant " + constant.value();
      case Primitive.Extent extent -> "extent " + list(List.of(extent.extent()));
      case Primitive.Iota iota -> "iota " + list(iota.shape()) + " " + iota.axis();
      case Primitive.Unary unary -> name(unary.kind());
      case Primitive.Binary binary -> name(binary.kind());
      case Primitive.Compare compare -> "compare." + name(compare.kind());
      case Primitive.Select _ -> "select";
      case Primitive.Cast _ -> "cast";
      case Primitive.Reduce reduce -> "reduce." + name(reduce.kind()) + " " + reduce.axis();
      case Primitive.Contract contract ->
          "contract " + quote(contract.left() + "," + contract.right() + "->" + contract.out());
      case Primitive.Reshape reshape -> "reshape " + list(reshape.shape());
      case Primitive.Transpose transpose -> "transpose " + transpose.permutation();
      case Primitive.Broadcast broadcast ->
          "broadcast " + list(broadcast.shape()) + " " + broadcast.axes();
      case Primitive.Slice slice ->
          "slice "
              + slice.axis()
              + " "
              + list(List.of(slice.start(), slice.stop()))
              + " "
              + slice.step();
      case Primitive.Concat concat -> "concat " + concat.axis();
      case Primitive.Pad pad ->
          "pad " + pad.axis() + " " + list(List.of(pad.low(), pad.high())) + " " + pad.value();
      case Primitive.Window window ->
          "window "
              + window.axis()
              + " "
              + window.size()
              + " "
              + window.stride()
              + " "
              + window.dilation();
      case Primitive.Gather gather -> "gather " + gather.axis();
    };
  }

  private static String list(List<Dim> dims) {
    return dims.stream().map(Dim::toString).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String name(Enum<?> kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
