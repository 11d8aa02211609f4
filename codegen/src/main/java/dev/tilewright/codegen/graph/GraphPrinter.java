package dev.tilewright.codegen.graph;

import dev.tilewright.op.PrimitiveText;
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
 *
 * <p>Behind the place stands {@code on host} where {@link dev.tilewright.On} demands a unit.
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
          .append(
              entry
                  .ragged()
                  .map(axes -> " ragged " + axes.length() + " over " + axes.batch())
                  .orElse(""))
          .append('\n');
    }
    program.functions().forEach(function -> text.append('\n').append(print(function)));
    return text.toString();
  }

  public static String print(Function function) {
    StringBuilder text = new StringBuilder("function " + function.name());
    text.append(function.session() ? " session" : "");
    text.append(function.windows() ? " window\n" : "\n");
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
    String on =
        node.origin().on().map(unit -> " on " + unit.name().toLowerCase(Locale.ROOT)).orElse("");
    return line + "  @" + node.origin() + on + (text.isEmpty() ? "" : "  // " + text);
  }

  private static String names(List<Node> nodes) {
    return nodes.stream().map(Node::toString).collect(Collectors.joining(", "));
  }

  private static String operation(Op op) {
    return switch (op) {
      case Op.Input input -> "input " + input.name();
      case Op.Weight weight -> "weight " + quote(weight.name());
      case Op.State state ->
          "state "
              + quote(state.name())
              + " "
              + state.capacity()
              + (state.window() == 0 ? "" : " window " + state.window());
      case Op.Call call -> "call " + call.function() + " " + quote(call.weightPrefix());
      case Op.Result result -> "result " + result.index();
      case Op.Apply apply -> PrimitiveText.print(apply.primitive());
    };
  }

  private static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
