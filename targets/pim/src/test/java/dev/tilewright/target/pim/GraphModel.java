package dev.tilewright.target.pim;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Precision;
import dev.tilewright.Tensor;
import dev.tilewright.codegen.CompileOptions;
import dev.tilewright.codegen.PlanModule;
import dev.tilewright.codegen.Target;
import dev.tilewright.codegen.Trace;
import dev.tilewright.codegen.graph.GraphParser;
import dev.tilewright.op.TensorType;
import dev.tilewright.pim.device.Device;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.Tensors;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.ModelSchema.LibrarySchema;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/** A model out of the text of its graph, with random weights. */
record GraphModel(ModelSchema schema, String plan) {
  static GraphModel resource(String name) {
    return of(text(name));
  }

  static String text(String name) {
    try (InputStream in = GraphModel.class.getResourceAsStream("/" + name + ".graph")) {
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static GraphModel of(String graph) {
    CompileOptions options =
        CompileOptions.of(Target.ANY_PLATFORM).withPrecision(Precision.BFLOAT16);
    PlanModule module = new PimTarget().compile(GraphParser.parse(graph), options, Trace.NONE);
    LibrarySchema library =
        new LibrarySchema(
            "pim", Precision.BFLOAT16, Target.ANY_PLATFORM, "test.plan", List.of(), 0, "");
    return new GraphModel(
        new ModelSchema("test.Model", library, module.entries(), module.weights()), module.plan());
  }

  PimProgram load(Device device, Function<Ledger, MatrixUnit> unit) {
    return new PimProgram(schema, Plan.parse(plan), this::weight, Machine.of(device), unit);
  }

  /** The same for every word of the same tensor. */
  HostTensor weight(int word) {
    WeightRecipe recipe = schema.weights().get(word);
    TensorType type =
        recipe.steps().isEmpty()
            ? recipe.parts().getFirst().type()
            : recipe.steps().getLast().type();
    String name = recipe.parts().getFirst().name();
    Random random = new Random(name.hashCode());
    if (type.dtype() == DType.INT32) {
      return HostTensor.of(Tensors.of(1, 0, 3, 2));
    }
    float[] values = new float[(int) type.elements().value()];
    double size = type.rank() == 1 ? 0.25 : Math.sqrt(3.0 / type.dim(type.rank() - 1).value());
    for (int i = 0; i < values.length; i++) {
      values[i] =
          (name.endsWith("norm.weight") ? 1 : 0) + (float) (size * (2 * random.nextFloat() - 1));
    }
    Tensor floats = Tensors.floats(type.shape().stream().mapToLong(Dim::value).toArray(), values);
    return HostTensor.of(floats.cast(type.dtype()));
  }

  /** Calls the entry {@code next} with tokens behind others. */
  List<HostTensor> next(PimProgram program, PimSession session, int before, int... tokens) {
    int entry = schema.entries().stream().map(each -> each.name()).toList().indexOf("next");
    return program.call(
        entry,
        Map.of("S", (long) tokens.length, "context", (long) before + tokens.length),
        List.of(HostTensor.of(Tensors.of(new int[][] {tokens}))),
        session);
  }
}
