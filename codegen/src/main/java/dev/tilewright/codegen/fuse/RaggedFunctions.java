package dev.tilewright.codegen.fuse;

import dev.tilewright.DType;
import dev.tilewright.State;
import dev.tilewright.codegen.UnsupportedProgramException;
import dev.tilewright.codegen.fuse.RegionFunction.Buffer;
import dev.tilewright.codegen.fuse.RegionFunction.Site;
import dev.tilewright.codegen.fuse.RegionFunction.Source;
import dev.tilewright.codegen.fuse.RegionFunction.Step;
import dev.tilewright.codegen.graph.Origin;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.op.TensorType;
import dev.tilewright.schema.RaggedAxes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The forms of functions that entries need: dense, ragged, or both. A ragged form is made of the
 * dense one, region by region ({@link RaggedRegions}); it has the table of lengths as its last
 * input and hands it on to what it calls.
 */
final class RaggedFunctions {
  private static final String TABLE = "lengths";

  private final Map<String, RegionFunction> dense = new HashMap<>();
  private final UnaryOperator<String> refusals;
  private final Set<Form> needed = new LinkedHashSet<>();

  /** A function, and what of it is ragged. */
  private record Form(String function, Optional<RaggedAxes> ragged) {}

  private RaggedFunctions(List<RegionFunction> functions, UnaryOperator<String> refusals) {
    functions.forEach(function -> dense.put(function.name(), function));
    this.refusals = refusals;
  }

  /**
   * The forms that the program's entries need, callees before callers.
   *
   * @param functions the dense forms, in the program's order
   * @param refusals for a function's name why attention in it was not streamed, or an empty text
   * @throws UnsupportedProgramException if something cannot be ragged
   */
  static List<RegionFunction> of(
      Program program, List<RegionFunction> functions, UnaryOperator<String> refusals) {
    if (program.entries().stream().noneMatch(entry -> entry.ragged().isPresent())) {
      return functions;
    }
    RaggedFunctions all = new RaggedFunctions(functions, refusals);
    for (Program.EntryPoint entry : program.entries()) {
      entry.ragged().ifPresent(ragged -> all.check(entry, ragged));
      all.need(new Form(entry.function(), entry.ragged()));
    }
    List<RegionFunction> forms = new ArrayList<>();
    for (RegionFunction function : functions) {
      for (Form form : all.needed) {
        if (form.function().equals(function.name())) {
          forms.add(form.ragged().map(ragged -> all.pack(function, ragged)).orElse(function));
        }
      }
    }
    return forms;
  }

  /** The name of a function's form. */
  static String nameOf(String function, Optional<RaggedAxes> ragged) {
    return ragged
        .map(axes -> function + "_ragged_" + axes.batch() + "_" + axes.length())
        .orElse(function);
  }

  private void check(Program.EntryPoint entry, RaggedAxes ragged) {
    RegionFunction function = dense.get(entry.function());
    List<String> names = new ArrayList<>(function.inputs());
    names.addAll(function.results());
    for (String name : names) {
      Buffer buffer = function.buffer(name);
      String fault = ragged.fault(buffer.type().shape(), buffer.source() instanceof Source.Result);
      if (fault != null) {
        throw new UnsupportedProgramException(
            ragged.length()
                + " is ragged over "
                + ragged.batch()
                + ", but "
                + buffer.type()
                + " of the entry "
                + entry.name()
                + " "
                + fault,
            writer(function, name));
      }
    }
  }

  private void need(Form form) {
    if (needed.add(form)) {
      for (Step step : dense.get(form.function()).steps()) {
        if (step instanceof Step.Call call) {
          need(new Form(call.function(), form.ragged()));
        }
      }
    }
  }

  private RegionFunction pack(RegionFunction function, RaggedAxes ragged) {
    Map<String, PackedLayout> layouts = new HashMap<>();
    for (Buffer buffer : function.buffers()) {
      layouts.put(buffer.name(), layout(function, buffer, ragged));
    }
    String table = freshName(function);
    RaggedRegions regions = new RaggedRegions(ragged, function, layouts);
    List<Step> steps = new ArrayList<>();
    for (Step step : function.steps()) {
      steps.add(
          switch (step) {
            case Step.Run(Region region) -> new Step.Run(regions.pack(region));
            case Step.Call call -> {
              List<String> arguments = new ArrayList<>(call.arguments());
              arguments.add(table);
              yield new Step.Call(
                  nameOf(call.function(), Optional.of(ragged)),
                  call.weightPrefix(),
                  arguments,
                  call.results(),
                  call.origin());
            }
          });
    }
    boolean sessions = function.symbols().contains(State.CONTEXT);
    List<Buffer> buffers = new ArrayList<>(function.buffers());
    buffers.add(
        new Buffer(
            table,
            new TensorType(DType.INT32, List.of(ragged.tableWords(sessions))),
            new Source.Input()));
    List<String> inputs = new ArrayList<>(function.inputs());
    inputs.add(table);
    Set<String> symbols = new LinkedHashSet<>(function.symbols());
    symbols.addAll(List.of(ragged.batch(), ragged.length()));
    symbols.addAll(ragged.total().symbols());
    List<Site> sites = new ArrayList<>(function.sites());
    sites.add(new Site(ragged.total().plus(1), Origin.NONE));
    return new RegionFunction(
        nameOf(function.name(), Optional.of(ragged)),
        List.copyOf(symbols),
        buffers,
        inputs,
        function.results(),
        steps,
        sites,
        function.limits(),
        function.demands(),
        Optional.of(ragged));
  }

  private PackedLayout layout(RegionFunction function, Buffer buffer, RaggedAxes ragged) {
    try {
      PackedLayout layout = PackedLayout.of(buffer.type().shape(), ragged);
      return switch (buffer.source()) {
        case Source.State state -> ofSession(state, buffer, layout, ragged);
        case Source.Input _, Source.Weight _, Source.Result _, Source.Temporary _ -> layout;
      };
    } catch (Illegal e) {
      String streaming = refusals.apply(function.name());
      throw new UnsupportedProgramException(
          ragged.length()
              + " is ragged over "
              + ragged.batch()
              + ", so "
              + buffer.type()
              + " cannot be held in memory: "
              + e.getMessage()
              + (streaming.isEmpty()
                  ? ""
                  : " (attention was not streamed, because " + streaming + ")"),
          writer(function, buffer.name()));
    }
  }

  private static PackedLayout ofSession(
      Source.State state, Buffer buffer, PackedLayout layout, RaggedAxes ragged) {
    if (layout.kind() != PackedLayout.Kind.PACKED) {
      throw new UnsupportedProgramException(
          ragged.length()
              + " is ragged over "
              + ragged.batch()
              + ", so each sequence goes on in a session of its own, but what is appended to the"
              + " state '"
              + state.name()
              + "' has no axis "
              + ragged.batch()
              + ": all of it is "
              + buffer.type(),
          state.origin());
    }
    return new PackedLayout(PackedLayout.Kind.SESSION, layout.stride());
  }

  private static Origin writer(RegionFunction function, String buffer) {
    for (Step step : function.steps()) {
      switch (step) {
        case Step.Run(Region region) -> {
          if (region.outputs().stream().anyMatch(output -> output.buffer().equals(buffer))) {
            return region.origin();
          }
        }
        case Step.Call call -> {
          if (call.results().contains(buffer)) {
            return call.origin();
          }
        }
      }
    }
    return Origin.NONE;
  }

  private static String freshName(RegionFunction function) {
    String name = TABLE;
    while (isTaken(function, name)) {
      name += "_";
    }
    return name;
  }

  private static boolean isTaken(RegionFunction function, String name) {
    return function.buffers().stream().anyMatch(buffer -> buffer.name().equals(name));
  }
}
