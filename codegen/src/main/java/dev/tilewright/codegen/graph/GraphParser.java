package dev.tilewright.codegen.graph;

import dev.tilewright.Dim;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.Primitive.BinaryKind;
import dev.tilewright.op.Primitive.CompareKind;
import dev.tilewright.op.Primitive.ReduceKind;
import dev.tilewright.op.Primitive.UnaryKind;
import dev.tilewright.op.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
          entries.add(new Program.EntryPoint(name, line.word()));
        }
        case "function" -> functions.add(function(line.word()));
        default ->
            throw new IllegalArgumentException(
                "expected model, entry or function, not '" + word + "'");
      }
    }
    return new Program(model, functions, entries);
  }

  private Function function(String name) {
    Map<Integer, Node> nodes = new HashMap<>();
    List<Node> inputs = new ArrayList<>();
    while (true) {
      GraphLine line = new GraphLine(lines[at++]);
      if (line.accept("return")) {
        return new Function(name, inputs, operands(line, nodes));
      }
      int id = line.id();
      line.expect("=");
      String word = line.word();
      Op op =
          switch (word) {
            case "input" -> new Op.Input(inputs.size(), line.word());
            case "weight" -> new Op.Weight(line.quoted());
            case "call" -> new Op.Call(line.word(), line.quoted());
            case "result" -> new Op.Result(line.integer());
            default -> new Op.Apply(primitive(word, line));
          };
      List<Node> operands = operands(line, nodes);
      line.expect(":");
      String[] types = line.upTo("  @").split("; ", -1);
      List<TensorType> parsed =
          Arrays.stream(types).map(String::strip).map(TensorType::parse).toList();
      if (op instanceof Op.Apply(Primitive primitive)) {
        op = new Op.Apply(withType(primitive, parsed.getFirst()));
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

  /** Element types of constants and casts stand only in the node's type. */
  private static Primitive withType(Primitive primitive, TensorType type) {
    return switch (primitive) {
      case Primitive.Constant constant -> new Primitive.Constant(constant.value(), type.dtype());
      case Primitive.Cast _ -> new Primitive.Cast(type.dtype());
      default -> primitive;
    };
  }

  private static Primitive primitive(String word, GraphLine line) {
    int dot = word.indexOf('.');
    if (dot > 0) {
      String kind = word.substring(dot + 1).toUpperCase(Locale.ROOT);
      return switch (word.substring(0, dot)) {
        case "compare" -> new Primitive.Compare(CompareKind.valueOf(kind));
        case "reduce" -> new Primitive.Reduce(ReduceKind.valueOf(kind), line.integer());
        default -> throw new IllegalArgumentException("no operation is called '" + word + "'");
      };
    }
    return switch (word) {
      case "constant" -> new Primitive.Constant(Double.parseDouble(line.word()), null);
      case "extent" -> new Primitive.Extent(line.dims().getFirst());
      case "iota" -> new Primitive.Iota(line.dims(), line.integer());
      case "select" -> new Primitive.Select();
      case "cast" -> new Primitive.Cast(null);
      case "contract" -> {
        String[] parts = line.quoted().split(",|->", -1);
        yield new Primitive.Contract(parts[0], parts[1], parts[2]);
      }
      case "reshape" -> new Primitive.Reshape(line.dims());
      case "transpose" -> new Primitive.Transpose(line.integers());
      case "broadcast" -> new Primitive.Broadcast(line.dims(), line.integers());
      case "slice" -> {
        int axis = line.integer();
        List<Dim> bounds = line.dims();
        yield new Primitive.Slice(axis, bounds.get(0), bounds.get(1), line.integer());
      }
      case "concat" -> new Primitive.Concat(line.integer());
      case "pad" -> {
        int axis = line.integer();
        List<Dim> sizes = line.dims();
        yield new Primitive.Pad(axis, sizes.get(0), sizes.get(1), Double.parseDouble(line.word()));
      }
      case "window" ->
          new Primitive.Window(line.integer(), line.integer(), line.integer(), line.integer());
      case "gather" -> new Primitive.Gather(line.integer());
      default -> elementwise(word);
    };
  }

  private static Primitive elementwise(String word) {
    String kind = word.toUpperCase(Locale.ROOT);
    if (Arrays.stream(UnaryKind.values()).anyMatch(unary -> unary.name().equals(kind))) {
      return new Primitive.Unary(UnaryKind.valueOf(kind));
    }
    if (Arrays.stream(BinaryKind.values()).anyMatch(binary -> binary.name().equals(kind))) {
      return new Primitive.Binary(BinaryKind.valueOf(kind));
    }
    throw new IllegalArgumentException("no operation is called '" + word + "'");
  }
}
