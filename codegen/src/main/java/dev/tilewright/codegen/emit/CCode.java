package dev.tilewright.codegen.emit;

import dev.tilewright.DType;
import dev.tilewright.codegen.KernelModule.Intrinsic;
import dev.tilewright.codegen.tile.Extension;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Tile;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The body of one function in C with clang's vectors, on the types and helpers of {@link CPrelude}.
 * A MASK is 1 or 0 as a scalar, in a vector -1 or 0.
 */
final class CCode implements Code {
  private final int lanes;
  private final Map<Extension, Intrinsic> intrinsics;
  private final StringBuilder variables = new StringBuilder();
  private final StringBuilder out = new StringBuilder();
  private int depth = 1;
  private int names;

  /**
   * @param intrinsics what the machine's extensions are called
   */
  CCode(int lanes, Map<Extension, Intrinsic> intrinsics) {
    this.lanes = lanes;
    this.intrinsics = intrinsics;
  }

  String body() {
    return variables.toString() + out;
  }

  void line(String text) {
    out.append("  ".repeat(depth)).append(text).append('\n');
  }

  /** A constant of its own for an expression. */
  String value(String type, String expression) {
    String name = "t" + names++;
    line(
        (type.endsWith("*") ? type + "const " : "const " + type + " ")
            + name
            + " = "
            + expression
            + ";");
    return name;
  }

  @Override
  public String integer(long value) {
    return value + "LL";
  }

  @Override
  public String integer(Index.Kind kind, String left, String right) {
    return value(
        "i64",
        switch (kind) {
          case SUM -> left + " + " + right;
          case DIFFERENCE -> left + " - " + right;
          case PRODUCT -> left + " * " + right;
          case QUOTIENT -> "quotient(" + left + ", " + right + ")";
          case REMAINDER -> "remainder(" + left + ", " + right + ")";
          case LEAST -> "least(" + left + ", " + right + ")";
          case GREATEST -> "greatest(" + left + ", " + right + ")";
        });
  }

  @Override
  public void loop(String name, String from, String to, long step, Body body) {
    String variable = "v_" + name + "_" + names++;
    line("#pragma clang loop unroll(disable) vectorize(disable)");
    line(
        "for (i64 "
            + variable
            + " = "
            + from
            + "; "
            + variable
            + " < "
            + to
            + "; "
            + variable
            + " += "
            + step
            + ") {");
    depth++;
    body.write(variable);
    depth--;
    line("}");
  }

  @Override
  public void choose(String left, String right, Runnable then, Runnable otherwise) {
    line("if (" + left + " < " + right + ") {");
    depth++;
    then.run();
    depth--;
    line("} else {");
    depth++;
    otherwise.run();
    depth--;
    line("}");
  }

  @Override
  public String lookup(String pointer, String bound, String site) {
    String element = value("i64", "*(" + pointer + ")");
    line(
        "if ((u64)"
            + element
            + " >= (u64)"
            + bound
            + ") fail(fault, site + "
            + site
            + " + 1, "
            + element
            + ");");
    return value("i64", "greatest(least(" + element + ", " + bound + " - 1), 0)");
  }

  @Override
  public String variable(String name, Tile.Type type, boolean vector) {
    String text = "r_" + name + "_" + names++;
    variables.append("  ").append(type(type, vector)).append(' ').append(text).append(";\n");
    return text;
  }

  @Override
  public Operand read(String variable, Tile.Type type, boolean vector) {
    return result(type, vector, variable);
  }

  @Override
  public void assign(String variable, Operand value) {
    line(variable + " = " + value.text() + ";");
  }

  @Override
  public Operand fill(Tile.Type type, double value, boolean vector) {
    String literal =
        switch (type) {
          case F32 -> real((float) value);
          case I32 -> whole((int) value);
          case MASK -> value == 0 ? "0" : vector ? "-1" : "1";
        };
    return new Operand(vector ? splat(type, literal) : literal, type, vector);
  }

  private static String real(float value) {
    if (Float.isNaN(value)) {
      return "__builtin_nanf(\"\")";
    }
    if (Float.isInfinite(value)) {
      return value > 0 ? "__builtin_inff()" : "(-__builtin_inff())";
    }
    String text = Float.toHexString(value) + "f";
    return text.startsWith("-") ? "(" + text + ")" : text;
  }

  private static String whole(int value) {
    return value == Integer.MIN_VALUE
        ? "(-2147483647 - 1)"
        : value < 0 ? "(" + value + ")" : Integer.toString(value);
  }

  private static String splat(Tile.Type type, String scalar) {
    return (type == Tile.Type.F32 ? "splat_f(" : "splat_i(") + scalar + ")";
  }

  @Override
  public Operand splat(Operand scalar) {
    String element = scalar.type() == Tile.Type.MASK ? "-" + scalar.text() : scalar.text();
    return result(scalar.type(), true, splat(scalar.type(), element));
  }

  @Override
  public Operand ramp(String start, long step, boolean vector) {
    String first = "(i32)(" + start + ")";
    String steps = lanes(lane -> whole((int) (lane * step)));
    String text = vector ? "(vi)((vu)splat_i(" + first + ") + (vu)(vi){" + steps + "})" : first;
    return result(Tile.Type.I32, vector, text);
  }

  @Override
  public Operand unary(Tile.UnaryOp op, Operand operand) {
    boolean vector = operand.vector();
    boolean real = operand.type() == Tile.Type.F32;
    String x = operand.text();
    Tile.Type type = op.resultType(operand.type());
    String text =
        switch (op) {
          case NEG -> real ? "-" + x : unsigned(type, vector, "0 - ", x);
          case ABS -> "__builtin_elementwise_abs(" + x + ")";
          case SQRT -> "__builtin_elementwise_sqrt(" + x + ")";
          case FLOOR -> "__builtin_elementwise_floor(" + x + ")";
          case ROUND -> "__builtin_elementwise_roundeven(" + x + ")";
          case NOT -> vector ? "~" + x : x + " ^ 1";
          case TO_INT_EXACT -> vector ? "__builtin_convertvector(" + x + ", vi)" : "(i32)" + x;
          case TO_BF16 -> "widen_bf16((vh)" + builtin(Extension.TO_BF16) + "(" + x + ", vq))";
          case TO_FLOAT -> vector ? "__builtin_convertvector(" + x + ", vf)" : "(float)" + x;
          case BITS_TO_INT -> vector ? "(vi)" + x : "bits_of(" + x + ")";
          case BITS_TO_FLOAT -> vector ? "(vf)" + x : "float_of(" + x + ")";
          case MASK_TO_INT -> vector ? x + " & 1" : x;
          case EXP, LOG, TANH, SIN, COS, ERF, COARSE_EXP, COARSE_ERF, RSQRT, TO_INT ->
              throw Unexpanded.of(op);
        };
    return result(type, vector, text);
  }

  @Override
  public Operand binary(Tile.BinaryOp op, Operand left, Operand right) {
    boolean vector = left.vector();
    Tile.Type type = left.type();
    String a = left.text();
    String b = right.text();
    return switch (op) {
      case ADD -> result(type, vector, arithmetic(type, vector, a, " + ", b));
      case SUB -> result(type, vector, arithmetic(type, vector, a, " - ", b));
      case MUL -> result(type, vector, arithmetic(type, vector, a, " * ", b));
      case DIV -> result(type, vector, a + " / " + b);
      case MIN -> select(compare(vector, a + " < " + b), left, right);
      case MAX -> select(compare(vector, a + " > " + b), left, right);
      case AND -> result(type, vector, a + " & " + b);
      case OR -> result(type, vector, a + " | " + b);
      case XOR -> result(type, vector, a + " ^ " + b);
      case SHIFT_LEFT -> result(type, vector, arithmetic(type, vector, a, " << ", b));
      case SHIFT_RIGHT -> result(type, vector, a + " >> " + b);
      case LT -> compare(vector, a + " < " + b);
      case LE -> compare(vector, a + " <= " + b);
      case GT -> compare(vector, a + " > " + b);
      case GE -> compare(vector, a + " >= " + b);
      case EQ -> compare(vector, a + " == " + b);
      case NE -> compare(vector, a + " != " + b);
      case SCALE ->
          result(
              type,
              vector,
              builtin(Extension.SCALE) + "(" + a + ", " + b + ", (vf){0}, (u32)-1, 4)");
      case POW -> throw Unexpanded.of(op);
    };
  }

  private Operand compare(boolean vector, String comparison) {
    return result(Tile.Type.MASK, vector, comparison);
  }

  /** Whole numbers wrap around, which C says of unsigned ones only. */
  private static String arithmetic(
      Tile.Type type, boolean vector, String a, String sign, String b) {
    return type == Tile.Type.F32
        ? a + sign + b
        : unsigned(type, vector, cast(vector) + a + sign, b);
  }

  private static String unsigned(Tile.Type type, boolean vector, String before, String operand) {
    return "(" + type(type, vector) + ")(" + before + cast(vector) + operand + ")";
  }

  private static String cast(boolean vector) {
    return vector ? "(vu)" : "(u32)";
  }

  @Override
  public Operand multiplyAdd(Operand left, Operand right, Operand addend, boolean fused) {
    String text =
        fused
            ? "__builtin_elementwise_fma("
                + left.text()
                + ", "
                + right.text()
                + ", "
                + addend.text()
                + ")"
            : left.text() + " * " + right.text() + " + " + addend.text();
    return result(Tile.Type.F32, left.vector(), text);
  }

  @Override
  public Operand dot(Tile.DotKind kind, Operand left, Operand right, Operand addend) {
    String words =
        switch (kind) {
          case BF16 -> "(vp)" + left.text() + ", (vp)" + right.text();
          case U8I8, U7I8, I8I8 -> left.text() + ", " + right.text();
        };
    String text = builtin(kind.extension()) + "(" + addend.text() + ", " + words + ")";
    return result(kind.type(), true, text);
  }

  @Override
  public boolean dotsByWord(Tile.DotKind kind) {
    return false;
  }

  @Override
  public Operand table(List<Float> values, Operand index) {
    String entries = lanes(lane -> real(values.get(lane)));
    String text = builtin(Extension.TABLE) + "((vf){" + entries + "}, " + index.text() + ")";
    return result(Tile.Type.F32, true, text);
  }

  private String builtin(Extension extension) {
    Intrinsic intrinsic = intrinsics.get(extension);
    if (intrinsic == null) {
      throw Unexpanded.of(extension);
    }
    return intrinsic.c();
  }

  @Override
  public Operand select(Operand condition, Operand yes, Operand no) {
    String c = condition.text();
    String text =
        yes.vector()
            ? "("
                + type(yes.type(), true)
                + ")(("
                + c
                + " & (vi)"
                + yes.text()
                + ") | (~"
                + c
                + " & (vi)"
                + no.text()
                + "))"
            : c + " ? " + yes.text() + " : " + no.text();
    return result(yes.type(), yes.vector(), text);
  }

  @Override
  public Operand shiftLanes(Operand vector, int distance) {
    String order = lanes(lane -> lane < distance ? Integer.toString(lane + distance) : "-1");
    String text =
        "__builtin_shufflevector(" + vector.text() + ", " + vector.text() + ", " + order + ")";
    return result(vector.type(), true, text);
  }

  @Override
  public Operand lane(Operand vector, int lane) {
    return result(vector.type(), false, vector.text() + "[" + lane + "]");
  }

  @Override
  public Operand shuffle(Operand first, Operand second, IntUnaryOperator order) {
    String all = lanes(lane -> Integer.toString(order.applyAsInt(lane)));
    String text = "__builtin_shufflevector(" + first.text() + ", " + second.text() + ", " + all;
    return result(first.type(), true, text + ")");
  }

  @Override
  public Operand lanesBelow(String count) {
    return result(Tile.Type.MASK, true, "lanes_below(" + count + ")");
  }

  @Override
  public String pointer(String base, DType dtype, String elements) {
    return elements.equals("0LL")
        ? base
        : value(CPrelude.memory(dtype) + " *", base + " + " + elements);
  }

  @Override
  public void prefetch(String base, DType dtype, String elements) {
    String address = "(u64)" + base + " + " + dtype.bytes() + " * (u64)(" + elements + ")";
    line("__builtin_prefetch((const void *)(" + address + "), 0, 2);");
  }

  @Override
  public Operand load(String pointer, DType dtype, boolean vector) {
    String text = vector ? call("load", dtype, pointer) : element(pointer, dtype);
    return result(Tile.Type.of(dtype), vector, text);
  }

  private static String element(String pointer, DType dtype) {
    return switch (dtype) {
      case FLOAT32, INT32 -> "*" + pointer;
      case BFLOAT16, INT8, UINT8 -> call("wide", dtype, "*" + pointer);
      case BOOL -> "*" + pointer + " != 0";
    };
  }

  @Override
  public Operand loadSome(String pointer, DType dtype, boolean vector, String count, double other) {
    String rest = fill(Tile.Type.of(dtype), other, false).text();
    if (!vector) {
      String all = count + " > 0 ? " + element(pointer, dtype) + " : " + rest;
      return result(Tile.Type.of(dtype), false, all);
    }
    return result(Tile.Type.of(dtype), true, call("load_some", dtype, pointer, count, rest));
  }

  @Override
  public Operand loadStrided(
      String pointer, DType dtype, String stride, String count, double other) {
    String rest = fill(Tile.Type.of(dtype), other, false).text();
    return result(
        Tile.Type.of(dtype), true, call("load_strided", dtype, pointer, stride, all(count), rest));
  }

  private String all(String count) {
    return count == null ? Integer.toString(lanes) : count;
  }

  @Override
  public Operand gather(String pointer, DType dtype, Operand offsets) {
    if (offsets.vector()) {
      return result(Tile.Type.of(dtype), true, call("gather", dtype, pointer, offsets.text()));
    }
    return load(
        value(CPrelude.memory(dtype) + " *", pointer + " + " + offsets.text()), dtype, false);
  }

  @Override
  public void store(String pointer, DType dtype, Operand value) {
    line(
        value.vector()
            ? call("store", dtype, pointer, value.text()) + ";"
            : "*" + pointer + " = " + kept(dtype, value) + ";");
  }

  private static String kept(DType dtype, Operand scalar) {
    return dtype.isNarrow() ? call("slim", dtype, scalar.text()) : scalar.text();
  }

  @Override
  public void storeSome(String pointer, DType dtype, Operand value, String count) {
    if (value.vector()) {
      line(call("store_some", dtype, pointer, count, value.text()) + ";");
    } else {
      line("if (" + count + " > 0) *" + pointer + " = " + kept(dtype, value) + ";");
    }
  }

  @Override
  public void storeStrided(
      String pointer, DType dtype, Operand value, String stride, String count) {
    line(call("store_strided", dtype, pointer, stride, all(count), value.text()) + ";");
  }

  private static String call(String name, DType dtype, String... arguments) {
    return name + "_" + dtype.shortName() + "(" + String.join(", ", arguments) + ")";
  }

  private Operand result(Tile.Type type, boolean vector, String expression) {
    return new Operand(value(type(type, vector), expression), type, vector);
  }

  private static String type(Tile.Type type, boolean vector) {
    return type == Tile.Type.F32 ? vector ? "vf" : "float" : vector ? "vi" : "i32";
  }

  private String lanes(IntFunction<String> element) {
    return IntStream.range(0, lanes).mapToObj(element).collect(Collectors.joining(", "));
  }
}
