package dev.tilewright.codegen.graph;

import dev.tilewright.op.PrimitiveText;
import dev.tilewright.op.TensorType;
import dev.tilewright.schema.RaggedAxes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what {@link GraphPrinter} writes. */
public final class GraphParser {
  private final String[] lines;
  private int at;

  private GraphParser(String text) {
    lines = text.split("\n", -1);
  }

  /**
   * @throws IllegalArgumentException if the text is no program; the message names the line
   */
  public static Program parse(String text) {
    GraphParser parser = new GraphParser(text);
    try {
      return parser.program();
    } catch (IllegalArgumentException | IndexOutOfBoundsException | NullPointerException e) {
      throw new IllegalArgumentException("line " + parser.at + " of a graph: " + e.getMessage(), e);
    }
  }

  private Program program() {
    String model = "";
    List<Program.EntryPoint> entries = new ArrayList<>();
    List<Function> functions = new ArrayList<>();
    while (at < lines.length) {
      GraphLine line = new GraphLine(lines[at++]);
      if (line.atEnd()) {
        continue;
      }
      String word = line.word();
      switch (word) {
        case "model" -> model = line.word();
        case "entry" -> {
          String name = line.word();
          line.expect("=");
          entries.add(new Program.EntryPoint(name, line.word(), ragged(line)));
        }
        case "function" ->
            functions.add(function(line.word(), line.accept("session"), line.accept("window")));
        default ->
            throw new IllegalArgumentException(
                "expected model, entry or function, not '" + word + "'");
      }
    }
    return new Program(model, functions, entries);
  }

  private static Optional<RaggedAxes> ragged(GraphLine line) {
    if (!line.accept("ragged")) {
      return Optional.empty();
    }
    String length = line.word();
    line.expect("over");
    return Optional.of(new RaggedAxes(line.word(), length));
  }

  private Function function(String name, boolean session, boolean windows) {
    Map<Integer, Node> nodes = new HashMap<>();
    List<Node> inputs = new ArrayList<>();
    while (true) {
      GraphLine line = new GraphLine(lines[at++]);
      if (line.accept("return")) {
        return new Function(name, inputs, operands(line, nodes), session, windows);
      }
      int id = line.id();
      line.expect("=");
      String word = line.word();
      Op op =
          switch (word) {
            case "input" -> new Op.Input(inputs.size(), line.word());
            case "weight" -> new Op.Weight(line.quoted());
            case "state" -> state(line);
            case "call" -> new Op.Call(line.word(), line.quoted());
            case "result" -> new Op.Result(line.integer());
            default -> null;
          };
      String attributes = op == null ? word + " " + line.attributes() : "";
      List<Node> operands = operands(line, nodes);
      line.expect(":");
      String[] types = line.upTo("  @").split("; ", -1);
      List<TensorType> parsed =
          Arrays.stream(types).map(String::strip).map(TensorType::parse).toList();
      if (op == null) {
        op = new Op.Apply(PrimitiveText.parse(attributes, parsed.getFirst().dtype()));
      }
      Node node = new Node(id, op, operands, parsed, line.origin());
      if (nodes.put(id, node) != null) {
        throw new IllegalArgumentException(node + " is defined twice");
      }
      if (op instanceof Op.Input) {
        inputs.add(node);
      }
    }
  }

  private static Op.State state(GraphLine line) {
    String name = line.quoted();
    int capacity = line.integer();
    return new Op.State(name, capacity, line.accept("window") ? line.integer() : 0);
  }

  private static List<Node> operands(GraphLine line, Map<Integer, Node> nodes) {
    List<Node> operands = new ArrayList<>();
    while (line.isId()) {
      int id = line.id();
      if (!nodes.containsKey(id)) {
        throw new IllegalArgumentException("%" + id + " is used before it is defined");
      }
      operands.add(nodes.get(id));
      line.accept(",");
    }
    return operands;
  }
}
