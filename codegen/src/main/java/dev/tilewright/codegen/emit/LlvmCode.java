package dev.tilewright.codegen.emit;

import dev.tilewright.DType;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Tile;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The body of one function in LLVM's text form. */
final class LlvmCode implements Code {
  private final int lanes;
  private final LlvmModule module;
  private final StringBuilder variables = new StringBuilder();
  private final StringBuilder out = new StringBuilder();
  private String block = "start";
  private int names;

  LlvmCode(int lanes, LlvmModule module) {
    this.lanes = lanes;
    this.module = module;
  }

  /** The whole body, which returns nothing. */
  String body() {
    return "entry:\n" + variables + "  br label %start\nstart:\n" + out + "  ret void\n";
  }

  /** A line. */
  void line(String text) {
    out.append("  ").append(text).append('\n');
  }

  /** A line that names its result. */
  String value(String instruction) {
    String name = "%" + names++;
    line(name + " = " + instruction);
    return name;
  }

  @Override
  public String integer(long value) {
    return Long.toString(value);
  }

  @Override
  public String integer(Index.Kind kind, String left, String right) {
    return switch (kind) {
      case SUM -> value("add i64 " + left + ", " + right);
      case DIFFERENCE -> value("sub i64 " + left + ", " + right);
      case PRODUCT -> value("mul i64 " + left + ", " + right);
      case QUOTIENT -> {
        String quotient = value("sdiv i64 " + left + ", " + right);
        String below = value("icmp slt i64 " + value("srem i64 " + left + ", " + right) + ", 0");
        yield value("add i64 " + quotient + ", " + value("sext i1 " + below + " to i64"));
      }
      case REMAINDER -> {
        String rest = value("srem i64 " + left + ", " + right);
        String below = value("icmp slt i64 " + rest + ", 0");
        yield value(
            "add i64 " + rest + ", " + value("select i1 " + below + ", i64 " + right + ", i64 0"));
      }
      case LEAST -> intrinsic("i64", "llvm.smin.i64", "i64 " + left, "i64 " + right);
      case GREATEST -> intrinsic("i64", "llvm.smax.i64", "i64 " + left, "i64 " + right);
    };
  }

  @Override
  public void loop(String name, String from, String to, long step, Body body) {
    String before = block;
    String label = label("loop");
    String variable = "%" + name + "." + names++;
    line("br label %" + label);
    start(label);
    // The name of the block that jumps back is known when the body is written.
    int hole = out.length();
    String runs = value("icmp slt i64 " + variable + ", " + to);
    line("br i1 " + runs + ", label %" + label + ".body, label %" + label + ".end");
    start(label + ".body");
    body.write(variable);
    String next = value("add nsw i64 " + variable + ", " + step);
    line("br label %" + label + ", !llvm.loop " + module.loop());
    String phi =
        "  "
            + variable
            + " = phi i64 [ "
            + from
            + ", %"
            + before
            + " ], [ "
            + next
            + ", %"
            + block
            + " ]\n";
    out.insert(hole, phi);
    start(label + ".end");
  }

  @Override
  public void choose(String left, String right, Runnable then, Runnable otherwise) {
    String label = label("if");
    String condition = value("icmp slt i64 " + left + ", " + right);
    line("br i1 " + condition + ", label %" + label + ".then, label %" + label + ".else");
    start(label + ".then");
    then.run();
    line("br label %" + label + ".end");
    start(label + ".else");
    otherwise.run();
    line("br label %" + label + ".end");
    start(label + ".end");
  }

  @Override
  public String lookup(String pointer, String bound, String site) {
    String element =
        value("sext i32 " + value("load i32, ptr " + pointer + ", align 4") + " to i64");
    String label = label("lookup");
    String outside = value("icmp uge i64 " + element + ", " + bound);
    line("br i1 " + outside + ", label %" + label + ".outside, label %" + label + ".end");
    start(label + ".outside");
    String number = value("add i64 " + value("add i64 %site, " + site) + ", 1");
    String exchange = value("cmpxchg ptr %fault, i64 0, i64 " + number + " monotonic monotonic");
    String first = value("extractvalue { i64, i1 } " + exchange + ", 1");
    line("br i1 " + first + ", label %" + label + ".first, label %" + label + ".end");
    start(label + ".first");
    line(
        "store i64 "
            + element
            + ", ptr "
            + value("getelementptr i64, ptr %fault, i64 1")
            + ", align 8");
    line("br label %" + label + ".end");
    start(label + ".end");
    String last = value("sub i64 " + bound + ", 1");
    return integer(Index.Kind.GREATEST, integer(Index.Kind.LEAST, element, last), "0");
  }

  @Override
  public String variable(String name, Tile.Type type, boolean vector) {
    String text = "%" + name + "." + names++;
    variables
        .append("  ")
        .append(text)
        .append(" = alloca ")
        .append(type(type, vector))
        .append('\n');
    return text;
  }

  @Override
  public Operand read(String variable, Tile.Type type, boolean vector) {
    return new Operand(value("load " + type(type, vector) + ", ptr " + variable), type, vector);
  }

  @Override
  public void assign(String variable, Operand operand) {
    line("store " + typed(operand) + ", ptr " + variable);
  }

  @Override
  public Operand fill(Tile.Type type, double value, boolean vector) {
    String literal =
        switch (type) {
          case F32 -> real((float) value);
          case I32 -> Integer.toString((int) value);
          case MASK -> Boolean.toString(value != 0);
        };
    return new Operand(
        vector ? "splat (" + type(type, false) + " " + literal + ")" : literal, type, vector);
  }

  /** A float as LLVM wants it: the bits of the double of the same value. */
  private static String real(float value) {
    return String.format("0x%016X", Double.doubleToLongBits(value));
  }

  @Override
  public Operand splat(Operand scalar) {
    return new Operand(splat(type(scalar.type(), false), scalar.text()), scalar.type(), true);
  }

  private String splat(String type, String scalar) {
    String vector = "<" + lanes + " x " + type + ">";
    String first = value("insertelement " + vector + " poison, " + type + " " + scalar + ", i64 0");
    return value(
        "shufflevector "
            + vector
            + " "
            + first
            + ", "
            + vector
            + " poison, <"
            + lanes
            + " x i32> zeroinitializer");
  }

  @Override
  public Operand ramp(String start, long step, boolean vector) {
    String first = value("trunc i64 " + start + " to i32");
    if (!vector) {
      return new Operand(first, Tile.Type.I32, false);
    }
    String steps = lanes("i32", lane -> Integer.toString((int) (lane * step)));
    return new Operand(
        value("add " + type(Tile.Type.I32, true) + " " + splat("i32", first) + ", " + steps),
        Tile.Type.I32,
        true);
  }

  @Override
  public Operand unary(Tile.UnaryOp op, Operand operand) {
    boolean vector = operand.vector();
    boolean real = operand.type() == Tile.Type.F32;
    String x = typed(operand);
    String to = type(op.resultType(operand.type()), vector);
    String text =
        switch (op) {
          case NEG ->
              value(
                  real
                      ? "fneg " + x
                      : "sub " + type(operand) + " " + zero(vector) + ", " + operand.text());
          case ABS ->
              real ? overloaded("llvm.fabs", operand) : overloaded("llvm.abs", operand, "i1 false");
          case SQRT -> overloaded("llvm.sqrt", operand);
          case FLOOR -> overloaded("llvm.floor", operand);
          case ROUND -> overloaded("llvm.roundeven", operand);
          case NOT -> value("xor " + x + ", " + (vector ? "splat (i1 true)" : "true"));
          case TO_INT_EXACT -> value("fptosi " + x + " to " + to);
          case TO_FLOAT -> value("sitofp " + x + " to " + to);
          case BITS_TO_INT, BITS_TO_FLOAT -> value("bitcast " + x + " to " + to);
          case MASK_TO_INT -> value("zext " + x + " to " + to);
          case EXP, LOG, TANH, ERF, RSQRT, TO_INT -> throw Unexpanded.of(op);
        };
    return new Operand(text, op.resultType(operand.type()), vector);
  }

  private static String zero(boolean vector) {
    return vector ? "zeroinitializer" : "0";
  }

  @Override
  public Operand binary(Tile.BinaryOp op, Operand left, Operand right) {
    boolean real = left.type() == Tile.Type.F32;
    String operands = typed(left) + ", " + right.text();
    String text =
        switch (op) {
          case ADD -> value((real ? "fadd " : "add ") + operands);
          case SUB -> value((real ? "fsub " : "sub ") + operands);
          case MUL -> value((real ? "fmul " : "mul ") + operands);
          case DIV -> value("fdiv " + operands);
          case MIN -> choose(compare("olt", "slt", real, operands), left, right);
          case MAX -> choose(compare("ogt", "sgt", real, operands), left, right);
          case AND -> value("and " + operands);
          case OR -> value("or " + operands);
          case XOR -> value("xor " + operands);
          case SHIFT_LEFT -> value("shl " + operands);
          case SHIFT_RIGHT -> value("ashr " + operands);
          case LT -> compare("olt", "slt", real, operands);
          case LE -> compare("ole", "sle", real, operands);
          case GT -> compare("ogt", "sgt", real, operands);
          case GE -> compare("oge", "sge", real, operands);
          case EQ -> compare("oeq", "eq", real, operands);
          case NE -> compare("une", "ne", real, operands);
          case POW -> throw Unexpanded.of(op);
        };
    return new Operand(text, op.isComparison() ? Tile.Type.MASK : left.type(), left.vector());
  }

  private String compare(String real, String whole, boolean isReal, String operands) {
    return value((isReal ? "fcmp " + real : "icmp " + whole) + " " + operands);
  }

  private String choose(String condition, Operand yes, Operand no) {
    return value(
        "select "
            + type(Tile.Type.MASK, yes.vector())
            + " "
            + condition
            + ", "
            + typed(yes)
            + ", "
            + typed(no));
  }

  @Override
  public Operand multiplyAdd(Operand left, Operand right, Operand addend, boolean fused) {
    String text =
        fused
            ? overloaded("llvm.fma", left, typed(right), typed(addend))
            : value(
                "fadd "
                    + type(left)
                    + " "
                    + value("fmul " + typed(left) + ", " + right.text())
                    + ", "
                    + addend.text());
    return new Operand(text, Tile.Type.F32, left.vector());
  }

  @Override
  public Operand select(Operand condition, Operand yes, Operand no) {
    return new Operand(choose(condition.text(), yes, no), yes.type(), yes.vector());
  }

  @Override
  public Operand shiftLanes(Operand vector, int distance) {
    String order =
        lanes("i32", lane -> lane < distance ? Integer.toString(lane + distance) : "poison");
    return new Operand(
        value(
            "shufflevector "
                + typed(vector)
                + ", "
                + type(vector)
                + " poison, <"
                + lanes
                + " x i32> "
                + order),
        vector.type(),
        true);
  }

  @Override
  public Operand firstLane(Operand vector) {
    return new Operand(value("extractelement " + typed(vector) + ", i64 0"), vector.type(), false);
  }

  @Override
  public Operand lanesBelow(String count) {
    String some =
        integer(
            Index.Kind.LEAST, integer(Index.Kind.GREATEST, count, "0"), Integer.toString(lanes));
    String limit = splat("i32", value("trunc i64 " + some + " to i32"));
    String numbers = lanes("i32", Integer::toString);
    return new Operand(
        value("icmp slt " + type(Tile.Type.I32, true) + " " + numbers + ", " + limit),
        Tile.Type.MASK,
        true);
  }

  @Override
  public String pointer(String base, DType dtype, String elements) {
    return elements.equals("0")
        ? base
        : value("getelementptr " + memory(dtype) + ", ptr " + base + ", i64 " + elements);
  }

  @Override
  public void prefetch(String base, DType dtype, String elements) {
    call("llvm.prefetch.p0", "ptr " + pointer(base, dtype, elements), "i32 0", "i32 2", "i32 1");
  }

  @Override
  public Operand load(String pointer, DType dtype, boolean vector) {
    return held(
        dtype,
        vector,
        value("load " + memory(dtype, vector) + ", ptr " + pointer + ", align " + dtype.bytes()));
  }

  @Override
  public Operand loadSome(String pointer, DType dtype, boolean vector, String count, double other) {
    String memory = memory(dtype, vector);
    if (vector) {
      String name = "llvm.masked.load." + suffix(dtype) + ".p0";
      String mask = typed(lanesBelow(count));
      return held(
          dtype,
          true,
          intrinsic(
              memory,
              name,
              "ptr " + pointer,
              "i32 " + dtype.bytes(),
              mask,
              memory + " " + other(dtype, other, true)));
    }
    String label = label("load");
    String before = block;
    String valid = value("icmp sgt i64 " + count + ", 0");
    line("br i1 " + valid + ", label %" + label + ".valid, label %" + label + ".end");
    start(label + ".valid");
    String element = value("load " + memory + ", ptr " + pointer + ", align " + dtype.bytes());
    line("br label %" + label + ".end");
    start(label + ".end");
    String all =
        "[ "
            + element
            + ", %"
            + label
            + ".valid ], [ "
            + other(dtype, other, false)
            + ", %"
            + before
            + " ]";
    return held(dtype, false, value("phi " + memory + " " + all));
  }

  @Override
  public Operand loadStrided(
      String pointer, DType dtype, String stride, String count, double other) {
    return gather(dtype, strided(pointer, dtype, stride), mask(count), other);
  }

  @Override
  public Operand gather(String pointer, DType dtype, Operand offsets) {
    String wide = type("i64", offsets.vector());
    String elements = value("sext " + typed(offsets) + " to " + wide);
    String pointers =
        value("getelementptr " + memory(dtype) + ", ptr " + pointer + ", " + wide + " " + elements);
    return offsets.vector() ? gather(dtype, pointers, mask(null), 0) : load(pointers, dtype, false);
  }

  private Operand gather(DType dtype, String pointers, String mask, double other) {
    String memory = memory(dtype, true);
    String name = "llvm.masked.gather." + suffix(dtype) + ".v" + lanes + "p0";
    String[] arguments = {
      "<" + lanes + " x ptr> " + pointers,
      "i32 " + dtype.bytes(),
      mask,
      memory + " " + other(dtype, other, true)
    };
    return held(dtype, true, intrinsic(memory, name, arguments));
  }

  private String strided(String pointer, DType dtype, String stride) {
    String wide = type("i64", true);
    String numbers = lanes("i64", Integer::toString);
    String elements = value("mul " + wide + " " + splat("i64", stride) + ", " + numbers);
    return value(
        "getelementptr " + memory(dtype) + ", ptr " + pointer + ", " + wide + " " + elements);
  }

  private String mask(String count) {
    return count == null ? "<" + lanes + " x i1> splat (i1 true)" : typed(lanesBelow(count));
  }

  @Override
  public void store(String pointer, DType dtype, Operand value) {
    line("store " + kept(dtype, value) + ", ptr " + pointer + ", align " + dtype.bytes());
  }

  @Override
  public void storeSome(String pointer, DType dtype, Operand value, String count) {
    String kept = kept(dtype, value);
    if (value.vector()) {
      String name = "llvm.masked.store." + suffix(dtype) + ".p0";
      call(name, kept, "ptr " + pointer, "i32 " + dtype.bytes(), typed(lanesBelow(count)));
    } else {
      choose(
          "0",
          count,
          () -> line("store " + kept + ", ptr " + pointer + ", align " + dtype.bytes()),
          () -> {});
    }
  }

  @Override
  public void storeStrided(
      String pointer, DType dtype, Operand value, String stride, String count) {
    String name = "llvm.masked.scatter." + suffix(dtype) + ".v" + lanes + "p0";
    String pointers = "<" + lanes + " x ptr> " + strided(pointer, dtype, stride);
    call(name, kept(dtype, value), pointers, "i32 " + dtype.bytes(), mask(count));
  }

  /** What was loaded as it is in registers. */
  private Operand held(DType dtype, boolean vector, String loaded) {
    return switch (dtype) {
      case FLOAT32, BFLOAT16 -> new Operand(loaded, Tile.Type.F32, vector);
      case INT32, INT8, UINT8 -> new Operand(loaded, Tile.Type.I32, vector);
      case BOOL ->
          new Operand(
              value("icmp ne " + memory(dtype, vector) + " " + loaded + ", " + zero(vector)),
              Tile.Type.MASK,
              vector);
    };
  }

  /** A value as it is in memory, with its type. */
  private String kept(DType dtype, Operand value) {
    if (dtype != DType.BOOL) {
      return typed(value);
    }
    String memory = memory(dtype, value.vector());
    return memory + " " + value("zext " + typed(value) + " to " + memory);
  }

  private String other(DType dtype, double other, boolean vector) {
    return switch (dtype) {
      case FLOAT32, BFLOAT16 -> fill(Tile.Type.F32, other, vector).text();
      case INT32, INT8, UINT8 -> fill(Tile.Type.I32, other, vector).text();
      case BOOL -> vector ? "splat (i8 " + (other != 0 ? 1 : 0) + ")" : other != 0 ? "1" : "0";
    };
  }

  private String overloaded(String name, Operand first, String... others) {
    String[] arguments = new String[others.length + 1];
    arguments[0] = typed(first);
    System.arraycopy(others, 0, arguments, 1, others.length);
    return intrinsic(type(first), name + "." + suffix(first.type(), first.vector()), arguments);
  }

  /** Calls an intrinsic; arguments with their types. */
  private String intrinsic(String result, String name, String... arguments) {
    declare(result, name, arguments);
    return value("call " + result + " @" + name + "(" + String.join(", ", arguments) + ")");
  }

  private void call(String name, String... arguments) {
    declare("void", name, arguments);
    line("call void @" + name + "(" + String.join(", ", arguments) + ")");
  }

  private void declare(String result, String name, String... arguments) {
    String types = Arrays.stream(arguments).map(LlvmCode::typeOf).collect(Collectors.joining(", "));
    module.declare(result + " @" + name + "(" + types + ")");
  }

  /** The type of {@code type value}. */
  private static String typeOf(String argument) {
    return argument.startsWith("<")
        ? argument.substring(0, argument.indexOf('>') + 1)
        : argument.substring(0, argument.indexOf(' '));
  }

  private String label(String kind) {
    return kind + names++;
  }

  private void start(String label) {
    out.append(label).append(":\n");
    block = label;
  }

  private String typed(Operand operand) {
    return type(operand) + " " + operand.text();
  }

  private String type(Operand operand) {
    return type(operand.type(), operand.vector());
  }

  private String type(Tile.Type type, boolean vector) {
    String element =
        switch (type) {
          case F32 -> "float";
          case I32 -> "i32";
          case MASK -> "i1";
        };
    return type(element, vector);
  }

  private String type(String element, boolean vector) {
    return vector ? "<" + lanes + " x " + element + ">" : element;
  }

  private String memory(DType dtype, boolean vector) {
    return type(memory(dtype), vector);
  }

  private static String memory(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> "float";
      case BFLOAT16 -> "bfloat";
      case INT32 -> "i32";
      case INT8, UINT8, BOOL -> "i8";
    };
  }

  /** How an intrinsic's name ends for vectors of a memory type. */
  private String suffix(DType dtype) {
    return "v"
        + lanes
        + switch (dtype) {
          case FLOAT32 -> "f32";
          case BFLOAT16 -> "bf16";
          case INT32 -> "i32";
          case INT8, UINT8, BOOL -> "i8";
        };
  }

  private String suffix(Tile.Type type, boolean vector) {
    String element = type == Tile.Type.F32 ? "f32" : "i32";
    return vector ? "v" + lanes + element : element;
  }

  private String lanes(String type, IntFunction<String> element) {
    return IntStream.range(0, lanes)
        .mapToObj(lane -> type + " " + element.apply(lane))
        .collect(Collectors.joining(", ", "<", ">"));
  }
}
