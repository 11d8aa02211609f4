package dev.tilewright.codegen.emit;

import dev.tilewright.Dim;
import dev.tilewright.codegen.KernelModule.Machine;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Kernel;
import dev.tilewright.codegen.tile.MachineModel;
import dev.tilewright.codegen.tile.TileProgram;
import dev.tilewright.codegen.tile.TileProgram.Argument;
import dev.tilewright.codegen.tile.TileProgram.Step;
import dev.tilewright.codegen.tile.TileProgram.TileFunction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a tile program as an LLVM module for LLVM 19 or later. The text follows from the program,
 * statement by statement; everything is internal but the entries.
 */
public final class LlvmWriter {
  private static final String CONTEXT =
      "ptr %arena, ptr %weights, ptr %scratch, i64 %worker, i64 %workers, ptr %fault, i64 %site,"
          + " ptr %barrier, ptr %yield";

  private final TileProgram program;
  private final MachineModel model;
  private final Machine machine;
  private final Aliases aliases;
  private final LlvmModule shared;
  private final StringBuilder out = new StringBuilder();

  private LlvmWriter(TileProgram program, MachineModel model, Machine machine) {
    this.program = program;
    this.model = model;
    this.machine = machine;
    this.aliases = new Aliases(program);
    this.shared = new LlvmModule(machine.intrinsics());
  }

  /**
   * The module's text.
   *
   * @throws IllegalArgumentException if the program holds operations that ExpandNarrow or
   *     ExpandMath replaces
   */
  public static String write(TileProgram program, MachineModel model, Machine machine) {
    return new LlvmWriter(program, model, machine).write();
  }

  private String write() {
    program.kernels().forEach(this::kernel);
    program.functions().forEach(this::function);
    program.entries().forEach(this::entry);
    String team = new LlvmTeam(machine, shared).functions();
    StringBuilder module = new StringBuilder();
    module.append("; ").append(program.model().replace('\n', ' ')).append('\n');
    module.append("target datalayout = \"").append(machine.dataLayout()).append("\"\n");
    module.append("target triple = \"").append(machine.triple()).append("\"\n\n");
    module.append(out);
    module.append(team);
    int bits = model.lanes() * 32;
    String attributes =
        "nounwind \"target-cpu\"=\""
            + machine.cpu()
            + "\" \"target-features\"=\""
            + String.join(",", machine.features())
            + "\" \"prefer-vector-width\"=\""
            + bits
            + "\" \"min-legal-vector-width\"=\""
            + bits
            + "\"";
    module.append("attributes #0 = { noinline ").append(attributes).append(" }\n");
    module.append("attributes #1 = { ").append(attributes).append(" }\n");
    module.append(shared.text());
    return module.toString();
  }

  private void kernel(Kernel kernel) {
    List<String> parameters = new ArrayList<>();
    Map<String, String> variables =
        new HashMap<>(Map.of("worker", "%worker", "workers", "%workers"));
    for (String symbol : kernel.symbols()) {
      parameters.add("i64 %s." + symbol);
      variables.put(symbol, "%s." + symbol);
    }
    Map<Buffer, String> buffers = new HashMap<>();
    for (int i = 0; i < kernel.parameters().size(); i++) {
      Buffer buffer = kernel.parameters().get(i);
      buffers.put(buffer, "%b." + buffer.name());
      parameters.add(
          "ptr " + (aliases.isAlone(kernel, i) ? "noalias " : "") + "%b." + buffer.name());
    }
    parameters.add(
        "ptr noalias %scratch, i64 %worker, i64 %workers, ptr noalias %fault, i64 %site");
    LlvmCode code = new LlvmCode(model.lanes(), shared);
    Dim offset = Dim.ZERO;
    for (Kernel.Scratch own : kernel.scratch()) {
      if (own.over().isPresent()) {
        buffers.put(own.buffer(), buffers.get(own.over().get()));
        continue;
      }
      String start = index(code, Index.of(offset), variables);
      buffers.put(own.buffer(), code.value("getelementptr i8, ptr %scratch, i64 " + start));
      offset = offset.plus(own.bytes());
    }
    new KernelWriter(new KernelNames(code, model, buffers, variables)).write(kernel.body());
    out.append("; ").append(kernel.comment().replace('\n', ' ')).append('\n');
    define("internal void @k." + kernel.name(), String.join(", ", parameters), "#0", code);
  }

  private void define(String head, String parameters, String attributes, LlvmCode code) {
    out.append("define ")
        .append(head)
        .append('(')
        .append(parameters)
        .append(") ")
        .append(attributes);
    out.append(" {\n").append(code.body()).append("}\n\n");
  }

  private void function(TileFunction function) {
    List<String> parameters = new ArrayList<>();
    Map<String, String> variables = new HashMap<>();
    for (String symbol : function.symbols()) {
      parameters.add("i64 %s." + symbol);
      variables.put(symbol, "%s." + symbol);
    }
    for (int i = 0; i < function.parameters(); i++) {
      parameters.add("ptr %p." + i);
    }
    parameters.add(CONTEXT);
    LlvmCode code = new LlvmCode(model.lanes(), shared);
    for (Step step : function.steps()) {
      switch (step) {
        case Step.Run run -> together(code, run, variables);
        case Step.Blocks blocks -> blocks(code, blocks, variables);
        case Step.Call call -> {
          List<String> arguments = symbols(program.function(call.function()).symbols());
          call.arguments().forEach(argument -> arguments.add(argument(code, argument, variables)));
          String frame =
              code.value(
                  "getelementptr i8, ptr %arena, i64 "
                      + index(code, Index.of(function.frameBytes()), variables));
          String weights = code.value("getelementptr ptr, ptr %weights, i64 " + call.weightBase());
          String site = code.value("add i64 %site, " + call.siteBase());
          arguments.add(
              "ptr "
                  + frame
                  + ", ptr "
                  + weights
                  + ", ptr %scratch, i64 %worker, i64 %workers, ptr %fault");
          arguments.add("i64 " + site + ", ptr %barrier, ptr %yield");
          code.line("call void @f." + call.function() + "(" + String.join(", ", arguments) + ")");
        }
      }
    }
    define("internal void @f." + function.name(), String.join(", ", parameters), "#0", code);
  }

  /** A kernel by all workers, who meet behind it. */
  private void together(LlvmCode code, Step.Run run, Map<String, String> variables) {
    run(code, run, variables, variables, null);
    meet(code);
    code.line("call void @mark(ptr %barrier, i64 %worker)");
  }

  private static void meet(LlvmCode code) {
    code.line("call void @barrier(ptr %barrier, i64 %workers, ptr %yield)");
  }

  /**
   * @param symbols texts of the kernel's symbols
   * @param variables texts of the function's
   * @param place the rows at hand, or null for all of them by all workers
   */
  private void run(
      LlvmCode code,
      Step.Run run,
      Map<String, String> symbols,
      Map<String, String> variables,
      BlockWriter.Place place) {
    List<String> arguments = new ArrayList<>();
    program
        .kernel(run.kernel())
        .symbols()
        .forEach(symbol -> arguments.add("i64 " + symbols.get(symbol)));
    run.arguments()
        .forEach(argument -> arguments.add("ptr " + pointer(code, argument, variables, place)));
    arguments.add(
        place == null
            ? "ptr %scratch, i64 %worker, i64 %workers, ptr %fault, i64 %site"
            : "ptr %scratch, i64 0, i64 1, ptr %fault, i64 %site");
    code.line("call void @k." + run.kernel() + "(" + String.join(", ", arguments) + ")");
  }

  private void blocks(LlvmCode code, Step.Blocks blocks, Map<String, String> variables) {
    Map<String, String> symbols = new HashMap<>(variables);
    symbols.putAll(Map.of("worker", "%worker", "workers", "%workers"));
    String word = code.value("getelementptr i64, ptr %barrier, i64 " + LlvmTeam.CLOCK);
    String clock = code.value("load i64, ptr " + word + ", align 8");
    BlockWriter.write(
        code,
        model,
        blocks,
        symbols,
        clock,
        new BlockWriter.Calls() {
          @Override
          public void together(Step.Run run) {
            LlvmWriter.this.together(code, run, variables);
          }

          @Override
          public void alone(Step.Run run, Map<String, String> own, BlockWriter.Place place) {
            run(code, run, own, variables, place);
          }

          @Override
          public void meet() {
            LlvmWriter.meet(code);
          }
        });
  }

  private static List<String> symbols(List<String> names) {
    List<String> all = new ArrayList<>();
    names.forEach(name -> all.add("i64 %s." + name));
    return all;
  }

  private String argument(LlvmCode code, Argument argument, Map<String, String> variables) {
    return "ptr " + pointer(code, argument, variables, null);
  }

  private String pointer(
      LlvmCode code, Argument argument, Map<String, String> variables, BlockWriter.Place place) {
    return switch (argument) {
      case Argument.Parameter(int index) -> "%p." + index;
      case Argument.Frame frame ->
          code.value(
              "getelementptr i8, ptr %arena, i64 "
                  + index(code, Index.of(frame.offset()), variables));
      case Argument.Weight(int index) -> {
        String word = code.value("getelementptr ptr, ptr %weights, i64 " + index);
        yield code.value("load ptr, ptr " + word + ", align 8");
      }
      case Argument.Rows(Argument buffer, long rowBytes, boolean inner) -> {
        String start = pointer(code, buffer, variables, null);
        if (place == null) {
          yield start;
        }
        String row = inner ? place.first() : place.row();
        String bytes = code.integer(Index.Kind.PRODUCT, row, code.integer(rowBytes));
        yield code.value("getelementptr i8, ptr " + start + ", i64 " + bytes);
      }
    };
  }

  private String index(LlvmCode code, Index index, Map<String, String> variables) {
    return new KernelNames(code, model, Map.of(), variables).index(index);
  }

  private void entry(TileProgram.Entry entry) {
    TileFunction function = program.function(entry.function());
    LlvmCode code = new LlvmCode(model.lanes(), shared);
    List<String> arguments = new ArrayList<>();
    int word = FrameWords.FIRST;
    for (String _ : function.symbols()) {
      arguments.add("i64 " + word(code, "i64", word++));
    }
    for (int i = 0; i < function.parameters(); i++) {
      arguments.add("ptr " + word(code, "ptr", word++));
    }
    String share = code.value("mul i64 %worker, " + word(code, "i64", FrameWords.SCRATCH_STRIDE));
    String scratch =
        code.value(
            "getelementptr i8, ptr " + word(code, "ptr", FrameWords.SCRATCH) + ", i64 " + share);
    String arena = word(code, "ptr", FrameWords.ARENA);
    String table = word(code, "ptr", FrameWords.WEIGHTS);
    String weights = code.value("getelementptr ptr, ptr " + table + ", i64 " + entry.weightBase());
    String fault = word(code, "ptr", FrameWords.FAULT);
    String barrier = word(code, "ptr", FrameWords.BARRIER);
    String yield = word(code, "ptr", FrameWords.YIELD);
    arguments.add(
        "ptr "
            + arena
            + ", ptr "
            + weights
            + ", ptr "
            + scratch
            + ", i64 %worker, i64 %workers, ptr "
            + fault);
    arguments.add("i64 0, ptr " + barrier + ", ptr " + yield);
    code.line("call void @mark(ptr " + barrier + ", i64 %worker)");
    code.line("call void @f." + function.name() + "(" + String.join(", ", arguments) + ")");
    String dll = machine.triple().contains("windows") ? "dllexport " : "";
    define(dll + "void @" + entry.symbol(), "ptr %frame, i64 %worker, i64 %workers", "#1", code);
  }

  private static String word(LlvmCode code, String type, int word) {
    String place = code.value("getelementptr i64, ptr %frame, i64 " + word);
    return code.value("load " + type + ", ptr " + place + ", align 8");
  }
}
