package dev.tilewright.processor;

import dev.tilewright.Dim;
import dev.tilewright.codegen.CompileOptions;
import dev.tilewright.codegen.KernelModule;
import dev.tilewright.codegen.Platform;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.UnsupportedProgramException;
import dev.tilewright.codegen.cost.TileSize;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Op;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.op.Primitive;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.ModelSchema.Parameter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A target that compiles nothing, and refuses the error function. */
record FakeTarget(String name) implements Target {
  /** The one product that every program has. */
  static final String PRODUCT = "f32 x f32, rows 8, columns 64, depth 64";

  @Override
  public String description() {
    return "for tests";
  }

  @Override
  public List<String> platforms() {
    return Arrays.stream(Platform.values()).map(Platform::id).toList();
  }

  @Override
  public List<String> cpuFeatures() {
    return List.of();
  }

  @Override
  public int rank() {
    return 1;
  }

  @Override
  public KernelModule compile(Program program, CompileOptions options, Trace trace) {
    for (Function function : program.functions()) {
      for (Node node : function.nodes()) {
        if (node.op() instanceof Op.Apply(Primitive.Unary(Primitive.UnaryKind kind))
            && kind == Primitive.UnaryKind.ERF) {
          throw new UnsupportedProgramException("there is no error function", node.origin());
        }
      }
    }
    trace.choose(choice(options));
    List<EntrySchema> entries =
        program.entries().stream().map(entry -> entry(program, entry)).toList();
    return new KernelModule(
        "source",
        KernelModule.Language.LLVM,
        new KernelModule.Machine("x86_64-unknown-linux-gnu", "e", "x86-64", List.of()),
        entries,
        List.of());
  }

  private Trace.Choice choice(CompileOptions options) {
    Map<TileSize, Double> sizes = new LinkedHashMap<>();
    sizes.put(new TileSize(8, 48), 1000.0);
    sizes.put(new TileSize(4, 96), 1100.0);
    Optional<TileSize> tuned = options.tuning().size(name, PRODUCT);
    return new Trace.Choice(
        "product", PRODUCT, sizes, tuned.orElse(new TileSize(8, 48)), tuned.isPresent());
  }

  private EntrySchema entry(Program program, Program.EntryPoint entry) {
    Function function = program.function(entry.function());
    return new EntrySchema(
        entry.name(),
        name + "_" + entry.name(),
        function.symbols(),
        function.inputs().stream()
            .map(input -> new Parameter(((Op.Input) input.op()).name(), input.type()))
            .toList(),
        function.results().stream().map(Node::type).toList(),
        function.symbols().stream().map(Dim::symbol).reduce(Dim.of(64), Dim::times),
        Dim.of(128),
        List.of(),
        List.of(),
        List.of());
  }
}
