package dev.tilewright.codegen.emit;

import dev.tilewright.codegen.tile.Tile;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The text of a function's body in LLVM's form: lines, names, blocks, types, calls of intrinsics.
 */
abstract class LlvmText {
  final int lanes;
  final LlvmModule module;
  final StringBuilder variables = new StringBuilder();
  final StringBuilder out = new StringBuilder();
  String block = "start";
  int names;

  LlvmText(int lanes, LlvmModule module) {
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

  String overloaded(String name, Operand first, String... others) {
    String[] arguments = new String[others.length + 1];
    arguments[0] = typed(first);
    System.arraycopy(others, 0, arguments, 1, others.length);
    return intrinsic(type(first), name + "." + suffix(first.type(), first.vector()), arguments);
  }

  /** Calls an intrinsic; arguments with their types. */
  String intrinsic(String result, String name, String... arguments) {
    declare(result, name, arguments);
    return value("call " + result + " @" + name + "(" + String.join(", ", arguments) + ")");
  }

  void call(String name, String... arguments) {
    declare("void", name, arguments);
    line("call void @" + name + "(" + String.join(", ", arguments) + ")");
  }

  void declare(String result, String name, String... arguments) {
    String types = Arrays.stream(arguments).map(LlvmText::typeOf).collect(Collectors.joining(", "));
    module.declare(result, name, types);
  }

  /** The type of {@code type value}. */
  static String typeOf(String argument) {
    return argument.startsWith("<")
        ? argument.substring(0, argument.indexOf('>') + 1)
        : argument.substring(0, argument.indexOf(' '));
  }

  String label(String kind) {
    return kind + names++;
  }

  void start(String label) {
    out.append(label).append(":\n");
    block = label;
  }

  String typed(Operand operand) {
    return type(operand) + " " + operand.text();
  }

  String type(Operand operand) {
    return type(operand.type(), operand.vector());
  }

  String type(Tile.Type type, boolean vector) {
    String element =
        switch (type) {
          case F32 -> "float";
          case I32 -> "i32";
          case MASK -> "i1";
        };
    return type(element, vector);
  }

  String type(String element, boolean vector) {
    return vector ? "<" + lanes + " x " + element + ">" : element;
  }

  String suffix(Tile.Type type, boolean vector) {
    String element = type == Tile.Type.F32 ? "f32" : "i32";
    return vector ? "v" + lanes + element : element;
  }

  String lanes(String type, IntFunction<String> element) {
    return IntStream.range(0, lanes)
        .mapToObj(lane -> type + " " + element.apply(lane))
        .collect(Collectors.joining(", ", "<", ">"));
  }
}
