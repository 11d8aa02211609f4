package dev.tilewright.codegen.emit;

import dev.tilewright.Dim;
import dev.tilewright.codegen.KernelModule.Machine;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Extension;
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
import java.util.TreeMap;

/**
 * Writes a tile program as one freestanding translation unit in C with clang's vector extensions,
 * to be compiled without contraction of floating point. It computes the same bits as {@link
 * LlvmWriter}'s module.
 */
public final class CWriter {
  private static final String CONTEXT =
      "u8 *arena, void **weights, u8 *scratch, i64 worker, i64 workers, i64 *fault, i64 site, i64"
          + " *words, i32 (*yield)(void)";

  private final TileProgram program;
  private final MachineModel model;
  private final Machine machine;
  private final Aliases aliases;
  private final StringBuilder out = new StringBuilder();

  private CWriter(TileProgram program, MachineModel model, Machine machine) {
    this.program = program;
    this.model = model;
    this.machine = machine;
    this.aliases = new Aliases(program);
  }

  /**
   * The translation unit.
   *
   * @throws IllegalArgumentException if the program holds operations that ExpandNarrow or
   *     ExpandMath replaces
   */
  public static String write(TileProgram program, MachineModel model, Machine machine) {
    CWriter writer = new CWriter(program, model, machine);
    writer
        .out
        .append(comment(program.model()))
        .append(CPrelude.text(model.lanes(), hasBfloat16(machine)));
    new TreeMap<>(machine.intrinsics())
        .values()
        .forEach(intrinsic -> writer.out.append(intrinsic.cDefinition()));
    program.kernels().forEach(writer::kernel);
    program.functions().forEach(writer::function);
    program.entries().forEach(writer::entry);
    return writer.out.toString();
  }

  private static boolean hasBfloat16(Machine machine) {
    return machine.intrinsics().containsKey(Extension.DOT_BF16)
        || machine.intrinsics().containsKey(Extension.TO_BF16);
  }

  private static String comment(String text) {
    return "/* " + text.replace("*/", "* /") + " */\n";
  }

  private void kernel(Kernel kernel) {
    List<String> parameters = new ArrayList<>();
    Map<String, String> variables = new HashMap<>(Map.of("worker", "worker", "workers", "workers"));
    for (String symbol : kernel.symbols()) {
      parameters.add("i64 s_" + symbol);
      variables.put(symbol, "s_" + symbol);
    }
    Map<Buffer, String> buffers = new HashMap<>();
    for (int i = 0; i < kernel.parameters().size(); i++) {
      Buffer buffer = kernel.parameters().get(i);
      buffers.put(buffer, "b_" + buffer.name());
      String alone = aliases.isAlone(kernel, i) ? "restrict " : "";
      parameters.add(CPrelude.memory(buffer.dtype()) + " *" + alone + "b_" + buffer.name());
    }
    parameters.add("u8 *restrict scratch, i64 worker, i64 workers, i64 *restrict fault, i64 site");
    CCode code = new CCode(model.lanes(), machine.intrinsics());
    Dim offset = Dim.ZERO;
    for (Kernel.Scratch own : kernel.scratch()) {
      String type = CPrelude.memory(own.buffer().dtype()) + " *";
      String start =
          own.over()
              .map(buffers::get)
              .orElse("scratch + " + index(code, Index.of(offset), variables));
      buffers.put(own.buffer(), code.value(type, "(" + type + ")(" + start + ")"));
      offset = offset.plus(own.bytes());
    }
    new KernelWriter(new KernelNames(code, model, buffers, variables)).write(kernel.body());
    out.append(comment(kernel.comment()));
    define("KERNEL void k_" + kernel.name(), String.join(", ", parameters), code);
  }

  private void define(String head, String parameters, CCode code) {
    out.append(head)
        .append('(')
        .append(parameters)
        .append(") {\n")
        .append(code.body())
        .append("}\n\n");
  }

  private void function(TileFunction function) {
    List<String> parameters = new ArrayList<>();
    Map<String, String> variables = new HashMap<>();
    for (String symbol : function.symbols()) {
      parameters.add("i64 s_" + symbol);
      variables.put(symbol, "s_" + symbol);
    }
    for (int i = 0; i < function.parameters(); i++) {
      parameters.add("void *p" + i);
    }
    parameters.add(CONTEXT);
    CCode code = new CCode(model.lanes(), machine.intrinsics());
    for (Step step : function.steps()) {
      switch (step) {
        case Step.Run run -> together(code, run, variables);
        case Step.Blocks blocks -> blocks(code, blocks, variables);
        case Step.Call call -> {
          List<String> arguments = symbols(program.function(call.function()).symbols());
          call.arguments()
              .forEach(argument -> arguments.add(argument(code, argument, variables, null)));
          arguments.add("arena + " + index(code, Index.of(function.frameBytes()), variables));
          arguments.add("weights + " + call.weightBase() + ", scratch, worker, workers, fault");
          arguments.add("site + " + call.siteBase() + ", words, yield");
          code.line("f_" + call.function() + "(" + String.join(", ", arguments) + ");");
        }
      }
    }
    define(
        "static __attribute__((noinline)) void f_" + function.name(),
        String.join(", ", parameters),
        code);
  }

  /** A kernel by all workers, who meet behind it. */
  private void together(CCode code, Step.Run run, Map<String, String> variables) {
    run(code, run, variables, variables, null);
    code.line("barrier(words, workers, yield);");
    code.line("mark(words, worker);");
  }

  /**
   * @param symbols texts of the kernel's symbols
   * @param variables texts of the function's
   * @param place the rows at hand, or null for all of them by all workers
   */
  private void run(
      CCode code,
      Step.Run run,
      Map<String, String> symbols,
      Map<String, String> variables,
      BlockWriter.Place place) {
    List<String> arguments = new ArrayList<>();
    program.kernel(run.kernel()).symbols().forEach(symbol -> arguments.add(symbols.get(symbol)));
    run.arguments().forEach(argument -> arguments.add(argument(code, argument, variables, place)));
    arguments.add(place == null ? "scratch, worker, workers" : "scratch, 0, 1");
    arguments.add("fault, site");
    code.line("k_" + run.kernel() + "(" + String.join(", ", arguments) + ");");
  }

  private void blocks(CCode code, Step.Blocks blocks, Map<String, String> variables) {
    Map<String, String> symbols = new HashMap<>(variables);
    symbols.putAll(Map.of("worker", "worker", "workers", "workers"));
    BlockWriter.write(
        code,
        model,
        blocks,
        symbols,
        "words[" + LlvmTeam.CLOCK + "]",
        new BlockWriter.Calls() {
          @Override
          public void together(Step.Run run) {
            CWriter.this.together(code, run, variables);
          }

          @Override
          public void alone(Step.Run run, Map<String, String> own, BlockWriter.Place place) {
            run(code, run, own, variables, place);
          }

          @Override
          public void meet() {
            code.line("barrier(words, workers, yield);");
          }
        });
  }

  private static List<String> symbols(List<String> names) {
    List<String> all = new ArrayList<>();
    names.forEach(name -> all.add("s_" + name));
    return all;
  }

  private String argument(
      CCode code, Argument argument, Map<String, String> variables, BlockWriter.Place place) {
    return switch (argument) {
      case Argument.Parameter(int index) -> "p" + index;
      case Argument.Frame frame ->
          "(void *)(arena + " + index(code, Index.of(frame.offset()), variables) + ")";
      case Argument.Weight(int index) -> "weights[" + index + "]";
      case Argument.Rows(Argument buffer, long rowBytes, boolean inner) -> {
        String start = argument(code, buffer, variables, null);
        String row = place == null ? "" : inner ? place.first() : place.row();
        yield place == null
            ? start
            : "(void *)((u8 *)" + start + " + " + row + " * " + rowBytes + ")";
      }
    };
  }

  private String index(CCode code, Index index, Map<String, String> variables) {
    return new KernelNames(code, model, Map.of(), variables).index(index);
  }

  private void entry(TileProgram.Entry entry) {
    TileFunction function = program.function(entry.function());
    List<String> arguments = new ArrayList<>();
    int word = FrameWords.FIRST;
    for (int i = 0; i < function.symbols().size(); i++) {
      arguments.add(word(word++));
    }
    for (int i = 0; i < function.parameters(); i++) {
      arguments.add("(void *)" + word(word++));
    }
    arguments.add("(u8 *)" + word(FrameWords.ARENA));
    arguments.add("(void **)" + word(FrameWords.WEIGHTS) + " + " + entry.weightBase());
    arguments.add(
        "(u8 *)" + word(FrameWords.SCRATCH) + " + worker * " + word(FrameWords.SCRATCH_STRIDE));
    arguments.add("worker, workers, (i64 *)" + word(FrameWords.FAULT) + ", 0");
    arguments.add(
        "(i64 *)" + word(FrameWords.BARRIER) + ", (i32 (*)(void))" + word(FrameWords.YIELD));
    CCode code = new CCode(model.lanes(), machine.intrinsics());
    code.line("mark((i64 *)" + word(FrameWords.BARRIER) + ", worker);");
    code.line("f_" + function.name() + "(" + String.join(", ", arguments) + ");");
    String visible = "__attribute__((visibility(\"default\"))) void ";
    define(visible + entry.symbol(), "i64 *frame, i64 worker, i64 workers", code);
  }

  private static String word(int word) {
    return "frame[" + word + "]";
  }
}
