package dev.tilewright.codegen.tile;

import dev.tilewright.codegen.tile.TileProgram.Argument;
import dev.tilewright.codegen.tile.TileProgram.Step;
import dev.tilewright.codegen.tile.TileProgram.TileFunction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes tile programs in the form that {@link TileParser} reads:
 *
 * <pre>{@code
 * kernel scale(S)(x: f32, y: f32) "y = 2*x" {
 *   for row = worker to S step workers {
 *     v: f32 1x48 = load x[48*row; 0, 1] 1x48
 *     store y[48*row; 0, 1] = mul(v, fill f32 1x1 2.0)
 *   }
 * }
 * function main(S) parameters 2 weights 0 frame 0 {
 *   run scale(parameter 0, parameter 1)
 * }
 * entry scale_main = main weights 0
 * }</pre>
 *
 * A tile that a statement uses twice is written once, as {@code #1=add(a, b)}, and then as {@code
 * #1}.
 */
public final class TilePrinter {
  private final StringBuilder out = new StringBuilder();
  private Set<Register> declared = new HashSet<>();
  private int depth;

  private TilePrinter() {}

  /** The program as text. */
  public static String print(TileProgram program) {
    TilePrinter printer = new TilePrinter();
    printer.line("program " + quote(program.model()));
    program.kernels().forEach(printer::kernel);
    program.functions().forEach(printer::function);
    program
        .entries()
        .forEach(
            entry ->
                printer.line(
                    "entry "
                        + entry.symbol()
                        + " = "
                        + entry.function()
                        + " weights "
                        + entry.weightBase()));
    return printer.out.toString();
  }

  /** A kernel as text. */
  public static String print(Kernel kernel) {
    TilePrinter printer = new TilePrinter();
    printer.kernel(kernel);
    return printer.out.toString();
  }

  private void kernel(Kernel kernel) {
    declared = new HashSet<>();
    line(
        "kernel "
            + kernel.name()
            + "("
            + String.join(", ", kernel.symbols())
            + ")("
            + kernel.parameters().stream()
                .map(TilePrinter::declaration)
                .collect(Collectors.joining(", "))
            + ") "
            + quote(kernel.comment())
            + " {");
    depth++;
    kernel
        .scratch()
        .forEach(
            own ->
                line(
                    "scratch "
                        + declaration(own.buffer())
                        + "["
                        + own.elements()
                        + "]"
                        + own.over().map(buffer -> " over " + buffer.name()).orElse("")));
    kernel.body().forEach(this::statement);
    depth--;
    line("}");
  }

  private static String declaration(Buffer buffer) {
    return buffer.name() + ": " + buffer.dtype();
  }

  private void statement(Statement statement) {
    switch (statement) {
      case Statement.Loop loop -> {
        String unroll = loop.unroll() == 1 ? "" : " unroll " + loop.unroll();
        String step = loop.step() == 1 ? "" : " step " + loop.step();
        block(
            "for "
                + loop.variable()
                + " = "
                + text(loop.from())
                + " to "
                + text(loop.to())
                + step
                + unroll,
            loop.body());
      }
      case Statement.If choice -> {
        line("if " + text(choice.left()) + " < " + text(choice.right()) + " {");
        indented(choice.then());
        if (!choice.otherwise().isEmpty()) {
          line("} else {");
          indented(choice.otherwise());
        }
        line("}");
      }
      case Statement.Define define ->
          line("let " + define.variable() + " = " + text(define.value()));
      case Statement.Lookup lookup ->
          line(
              "lookup "
                  + lookup.variable()
                  + " = "
                  + lookup.buffer()
                  + "["
                  + text(lookup.offset())
                  + "] below "
                  + text(lookup.bound())
                  + " site "
                  + text(lookup.site()));
      case Statement.Set set -> {
        Register register = set.register();
        String type =
            declared.add(register) ? ": " + name(register.type()) + " " + register.shape() : "";
        line(register + type + " = " + new TileText(set.value()).text());
      }
      case Statement.Store store ->
          line(
              "store "
                  + store.buffer()
                  + TileText.place(store.offset(), store.rowStride(), store.columnStride())
                  + (store.columns().isConstant(store.value().shape().columns())
                      ? ""
                      : " of " + text(store.columns()))
                  + " = "
                  + new TileText(store.value()).text());
      case Statement.Prefetch prefetch ->
          line("prefetch " + prefetch.buffer() + "[" + text(prefetch.offset()) + "]");
      case Statement.Sweep sweep -> block("sweep " + sweep.shape(), sweep.body());
    }
  }

  private void block(String head, List<Statement> body) {
    line(head + " {");
    indented(body);
    line("}");
  }

  private void indented(List<Statement> body) {
    depth++;
    body.forEach(this::statement);
    depth--;
  }

  private void function(TileFunction function) {
    line(
        "function "
            + function.name()
            + "("
            + String.join(", ", function.symbols())
            + ") parameters "
            + function.parameters()
            + " weights "
            + function.weights()
            + " frame "
            + function.frameBytes()
            + " {");
    depth++;
    function.steps().forEach(this::step);
    depth--;
    line("}");
  }

  private void step(Step step) {
    switch (step) {
      case Step.Run run -> line("run " + run.kernel() + arguments(run.arguments()));
      case Step.Blocks blocks -> {
        line("blocks of " + blocks.most() + " rows " + blocks.rows() + " {");
        depth++;
        blocks.runs().forEach(this::step);
        depth--;
        line("}");
      }
      case Step.Call call ->
          line(
              "call "
                  + call.function()
                  + arguments(call.arguments())
                  + " weights "
                  + call.weightBase()
                  + " sites "
                  + call.siteBase());
    }
  }

  private static String arguments(List<Argument> arguments) {
    List<String> all = new ArrayList<>();
    for (Argument argument : arguments) {
      all.add(text(argument));
    }
    return "(" + String.join(", ", all) + ")";
  }

  private static String text(Argument argument) {
    return switch (argument) {
      case Argument.Parameter(int index) -> "parameter " + index;
      case Argument.Frame frame -> "frame " + frame.offset();
      case Argument.Weight(int index) -> "weight " + index;
      case Argument.Rows(Argument buffer, long rowBytes, boolean inner) ->
          (inner ? "inner " : "rows ") + rowBytes + " of " + text(buffer);
    };
  }

  private void line(String text) {
    out.append("  ".repeat(depth)).append(text).append('\n');
  }

  static String text(Index index) {
    return IndexText.of(index);
  }

  static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
