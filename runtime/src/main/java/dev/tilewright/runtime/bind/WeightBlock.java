package dev.tilewright.runtime.bind;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.DamagedModelException;
import dev.tilewright.runtime.RequiredWeight;
import dev.tilewright.runtime.WeightMatcher;
import dev.tilewright.runtime.WeightTensor;
import dev.tilewright.runtime.WeightType;
import dev.tilewright.runtime.Weights;
import dev.tilewright.runtime.eager.WeightElements;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.ModelSchema.Part;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A model's weights in native memory as its kernels want them, independent of the source that they
 * came from.
 *
 * @param table the address of each weight, in the order of the schema
 * @param memory what they take
 */
public record WeightBlock(MemorySegment table, MemorySegment memory) {
  private static final long LINE = 64;

  /** Elements that a job copies. */
  private static final long CHUNK = 1 << 18;

  /**
   * Reads and packs all weights.
   *
   * @param arena owns the memory
   * @param strict whether weights that no recipe wants are refused
   * @param besides what else is to be done meanwhile
   * @throws dev.tilewright.runtime.WeightMismatchException if some are missing or do not fit
   */
  static WeightBlock prepare(
      List<WeightRecipe> recipes, Weights source, boolean strict, Arena arena, Runnable besides) {
    List<RequiredWeight> required = required(recipes);
    SequencedMap<String, WeightTensor> tensors =
        (strict
                ? WeightMatcher.matchExactly(source, required)
                : WeightMatcher.match(source, required))
            .tensors();
    boolean anyThread = anyThreadReads(tensors.values());
    List<List<WeightTensor>> parts = PreparedWeights.of(recipes, tensors, anyThread);
    long[] offsets = new long[recipes.size() + 1];
    for (int i = 0; i < recipes.size(); i++) {
      offsets[i + 1] = Math.addExact(offsets[i], roundUp(bytes(recipes.get(i), parts.get(i))));
    }
    MemorySegment block = Libc.allocate(Math.max(LINE, offsets[recipes.size()]), arena);
    long[] addresses = new long[recipes.size() + 1];
    List<Runnable> jobs = new ArrayList<>();
    jobs.add(besides);
    for (int i = 0; i < recipes.size(); i++) {
      addresses[i] = block.address() + offsets[i];
      MemorySegment out = block.asSlice(offsets[i], offsets[i + 1] - offsets[i]);
      addJobs(recipes.get(i), parts.get(i), out, jobs);
    }
    Crew.run(jobs, anyThread);
    MemorySegment table = arena.allocate(JAVA_LONG, addresses.length);
    Words.write(table, 0, addresses);
    return new WeightBlock(table, block);
  }

  /** Weights that a user gave may belong to the thread that loads. */
  private static boolean anyThreadReads(Collection<WeightTensor> tensors) {
    Thread another = new Thread();
    for (WeightTensor tensor : tensors) {
      if (!tensor.data().isAccessibleBy(another)) {
        return false;
      }
    }
    return true;
  }

  private static List<RequiredWeight> required(List<WeightRecipe> recipes) {
    Map<String, RequiredWeight> byName = new LinkedHashMap<>();
    for (WeightRecipe recipe : recipes) {
      for (Part part : recipe.parts()) {
        WeightType type = WeightType.of(part.type().dtype());
        List<Long> shape = new ArrayList<>();
        for (Dim dim : part.type().shape()) {
          shape.add(dim.value());
        }
        RequiredWeight weight = new RequiredWeight(part.name(), type, shape, part.where());
        RequiredWeight before = byName.putIfAbsent(part.name(), weight);
        if (before != null && !(before.shape().equals(shape) && before.type() == type)) {
          throw new DamagedModelException(
              "the weight " + part.name() + " is declared as " + before + " and as " + weight);
        }
      }
    }
    return List.copyOf(byName.values());
  }

  private static long bytes(WeightRecipe recipe, List<WeightTensor> parts) {
    return switch (recipe.layout()) {
      case Layout.Plain _ -> {
        long sum = 0;
        for (TensorType type : types(recipe)) {
          sum = Math.addExact(sum, bytes(type));
        }
        yield sum;
      }
      case Layout.Panels panels -> PanelPacking.bytes(panels, parts);
    };
  }

  private static void addJobs(
      WeightRecipe recipe, List<WeightTensor> parts, MemorySegment out, List<Runnable> jobs) {
    switch (recipe.layout()) {
      case Layout.Plain _ -> {
        long at = 0;
        for (int i = 0; i < parts.size(); i++) {
          TensorType type = types(recipe).get(i);
          long bytes = bytes(type);
          addPlain(type, parts.get(i), out.asSlice(at, bytes), jobs);
          at += bytes;
        }
      }
      case Layout.Panels panels -> jobs.add(() -> PanelPacking.pack(panels, parts, out));
    }
  }

  /** The types of what is laid out: of the expression's value, or of each part. */
  private static List<TensorType> types(WeightRecipe recipe) {
    if (!recipe.steps().isEmpty()) {
      return List.of(recipe.steps().getLast().type());
    }
    List<TensorType> types = new ArrayList<>();
    for (Part part : recipe.parts()) {
      types.add(part.type());
    }
    return types;
  }

  private static long bytes(TensorType type) {
    long bytes = type.dtype().bytes();
    for (Dim dim : type.shape()) {
      bytes = Math.multiplyExact(bytes, dim.value());
    }
    return bytes;
  }

  /** Large tables are cut, so that all threads have as much to do. */
  private static void addPlain(
      TensorType type, WeightTensor weight, MemorySegment out, List<Runnable> jobs) {
    if (type.dtype() != DType.FLOAT32) {
      jobs.add(() -> out.copyFrom(PreparedWeights.memory(WeightElements.read(weight, type))));
    } else if (!weight.isRowMajor()) {
      jobs.add(() -> weight.copyTo(out));
    } else {
      for (long start = 0; start < weight.size(); start += CHUNK) {
        long first = start;
        long count = Math.min(CHUNK, weight.size() - first);
        MemorySegment target = out.asSlice(Float.BYTES * first, Float.BYTES * count);
        jobs.add(() -> weight.range(first, count).copyTo(target));
      }
    }
  }

  private static long roundUp(long bytes) {
    return Math.addExact(bytes, LINE - 1) & -LINE;
  }
}
