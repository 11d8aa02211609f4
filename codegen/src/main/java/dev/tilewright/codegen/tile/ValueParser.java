package dev.tilewright.codegen.tile;

import dev.tilewright.DType;
import dev.tilewright.codegen.tile.Tile.BinaryOp;
import dev.tilewright.codegen.tile.Tile.Fold;
import dev.tilewright.codegen.tile.Tile.UnaryOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the tiles that a kernel's statements compute, and the places they load. */
final class ValueParser {
  private final TileLexer in;
  private final Map<String, Buffer> buffers;
  private final Map<String, Register> registers;
  private final Map<Long, Tile> labels = new HashMap<>();

  /**
   * @param buffers those declared so far; grows with the kernel
   * @param registers those set so far; grows with the kernel
   */
  ValueParser(TileLexer in, Map<String, Buffer> buffers, Map<String, Register> registers) {
    this.in = in;
    this.buffers = buffers;
    this.registers = registers;
  }

  /** Forgets the labels, which hold within one statement. */
  void startStatement() {
    labels.clear();
  }

  /** A buffer's name. */
  Buffer buffer() {
    Buffer buffer = buffers.get(in.peek());
    if (buffer == null) {
      throw in.wrong("a buffer of the kernel");
    }
    in.next();
    return buffer;
  }

  /** Offset, row stride and column stride. */
  Index[] place() {
    in.expect("[");
    Index offset = in.index();
    in.expect(";");
    Index rowStride = in.index();
    in.expect(",");
    Index columnStride = in.index();
    in.expect("]");
    return new Index[] {offset, rowStride, columnStride};
  }

  /** A tile, or the label of one that was read before. */
  Tile tile() {
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
        Tile.Type type = in.constant(Tile.Type.class, in.name());
        yield new Tile.Fill(in.shape(), type, in.real());
      }
      case "load" -> {
        Buffer buffer = buffer();
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
        Buffer buffer = buffer();
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
      Fold fold = in.constant(Fold.class, name.substring(0, name.lastIndexOf('_')));
      Tile operand = operands(1).getFirst();
      return name.endsWith("_rows")
          ? new Tile.FoldRows(fold, operand)
          : new Tile.FoldColumns(fold, operand);
    }
    if (name.startsWith("dot_")) {
      Tile.DotKind kind = in.constant(Tile.DotKind.class, name.substring("dot_".length()));
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
        BinaryOp op = in.constant(BinaryOp.class, name);
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
}
