package dev.tilewright.codegen.emit;

import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Tile;

/** The body of one function in LLVM's text form: whole numbers, variables and control. */
final class LlvmCode extends LlvmMemory {
  LlvmCode(int lanes, LlvmModule module) {
    super(lanes, module);
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
}
