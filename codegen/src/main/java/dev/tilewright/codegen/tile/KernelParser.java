package dev.tilewright.codegen.tile;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a kernel: its head and its statements. */
final class KernelParser {
  private final TileLexer in;
  private final Map<String, Buffer> buffers = new HashMap<>();
  private final Map<String, Register> registers = new HashMap<>();
  private final ValueParser values;

  KernelParser(TileLexer in) {
    this.in = in;
    values = new ValueParser(in, buffers, registers);
  }

  /** What follows the word {@code kernel}. */
  Kernel kernel() {
    String name = in.name();
    List<String> symbols = in.names();
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
      Dim elements = in.dim("]");
      in.expect("]");
      Optional<Buffer> over = in.take("over") ? Optional.of(values.buffer()) : Optional.empty();
      scratch.add(new Kernel.Scratch(own, elements, over));
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

  private List<Statement> body() {
    in.expect("{");
    return rest();
  }

  private List<Statement> rest() {
    List<Statement> all = new ArrayList<>();
    while (!in.take("}")) {
      values.startStatement();
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
    Buffer buffer = values.buffer();
    in.expect("[");
    Index offset = in.index();
    in.expect("]");
    in.expect("below");
    Index bound = in.index();
    in.expect("site");
    return new Statement.Lookup(variable, buffer, offset, bound, in.index());
  }

  private Statement prefetch() {
    Buffer buffer = values.buffer();
    in.expect("[");
    Index offset = in.index();
    in.expect("]");
    return new Statement.Prefetch(buffer, offset);
  }

  private Statement store() {
    Buffer buffer = values.buffer();
    Index[] place = values.place();
    Index columns = in.take("of") ? in.index() : null;
    in.expect("=");
    Tile value = values.tile();
    Index all = columns == null ? Index.of(value.shape().columns()) : columns;
    return new Statement.Store(buffer, place[0], place[1], place[2], value, all);
  }

  private Statement set(String name) {
    if (in.take(":")) {
      Tile.Type type = in.constant(Tile.Type.class, in.name());
      registers.put(name, new Register(name, in.shape(), type));
    }
    Register register = registers.get(name);
    if (register == null) {
      throw in.wrong("the type of register " + name);
    }
    in.expect("=");
    return new Statement.Set(register, values.tile());
  }
}
