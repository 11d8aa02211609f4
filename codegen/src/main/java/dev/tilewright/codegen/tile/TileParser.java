package dev.tilewright.codegen.tile;

import dev.tilewright.Dim;
import dev.tilewright.codegen.tile.TileProgram.Argument;
import dev.tilewright.codegen.tile.TileProgram.Step;
import dev.tilewright.codegen.tile.TileProgram.TileFunction;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what {@link TilePrinter} writes: {@code print(parse(text))} is the text, and equal programs
 * come back equal.
 */
public final class TileParser {
  private final TileLexer in;

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
        kernels.add(new KernelParser(in).kernel());
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

  private TileFunction function() {
    String name = in.name();
    List<String> symbols = in.names();
    in.expect("parameters");
    int parameters = (int) in.whole();
    in.expect("weights");
    int weights = (int) in.whole();
    in.expect("frame");
    Dim frame = in.dim("{");
    in.expect("{");
    List<Step> steps = new ArrayList<>();
    while (!in.take("}")) {
      if (in.take("run")) {
        steps.add(run());
      } else if (in.take("blocks")) {
        in.expect("of");
        int most = (int) in.whole();
        in.expect("rows");
        Dim rows = in.dim("{");
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
    return new Argument.Frame(in.dim(",", ")"));
  }
}
