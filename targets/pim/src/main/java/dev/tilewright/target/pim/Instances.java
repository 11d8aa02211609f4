package dev.tilewright.target.pim;

import dev.tilewright.DType;
import dev.tilewright.codegen.UnsupportedProgramException;
import dev.tilewright.codegen.fuse.Fuser;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.fuse.RegionFunction.Source;
import dev.tilewright.codegen.graph.Origin;
import dev.tilewright.codegen.graph.Program;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.ModelSchema.Part;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import dev.tilewright.schema.ModelSchema.WeightStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A plan's functions under the prefixes that they are called with: which weights there are, which
 * of them are matrices in memory, and which states are caches there.
 */
final class Instances {
  /** A function under a prefix. */
  record Instance(RegionFunction function, String prefix) {}

  /** A matrix of a region: the word of the weight table, and how it is read. */
  record Matrix(int word, List<Integer> outputs, List<Integer> depth) {}

  /**
   * A pair of states in memory.
   *
   * @param keys the state's full name
   */
  record Cache(String keys, String values, CacheUse use) {}

  /** All rows of a state. */
  record Rows(DType dtype, int elements) {
    static Rows of(RegionFunction.Buffer buffer, Source.State state) {
      long row =
          CacheUse.rowElements(buffer)
              .orElseThrow(
                  () ->
                      new UnsupportedProgramException(
                          "the rows of the state '%s' have no fixed length".formatted(state.name()),
                          state.origin()));
      return new Rows(buffer.type().dtype(), Math.toIntExact(row * state.capacity()));
    }
  }

  private record WeightKey(List<String> names, List<WeightStep> steps) {}

  private final Plan plan;
  private final List<Instance> instances = new ArrayList<>();
  private final Map<WeightKey, Integer> numbers = new LinkedHashMap<>();
  private final List<WeightRecipe> recipes = new ArrayList<>();
  private final List<Origin> origins = new ArrayList<>();
  private final Map<Matrix, String> matrices = new LinkedHashMap<>();
  private final Map<String, Cache> caches = new LinkedHashMap<>();
  private final Map<String, Origin> states = new LinkedHashMap<>();
  private final Map<String, Rows> hostStates = new LinkedHashMap<>();
  private final Map<String, Boolean> kept = new HashMap<>();

  Instances(Plan plan) {
    this.plan = plan;
    for (Program.EntryPoint entry : plan.program().entries()) {
      add(new Instance(plan.function(Fuser.function(entry)), ""));
    }
  }

  private void add(Instance instance) {
    if (instances.contains(instance)) {
      return;
    }
    instances.add(instance);
    Set<String> inMemory = new HashSet<>();
    RegionFunction function = instance.function();
    for (RegionFunction.Buffer buffer : function.buffers()) {
      if (buffer.source() instanceof Source.Weight weight) {
        word(instance, weight);
      } else if (buffer.source() instanceof Source.State state) {
        if (state.window() > 0) {
          throw new UnsupportedProgramException(
              "memory keeps the rows of the state '%s' where they are and forgets none; declare it without a window"
                  .formatted(state.name()),
              state.origin());
        }
        states.putIfAbsent(instance.prefix() + state.name(), state.origin());
      }
    }
    for (RegionFunction.Step step : function.steps()) {
      switch (step) {
        case RegionFunction.Step.Run(Region region) -> {
          if (plan.place(function, region).inMemory()) {
            switch (region) {
              case Region.Contraction product ->
                  matrices.putIfAbsent(matrix(instance, product), region.name());
              case Region.Streamed stream -> {
                Cache cache = cache(instance, stream);
                inMemory.addAll(List.of(cache.keys(), cache.values()));
                demandSame(caches.putIfAbsent(cache.keys(), cache), cache, stream.origin());
              }
              case Region.Pointwise _, Region.RowReduction _ -> {}
            }
          }
        }
        case RegionFunction.Step.Call call ->
            add(
                new Instance(
                    plan.function(call.function()), instance.prefix() + call.weightPrefix()));
      }
    }
    for (RegionFunction.Buffer buffer : function.buffers()) {
      if (buffer.source() instanceof Source.State state) {
        String name = instance.prefix() + state.name();
        boolean here = inMemory.contains(name);
        if (!here) {
          hostStates.put(name, Rows.of(buffer, state));
        }
        Boolean before = kept.putIfAbsent(name, here);
        if (before != null && before != here) {
          throw new UnsupportedProgramException(
              "the state '%s' is read by attention in memory in one entry, and otherwise in another; compute alike what reads it in both"
                  .formatted(name),
              state.origin());
        }
      }
    }
  }

  private static void demandSame(Cache before, Cache cache, Origin origin) {
    if (before != null
        && !(before.values().equals(cache.values())
            && before.use().size().equals(cache.use().size()))) {
      throw new UnsupportedProgramException(
          "the keys '%s' go with the values '%s' here and with '%s' elsewhere; memory keeps them in pairs"
              .formatted(cache.keys(), cache.values(), before.values()),
          origin);
    }
  }

  /** The number of a weight in the table. */
  int word(Instance instance, Source.Weight weight) {
    List<Part> parts =
        weight.parts().stream()
            .map(
                part -> new Part(instance.prefix() + part.name(), part.type(), text(part.origin())))
            .toList();
    WeightKey key = new WeightKey(parts.stream().map(Part::name).toList(), weight.steps());
    return numbers.computeIfAbsent(
        key,
        _ -> {
          recipes.add(new WeightRecipe(new Layout.Plain(), parts, weight.steps()));
          origins.add(weight.parts().getFirst().origin());
          return recipes.size() - 1;
        });
  }

  static String text(Origin origin) {
    return (origin + " " + origin.text()).replaceAll("\\s+", " ").strip();
  }

  /** The matrix of a product that runs in memory. */
  Matrix matrix(Instance instance, Region.Contraction product) {
    MatrixUse use = MatrixUse.of(product, instance.function()).orElseThrow();
    Source.Weight weight =
        (Source.Weight) instance.function().buffer(use.weight().buffer()).source();
    return new Matrix(
        word(instance, weight), boxed(use.outputOffsets()), boxed(use.depthOffsets()));
  }

  private static List<Integer> boxed(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  /** The caches of attention that runs in memory. */
  Cache cache(Instance instance, Region.Streamed stream) {
    CacheUse use = CacheUse.of(stream, instance.function()).orElseThrow();
    return new Cache(state(instance, use.keys()), state(instance, use.values()), use);
  }

  private static String state(Instance instance, String buffer) {
    return instance.prefix() + ((Source.State) instance.function().buffer(buffer).source()).name();
  }

  List<Instance> all() {
    return instances;
  }

  /** The states that the host keeps, by full names. */
  Map<String, Rows> hostStates() {
    return hostStates;
  }

  /** The weight table. */
  List<WeightRecipe> recipes() {
    return recipes;
  }

  /** The matrices in memory, by the name of the first region that uses each. */
  Map<Matrix, String> matrices() {
    return matrices;
  }

  /** The caches in memory, by the full name of the keys' state. */
  Map<String, Cache> caches() {
    return caches;
  }

  /** Where a word of the weight table was declared. */
  Origin weightOrigin(int word) {
    return origins.get(word);
  }

  Origin stateOrigin(String name) {
    return states.get(name);
  }
}
