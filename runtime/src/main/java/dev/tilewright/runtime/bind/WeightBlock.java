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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * A model's weights in native memory as its kernels want them, independent of the source that they
 * came from.
 *
 * @param plan where each weight lies
 * @param table the address of each weight, in the order of the schema
 * @param memory what the weights take
 * @param image the file that they were read from as they are here, if they were
 * @param arena owns all of it
 */
public record WeightBlock(
    WeightPlan plan, MemorySegment table, MemorySegment memory, Optional<Path> image, Arena arena) {
  /** Elements that a job copies. */
  private static final long CHUNK = 1 << 18;

  /**
   * Reads and packs all weights, those that are the same bytes once.
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
    SharedWeights shared = SharedWeights.of(recipes);
    WeightPlan plan = WeightPlan.of(recipes, shared);
    MemorySegment block = Libc.allocate(Math.max(WeightPlan.LINE, plan.bytes()), arena);
    List<Runnable> jobs = new ArrayList<>();
    jobs.add(besides);
    SequencedMap<List<Part>, List<Placed>> expressions = new LinkedHashMap<>();
    for (int owner : shared.owners()) {
      WeightRecipe recipe = recipes.get(owner);
      MemorySegment out = block.asSlice(plan.offsets()[owner], WeightPlan.bytes(recipe));
      List<Part> parts = recipe.parts();
      if (recipe.steps().isEmpty()) {
        addJobs(recipe, PreparedWeights.of(recipe, tensors), out, jobs);
      } else {
        expressions.computeIfAbsent(parts, _ -> new ArrayList<>()).add(new Placed(recipe, out));
      }
    }
    expressions.forEach((parts, placed) -> jobs.add(() -> prepare(parts, placed, tensors)));
    Crew.run(jobs, anyThread);
    return at(plan, block.asSlice(0, plan.bytes()), Optional.empty(), arena);
  }

  /** A recipe and where its weight goes. */
  private record Placed(WeightRecipe recipe, MemorySegment out) {}

  /**
   * Recipes over the same parts, whose values are forgotten as soon as they are laid out: all at
   * once would be a multiple of the file.
   */
  private static void prepare(
      List<Part> parts, List<Placed> placed, Map<String, WeightTensor> tensors) {
    PreparedWeights values = new PreparedWeights(parts, tensors);
    for (Placed each : placed) {
      List<Runnable> jobs = new ArrayList<>();
      addJobs(each.recipe(), values.evaluate(each.recipe()), each.out(), jobs);
      jobs.forEach(Runnable::run);
    }
  }

  /** Weights that lie as planned. */
  static WeightBlock at(WeightPlan plan, MemorySegment memory, Optional<Path> image, Arena arena) {
    long[] addresses = new long[plan.offsets().length + 1];
    for (int i = 0; i < plan.offsets().length; i++) {
      addresses[i] = memory.address() + plan.offsets()[i];
    }
    MemorySegment table = arena.allocate(JAVA_LONG, addresses.length);
    Words.write(table, 0, addresses);
    return new WeightBlock(plan, table, memory, image, arena);
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

  static List<RequiredWeight> required(List<WeightRecipe> recipes) {
    Map<String, RequiredWeight> byName = new LinkedHashMap<>();
    for (WeightRecipe recipe : recipes) {
      if (recipe.layout() instanceof Layout.Session) {
        continue;
      }
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

  private static void addJobs(
      WeightRecipe recipe, List<WeightTensor> parts, MemorySegment out, List<Runnable> jobs) {
    switch (recipe.layout()) {
      case Layout.Plain _ -> {
        long at = 0;
        for (int i = 0; i < parts.size(); i++) {
          TensorType type = WeightPlan.types(recipe).get(i);
          long bytes = WeightPlan.bytes(type);
          addPlain(type, parts.get(i), out.asSlice(at, bytes), jobs);
          at += bytes;
        }
      }
      case Layout.Panels panels -> jobs.add(() -> PanelPacking.pack(panels, parts, out));
      case Layout.QuantPanels quants -> jobs.add(() -> QuantPacking.pack(quants, parts, out));
      case Layout.ScalePanels scales -> jobs.add(() -> ScalePacking.pack(scales, parts, out));
      case Layout.Session _ -> {}
    }
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
}
