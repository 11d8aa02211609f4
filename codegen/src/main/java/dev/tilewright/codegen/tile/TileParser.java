package dev.tilewright.codegen.tile;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.tile.Tile.BinaryOp;
import dev.tilewright.codegen.tile.Tile.Fold;
import dev.tilewright.codegen.tile.Tile.UnaryOp;
import dev.tilewright.codegen.tile.TileProgram.Argument;
import dev.tilewright.codegen.tile.TileProgram.Step;
import dev.tilewright.codegen.tile.TileProgram.TileFunction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads what {@link TilePrinter} writes: {@code print(parse(text))} is the text, and equal programs
 * come back equal.
 */
public final class TileParser {
  private final TileLexer in;
  private final Map<String, Buffer> buffers = new HashMap<>();
  private final Map<String, Register> registers = new HashMap<>();
  private final Map<Long, Tile> labels = new HashMap<>();

  private TileParser(TileLexer in) {
    this.in = in;
  }

  /**
   * The program of a text.
   *
   * @throws IllegalArgumentException if the text is none; names the line, what was expected and
   *     what came
   */
  public static TileProgram parse(String text) {
    TileLexer in = new TileLexer(text);
    in.expect("program");
    String model = in.string();
    List<Kernel> kernels = new ArrayList<>();
    List<TileFunction> functions = new ArrayList<>();
    List<TileProgram.Entry> entries = new ArrayList<>();
    while (!in.isAtEnd()) {
      if (in.take("kernel")) {
        kernels.add(new TileParser(in).kernel());
      } else if (in.take("function")) {
        functions.add(new TileParser(in).function());
      } else if (in.take("entry")) {
        String symbol = in.name();
        in.expect("=");
        String function = in.name();
        in.expect("weights");
        entries.add(new TileProgram.Entry(symbol, function, (int) in.whole()));
      } else {
        throw in.wrong("kernel, function or entry");
      }
    }
    return new TileProgram(model, kernels, functions, entries);
  }

  private List<String> names() {
    List<String> all = new ArrayList<>();
    in.expect("(");
    while (!in.take(")")) {
      all.add(in.name());
      in.take(",");
    }
    return all;
  }

  private Kernel kernel() {
    String name = in.name();
    List<String> symbols = names();
    List<Buffer> parameters = new ArrayList<>();
    in.expect("(");
    while (!in.take(")")) {
      parameters.add(buffer(false));
      in.take(",");
    }
    String comment = in.string();
    in.expect("{");
    List<Kernel.Scratch> scratch = new ArrayList<>();
    while (in.take("scratch")) {
      Buffer own = buffer(true);
      in.expect("[");
      scratch.add(new Kernel.Scratch(own, dim("]")));
      in.expect("]");
    }
    return new Kernel(name, symbols, parameters, scratch, rest(), comment);
  }

  private Buffer buffer(boolean scratch) {
    String name = in.name();
    in.expect(":");
    Buffer buffer = new Buffer(name, DType.ofShortName(in.name()), scratch);
    buffers.put(name, buffer);
    return buffer;
  }

  /** An extent up to a token that it does not hold outside of parentheses. */
  private Dim dim(String... ends) {
    StringBuilder text = new StringBuilder();
    int depth = 0;
    while (depth > 0 || !List.of(ends).contains(in.peek())) {
      if (in.isAtEnd()) {
        throw in.wrong("'" + ends[0] + "'");
      }
      depth += in.peek().equals("(") ? 1 : in.peek().equals(")") ? -1 : 0;
      text.append(in.next()).append(' ');
    }
    return Dim.parse(text.toString());
  }

  private List<Statement> body() {
    in.expect("{");
    return rest();
  }

  private List<Statement> rest() {
    List<Statement> all = new ArrayList<>();
    while (!in.take("}")) {
      labels.clear();
      all.add(statement());
    }
    return all;
  }

  private Statement statement() {
    String word = in.name();
    return switch (word) {
      case "for" -> loop();
      case "if" -> {
        Index left = in.index();
        in.expect("<");
        Index right = in.index();
        List<Statement> then = body();
        yield new Statement.If(left, right, then, in.take("else") ? body() : List.of());
      }
      case "let" -> {
        String variable = in.name();
        in.expect("=");
        yield new Statement.Define(variable, in.index());
      }
      case "lookup" -> lookup();
      case "prefetch" -> prefetch();
      case "store" -> store();
      case "sweep" -> new Statement.Sweep(in.shape(), body());
      default -> set(word);
    };
  }

  private Statement loop() {
    String variable = in.name();
    in.expect("=");
    Index from = in.index();
    in.expect("to");
    Index to = in.index();
    long step = in.take("step") ? in.whole() : 1;
    int unroll = in.take("unroll") ? (int) in.whole() : 1;
    return new Statement.Loop(variable, from, to, step, unroll, body());
  }

  private Statement lookup() {
    String variable = in.name();
    in.expect("=");
    Buffer buffer = known();
    in.expect("[");
    Index offset = in.index();
    in.expect("]");
    in.expect("below");
    Index bound = in.index();
    in.expect("site");
    return new Statement.Lookup(variable, buffer, offset, bound, in.index());
  }

  private Statement prefetch() {
    Buffer buffer = known();
    in.expect("[");
    Index offset = in.index();
    in.expect("]");
    return new Statement.Prefetch(buffer, offset);
  }

  private Statement store() {
    Buffer buffer = known();
    Index[] place = place();
    Index columns = in.take("of") ? in.index() : null;
    in.expect("=");
    Tile value = tile();
    Index all = columns == null ? Index.of(value.shape().columns()) : columns;
    return new Statement.Store(buffer, place[0], place[1], place[2], value, all);
  }

  private Statement set(String name) {
    if (in.take(":")) {
      Tile.Type type = constant(Tile.Type.class, in.name());
      registers.put(name, new Register(name, in.shape(), type));
    }
    Register register = registers.get(name);
    if (register == null) {
      throw in.wrong("the type of register " + name);
    }
    in.expect("=");
    return new Statement.Set(register, tile());
  }

  private Index[] place() {
    in.expect("[");
    Index offset = in.index();
    in.expect(";");
    Index rowStride = in.index();
    in.expect(",");
    Index columnStride = in.index();
    in.expect("]");
    return new Index[] {offset, rowStride, columnStride};
  }

  private Buffer known() {
    Buffer buffer = buffers.get(in.peek());
    if (buffer == null) {
      throw in.wrong("a buffer of the kernel");
    }
    in.next();
    return buffer;
  }

  private Tile tile() {
    if (!in.take("#")) {
      return plain();
    }
    long label = in.whole();
    if (in.take("=")) {
      labels.put(label, plain());
    }
    if (!labels.containsKey(label)) {
      throw in.wrong("'=' after the first #" + label);
    }
    return labels.get(label);
  }

  private Tile plain() {
    String word = in.name();
    return switch (word) {
      case "fill" -> {
        Tile.Type type = constant(Tile.Type.class, in.name());
        yield new Tile.Fill(in.shape(), type, in.real());
      }
      case "load" -> {
        Buffer buffer = known();
        Index[] place = place();
        Tile.Shape shape = in.shape();
        boolean some = in.take("of");
        Index columns = some ? in.index() : Index.of(shape.columns());
        if (some) {
          in.expect("else");
        }
        yield new Tile.Load(
            buffer, place[0], place[1], place[2], shape, columns, some ? in.real() : 0);
      }
      case "gather" -> {
        Buffer buffer = known();
        in.expect("[");
        Index offset = in.index();
        in.expect("]");
        yield new Tile.Gather(buffer, offset, operands(1).getFirst());
      }
      case "table" -> {
        List<Float> values = new ArrayList<>();
        in.expect("[");
        do {
          values.add((float) in.real());
        } while (in.take(","));
        in.expect("]");
        yield new Tile.Table(values, operands(1).getFirst());
      }
      case "column" -> {
        long column = in.whole();
        yield new Tile.Column(operands(1).getFirst(), Math.toIntExact(column));
      }
      case "ramp" -> {
        Tile.Shape shape = in.shape();
        in.expect("(");
        Index start = in.index();
        in.expect(",");
        long rowStep = in.whole();
        in.expect(",");
        long columnStep = in.whole();
        in.expect(")");
        yield new Tile.Ramp(shape, start, rowStep, columnStep);
      }
      default -> in.peek().equals("(") ? call(word) : read(word);
    };
  }

  private Tile read(String name) {
    if (!registers.containsKey(name)) {
      throw in.wrong("a register set before, not " + name + ", and then what follows it,");
    }
    return new Tile.Read(registers.get(name));
  }

  private Tile call(String name) {
    if (name.endsWith("_columns") || name.endsWith("_rows")) {
      Fold fold = constant(Fold.class, name.substring(0, name.lastIndexOf('_')));
      Tile operand = operands(1).getFirst();
      return name.endsWith("_rows")
          ? new Tile.FoldRows(fold, operand)
          : new Tile.FoldColumns(fold, operand);
    }
    if (name.startsWith("dot_")) {
      Tile.DotKind kind = constant(Tile.DotKind.class, name.substring("dot_".length()));
      List<Tile> x = operands(3);
      return new Tile.Dot(kind, x.get(0), x.get(1), x.get(2));
    }
    if (name.startsWith("pack_")) {
      DType element = DType.ofShortName(name.substring("pack_".length()));
      return new Tile.Pack(element, operands(Integer.BYTES / element.bytes()));
    }
    switch (name) {
      case "multiply_add" -> {
        List<Tile> x = operands(3);
        return new Tile.MultiplyAdd(x.get(0), x.get(1), x.get(2));
      }
      case "select" -> {
        List<Tile> x = operands(3);
        return new Tile.Select(x.get(0), x.get(1), x.get(2));
      }
      default -> {
        for (UnaryOp op : UnaryOp.values()) {
          if (TilePrinter.name(op).equals(name)) {
            return new Tile.Unary(op, operands(1).getFirst());
          }
        }
        BinaryOp op = constant(BinaryOp.class, name);
        List<Tile> x = operands(2);
        return new Tile.Binary(op, x.get(0), x.get(1));
      }
    }
  }

  private List<Tile> operands(int count) {
    List<Tile> all = new ArrayList<>();
    in.expect("(");
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        in.expect(",");
      }
      all.add(tile());
    }
    in.expect(")");
    return all;
  }

  private <E extends Enum<E>> E constant(Class<E> type, String name) {
    try {
      return Enum.valueOf(type, name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException _) {
      throw in.wrong("a " + type.getSimpleName() + ", not " + name + ", before what follows it,");
    }
  }

  private TileFunction function() {
    String name = in.name();
    List<String> symbols = names();
    in.expect("parameters");
    int parameters = (int) in.whole();
    in.expect("weights");
    int weights = (int) in.whole();
    in.expect("frame");
    Dim frame = dim("{");
    in.expect("{");
    List<Step> steps = new ArrayList<>();
    while (!in.take("}")) {
      if (in.take("run")) {
        steps.add(run());
      } else if (in.take("blocks")) {
        in.expect("of");
        int most = (int) in.whole();
        in.expect("rows");
        Dim rows = dim("{");
        in.expect("{");
        List<Step.Run> runs = new ArrayList<>();
        while (!in.take("}")) {
          in.expect("run");
          runs.add(run());
        }
        steps.add(new Step.Blocks(rows, most, runs));
      } else {
        in.expect("call");
        String callee = in.name();
        List<Argument> arguments = arguments();
        in.expect("weights");
        int weightBase = (int) in.whole();
        in.expect("sites");
        steps.add(new Step.Call(callee, arguments, weightBase, (int) in.whole()));
      }
    }
    return new TileFunction(name, symbols, parameters, weights, frame, steps);
  }

  private Step.Run run() {
    String kernel = in.name();
    return new Step.Run(kernel, arguments());
  }

  private List<Argument> arguments() {
    List<Argument> all = new ArrayList<>();
    in.expect("(");
    while (!in.take(")")) {
      all.add(argument());
      in.take(",");
    }
    return all;
  }

  private Argument argument() {
    if (in.take("parameter")) {
      return new Argument.Parameter((int) in.whole());
    }
    if (in.take("weight")) {
      return new Argument.Weight((int) in.whole());
    }
    boolean inner = in.take("inner");
    if (inner || in.take("rows")) {
      long rowBytes = in.whole();
      in.expect("of");
      return new Argument.Rows(argument(), rowBytes, inner);
    }
    in.expect("frame");
    return new Argument.Frame(dim(",", ")"));
  }
}
