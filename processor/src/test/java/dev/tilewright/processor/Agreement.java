package dev.tilewright.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.CompiledModel;
import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.graph.Function;
import dev.tilewright.codegen.graph.GraphInterpreter;
import dev.tilewright.codegen.graph.GraphVerifier;
import dev.tilewright.codegen.graph.Node;
import dev.tilewright.codegen.graph.Op;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.Batch;
import dev.tilewright.runtime.Session;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.runtime.Tilewright;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.Weights;
import dev.tilewright.runtime.eager.EagerEvaluator;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A model gives the same bits from its program as from the Java that it is written in. */
final class Agreement {
  private final Path classes;
  private final Map<String, Tensor> weights = new HashMap<>();
  private final Random random = new Random(1);

  /**
   * @param classes an empty folder
   */
  Agreement(Path classes) {
    this.classes = classes;
  }

  /**
   * Compares every entry of the model.
   *
   * @param extents the values of its symbols
   * @return the program
   */
  Program check(String model, Map<String, Long> extents, String... sources) throws Exception {
    Program program = ProgramReader.read(sources);
    GraphVerifier.verify(program);
    for (Program.EntryPoint entry : program.entries()) {
      collect(program, entry.function(), "");
    }
    Held held = new Held();
    GraphInterpreter interpreter =
        new GraphInterpreter(
            program, EagerEvaluator.INSTANCE, (name, type) -> weights.get(name), held);
    try (URLClassLoader loader = compile(sources);
        CompiledModel eager = eager(loader.loadClass(model))) {
      for (Program.EntryPoint entry : program.entries()) {
        Function function = program.function(entry.function());
        if (function.session()) {
          held.rows.clear();
          checkSession(interpreter, function, eager, entry, extents);
          continue;
        }
        List<Tensor> inputs =
            function.inputs().stream().map(input -> random(input.type(), extents)).toList();
        List<Tensor> fromGraph = interpreter.run(entry.function(), inputs);
        List<Tensor> fromJava = call(eager, entry.name(), inputs);
        assertThat(fromGraph).as(entry.name()).hasSameSizeAs(fromJava);
        for (int i = 0; i < fromGraph.size(); i++) {
          assertSame(entry.name(), fromGraph.get(i), fromJava.get(i));
        }
      }
    }
    return program;
  }

  /** Three calls of one session, or of one for each sequence of a batch. */
  private void checkSession(
      GraphInterpreter interpreter,
      Function function,
      CompiledModel eager,
      Program.EntryPoint entry,
      Map<String, Long> extents)
      throws Exception {
    long count = entry.ragged().map(axes -> extents.get(axes.batch())).orElse(1L);
    List<Session<CompiledModel>> sessions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sessions.add(Session.open(eager));
    }
    try {
      CompiledModel model =
          entry.ragged().isPresent() ? Batch.of(eager).with(sessions) : sessions.getFirst().model();
      for (int call = 0; call < 3; call++) {
        List<Tensor> inputs =
            function.inputs().stream().map(input -> random(input.type(), extents)).toList();
        List<Tensor> fromGraph = interpreter.run(function.name(), inputs);
        List<Tensor> fromJava = call(model, entry.name(), inputs);
        for (int i = 0; i < fromGraph.size(); i++) {
          assertSame(entry.name(), fromGraph.get(i), fromJava.get(i));
        }
      }
    } finally {
      sessions.forEach(Session::close);
    }
  }

  /** States of a session of graphs. */
  private static final class Held implements GraphInterpreter.States {
    private final Map<String, Tensor> rows = new HashMap<>();

    @Override
    public long before() {
      return rows.values().stream().mapToLong(state -> state.dim(1).value()).max().orElse(0);
    }

    @Override
    public Tensor read(String name, int window, TensorType type) {
      Tensor before = rows.get(name);
      return before == null
          ? Tensors.zeros(type.dtype(), type.shape().stream().mapToLong(Dim::value).toArray())
          : EagerEvaluator.INSTANCE.apply(
              new Primitive.Pad(1, Dim.ZERO, type.dim(1).minus(before.dim(1)), 0), before);
    }

    @Override
    public void write(String name, Tensor state) {
      rows.put(name, state);
    }
  }

  private static void assertSame(String entry, Tensor graph, Tensor java) {
    assertThat(graph.type()).as(entry).isEqualTo(java.type());
    if (java.dtype() == DType.FLOAT32) {
      assertThat(graph.toFloats()).as(entry).containsExactly(java.toFloats());
    } else {
      assertThat(graph.toInts()).as(entry).containsExactly(java.toInts());
    }
  }

  private void collect(Program program, String function, String prefix) {
    for (Node node : program.function(function).nodes()) {
      if (node.op() instanceof Op.Weight(String name)) {
        weights.computeIfAbsent(prefix + name, _ -> random(node.type(), Map.of()));
      } else if (node.op() instanceof Op.Call(String callee, String more)) {
        collect(program, callee, prefix + more);
      }
    }
  }

  private Tensor random(TensorType type, Map<String, Long> extents) {
    long[] shape = type.shape().stream().mapToLong(dim -> dim.evaluate(extents::get)).toArray();
    int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return switch (type.dtype()) {
      case FLOAT32 -> {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
          values[i] = (float) random.nextGaussian();
        }
        yield Tensors.floats(shape, values);
      }
      case INT32 -> Tensors.ints(shape, random.ints(count, 0, 3).toArray());
      case BFLOAT16, INT8, UINT8 -> Tensors.zeros(type.dtype(), shape);
      case BOOL -> {
        boolean[] values = new boolean[count];
        for (int i = 0; i < count; i++) {
          values[i] = random.nextBoolean();
        }
        yield Tensors.bools(shape, values);
      }
    };
  }

  private CompiledModel eager(Class<?> model) {
    Map<String, WeightTensor> tensors = new HashMap<>();
    weights.forEach(
        (name, tensor) ->
            tensors.put(
                name,
                WeightTensor.of(
                    name,
                    tensor.toFloats(),
                    tensor.shape().stream().mapToLong(Dim::value).toArray())));
    return Tilewright.eager(model.asSubclass(CompiledModel.class), Weights.of(tensors));
  }

  private static List<Tensor> call(Object model, String entry, List<Tensor> inputs)
      throws ReflectiveOperationException {
    Method method =
        Arrays.stream(model.getClass().getInterfaces()[0].getMethods())
            .filter(candidate -> candidate.getName().equals(entry))
            .findFirst()
            .orElseThrow();
    Object result = method.invoke(model, inputs.toArray());
    if (result instanceof Tensor tensor) {
      return List.of(tensor);
    }
    List<Tensor> components = new ArrayList<>();
    for (RecordComponent component : result.getClass().getRecordComponents()) {
      components.add((Tensor) component.getAccessor().invoke(result));
    }
    return components;
  }

  private URLClassLoader compile(String... sources) throws IOException {
    List<JavaFileObject> files = new ArrayList<>();
    for (String source : sources) {
      String name =
          source.replaceAll("(?s).*?\\bpublic (?:interface|final class|record) (\\w+).*", "$1");
      files.add(
          new SimpleJavaFileObject(
              URI.create("memory:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
              return source;
            }
          });
    }
    List<String> options = List.of("-d", classes.toString(), "-proc:none");
    boolean fine =
        ToolProvider.getSystemJavaCompiler().getTask(null, null, null, options, null, files).call();
    assertThat(fine).as("javac compiles the model").isTrue();
    return new URLClassLoader(
        new URL[] {classes.toUri().toURL()}, Agreement.class.getClassLoader());
  }
}
