package dev.tilewright.codegen.emit;

import dev.tilewright.codegen.tile.Extension;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Tile;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Values in LLVM's form. */
abstract class LlvmArithmetic extends LlvmText implements Code {
  LlvmArithmetic(int lanes, LlvmModule module) {
    super(lanes, module);
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
  static String real(float value) {
    return String.format("0x%016X", Double.doubleToLongBits(value));
  }

  @Override
  public Operand splat(Operand scalar) {
    return new Operand(splat(type(scalar.type(), false), scalar.text()), scalar.type(), true);
  }

  String splat(String type, String scalar) {
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
          case TO_BF16 -> toBfloat16(operand);
          case TO_FLOAT -> value("sitofp " + x + " to " + to);
          case BITS_TO_INT, BITS_TO_FLOAT -> value("bitcast " + x + " to " + to);
          case MASK_TO_INT -> value("zext " + x + " to " + to);
          case EXP, LOG, TANH, SIN, COS, ERF, COARSE_EXP, COARSE_ERF, RSQRT, TO_INT ->
              throw Unexpanded.of(op);
        };
    return new Operand(text, op.resultType(operand.type()), vector);
  }

  static String zero(boolean vector) {
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
          case SCALE -> scale(left, right);
          case POW -> throw Unexpanded.of(op);
        };
    return new Operand(text, op.isComparison() ? Tile.Type.MASK : left.type(), left.vector());
  }

  String compare(String real, String whole, boolean isReal, String operands) {
    return value((isReal ? "fcmp " + real : "icmp " + whole) + " " + operands);
  }

  String choose(String condition, Operand yes, Operand no) {
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

  private String scale(Operand left, Operand right) {
    String type = type(left);
    String source = type + " zeroinitializer";
    String all = "i" + lanes + " -1";
    String name = module.intrinsic(Extension.SCALE);
    return intrinsic(type, name, typed(left), typed(right), source, all, "i32 4");
  }

  @Override
  public Operand table(List<Float> values, Operand index) {
    String type = type(Tile.Type.F32, true);
    String entries = lanes("float", lane -> real(values.get(lane)));
    String name = module.intrinsic(Extension.TABLE);
    String text = intrinsic(type, name, type + " " + entries, typed(index));
    return new Operand(text, Tile.Type.F32, true);
  }

  private String toBfloat16(Operand vector) {
    String narrow = "<" + lanes + " x bfloat>";
    String rounded = intrinsic(narrow, module.intrinsic(Extension.TO_BF16), typed(vector));
    String bits = value("bitcast " + narrow + " " + rounded + " to <" + lanes + " x i16>");
    return widened("<" + lanes + " x i16> " + bits, true);
  }

  /** The F32 whose upper half is a typed 16-bit integer. */
  String widened(String upper, boolean vector) {
    String whole = type(Tile.Type.I32, vector);
    String word = value("zext " + upper + " to " + whole);
    String bits = value("shl " + whole + " " + word + ", " + (vector ? "splat (i32 16)" : "16"));
    return value("bitcast " + whole + " " + bits + " to " + type(Tile.Type.F32, vector));
  }

  @Override
  public Operand dot(Tile.DotKind kind, Operand left, Operand right, Operand addend) {
    if (!left.vector()) {
      String name = module.intrinsic(Extension.DOT_BF16_BY_WORD);
      String sum = intrinsic(type(addend), name, typed(addend), typed(left), pairs(right));
      return new Operand(sum, kind.type(), true);
    }
    String name = module.intrinsic(kind.extension());
    String text =
        switch (kind) {
          case BF16 -> intrinsic(type(addend), name, typed(addend), pairs(left), pairs(right));
          case U8I8, U7I8, I8I8 ->
              intrinsic(type(addend), name, typed(addend), typed(left), typed(right));
        };
    return new Operand(text, kind.type(), true);
  }

  @Override
  public boolean dotsByWord(Tile.DotKind kind) {
    return kind == Tile.DotKind.BF16 && module.has(Extension.DOT_BF16_BY_WORD);
  }

  private String pairs(Operand words) {
    String type = "<" + 2 * lanes + " x bfloat>";
    return type + " " + value("bitcast " + typed(words) + " to " + type);
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
  public Operand lane(Operand vector, int lane) {
    return new Operand(
        value("extractelement " + typed(vector) + ", i64 " + lane), vector.type(), false);
  }

  @Override
  public Operand shuffle(Operand first, Operand second, IntUnaryOperator order) {
    String lanes = lanes("i32", lane -> Integer.toString(order.applyAsInt(lane)));
    String both = typed(first) + ", " + typed(second);
    return new Operand(
        value("shufflevector " + both + ", <" + this.lanes + " x i32> " + lanes),
        first.type(),
        true);
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
}
