package dev.tilewright.tests.level;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.tilewright.DType;
import dev.tilewright.Tensor;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.WeightSource;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.eager.EagerEvaluator;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import dev.tilewright.schema.ModelSchema.WeightStep;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Computes weights and lays them out as recipes say, in the plainest way; states, too. */
final class WeightTable {
  private WeightTable() {}

  static List<MemorySegment> of(
      List<WeightRecipe> recipes,
      WeightSource weights,
      Map<String, Long> sizes,
      SegmentAllocator arena) {
    return recipes.stream()
        .map(
            recipe ->
                switch (recipe.layout()) {
                  case Layout.Plain _ -> plain(parts(recipe, weights), arena);
                  case Layout.Panels panels -> panels(panels, parts(recipe, weights), arena);
                  case Layout.QuantPanels quants -> quants(quants, parts(recipe, weights), arena);
                  case Layout.ScalePanels scales -> scales(scales, recipe, weights, arena);
                  case Layout.Session session ->
                      Remembered.memory(session, recipe.parts().getFirst(), weights, sizes, arena);
                })
        .toList();
  }

  /** What is laid out: the tensors of the file, or what the steps make of them. */
  private static List<HostTensor> parts(WeightRecipe recipe, WeightSource weights) {
    List<HostTensor> values = values(recipe, recipe.steps(), weights);
    return recipe.steps().isEmpty() ? values : List.of(values.getLast());
  }

  /** The parts, and what the steps make of them. */
  private static List<HostTensor> values(
      WeightRecipe recipe, List<WeightStep> steps, WeightSource weights) {
    List<HostTensor> values = new ArrayList<>();
    recipe.parts().stream()
        .map(part -> HostTensor.of(weights.weight(part.name(), part.type())))
        .forEach(values::add);
    for (WeightStep step : steps) {
      List<Tensor> operands = step.operands().stream().map(i -> (Tensor) values.get(i)).toList();
      values.add(HostTensor.of(EagerEvaluator.INSTANCE.apply(step.primitive(), operands)));
    }
    return values;
  }

  /** The same steps, but that the last one gives scales. */
  private static HostTensor scalesOf(WeightRecipe recipe, WeightSource weights) {
    List<WeightStep> steps = new ArrayList<>(recipe.steps());
    WeightStep last = steps.removeLast();
    Primitive scale = new Primitive.Blocks(Primitive.BlockPart.SCALE);
    steps.add(new WeightStep(scale, last.operands(), last.type()));
    return values(recipe, steps, weights).getLast();
  }

  private static MemorySegment plain(List<HostTensor> parts, SegmentAllocator arena) {
    List<MemorySegment> all = parts.stream().map(Memory::elements).toList();
    long bytes = all.stream().mapToLong(MemorySegment::byteSize).sum();
    MemorySegment out = arena.allocate(Math.max(bytes, 1), 64);
    long at = 0;
    for (MemorySegment elements : all) {
      MemorySegment.copy(elements, 0, out, at, elements.byteSize());
      at += elements.byteSize();
    }
    return out;
  }

  private static MemorySegment panels(
      Layout.Panels layout, List<HostTensor> parts, SegmentAllocator arena) {
    HostTensor first = parts.getFirst();
    if (first.type().rank() < 2) {
      throw new IllegalArgumentException("panels of " + first.type());
    }
    // [columns, depth], or [depth, columns]; more axes count as the second.
    long leading = first.type().dim(0).value();
    long depth =
        layout.transposed() ? leading : first.type().elements().value() / Math.max(1, leading);
    long columns = 0;
    for (HostTensor part : parts) {
      columns += part.type().elements().value() / depth;
    }
    long count = Math.ceilDiv(columns, layout.width());
    long bytes = count * layout.width() * depth * layout.element().bytes();
    MemorySegment out = arena.allocate(bytes, 64);
    int group = layout.group();
    long column = 0;
    for (HostTensor part : parts) {
      float[] source = part.cast(DType.FLOAT32).toFloats();
      int own = (int) (source.length / depth);
      for (int n = 0; n < own; n++, column++) {
        for (int k = 0; k < depth; k++) {
          float value = layout.transposed() ? source[k * own + n] : source[(int) (n * depth + k)];
          long panel = column / layout.width();
          long lane = column % layout.width();
          long word = (panel * depth / group + k / group) * layout.width() + lane;
          set(out, layout.element(), word * group + k % group, value);
        }
      }
    }
    return out;
  }

  private static MemorySegment quants(
      Layout.QuantPanels layout, List<HostTensor> parts, SegmentAllocator arena) {
    int greatest =
        parts.stream().flatMapToInt(part -> Arrays.stream(part.toInts())).max().orElse(0);
    boolean nibbles = greatest < 16;
    MemorySegment bytes = panels(layout.panels(), parts, arena);
    MemorySegment out = arena.allocate(Layout.QuantPanels.HEADER + bytes.byteSize(), 64);
    out.set(JAVA_INT, 0, nibbles ? 4 : greatest < 128 ? 7 : 8);
    int line = 4 * layout.width();
    for (long i = 0; i < bytes.byteSize(); i++) {
      long group = i / line;
      long to = Layout.QuantPanels.HEADER + (nibbles ? group / 2 * line + i % line : i);
      int shift = nibbles && group % 2 == 1 ? 4 : 0;
      int value = out.get(JAVA_BYTE, to) | bytes.get(JAVA_BYTE, i) << shift;
      out.set(JAVA_BYTE, to, (byte) value);
    }
    return out;
  }

  private static MemorySegment scales(
      Layout.ScalePanels layout,
      WeightRecipe recipe,
      WeightSource weights,
      SegmentAllocator arena) {
    List<HostTensor> parts = parts(recipe, weights);
    HostTensor values = parts.getFirst();
    MemorySegment floats = panels(layout.panels(), parts, arena);
    MemorySegment out = arena.allocate(Layout.ScalePanels.HEADER + floats.byteSize(), 64);
    float[] all = values.toFloats();
    if (layout.offsets()) {
      float[] own = scalesOf(recipe, weights).toFloats();
      float factor = all[0] / own[0];
      if (IntStream.range(0, all.length).allMatch(i -> all[i] == factor * own[i])) {
        out.set(JAVA_FLOAT, Float.BYTES, factor);
        return out;
      }
    }
    boolean halves = true;
    for (float value : all) {
      halves &= Float.float16ToFloat(Float.floatToFloat16(value)) == value;
    }
    out.set(JAVA_INT, 0, halves ? 16 : 32);
    int width = layout.width();
    int depth = all.length / values.dim(0).intValue();
    int rows = halves ? Math.ceilDiv(depth, 2) : depth;
    for (long i = 0; i < floats.byteSize() / Float.BYTES; i++) {
      long panel = i / width / depth;
      long k = i / width % depth;
      float value = floats.getAtIndex(JAVA_FLOAT, i);
      long row = panel * rows + (halves ? k / 2 : k);
      long at = Layout.ScalePanels.HEADER + Float.BYTES * (row * width + i % width);
      if (halves) {
        out.set(JAVA_SHORT, at + k % 2 * Short.BYTES, Float.floatToFloat16(value));
      } else {
        out.set(JAVA_FLOAT, at, value);
      }
    }
    return out;
  }

  /** The value is one of the element type. */
  private static void set(MemorySegment out, DType element, long at, float value) {
    switch (element) {
      case FLOAT32 -> out.setAtIndex(JAVA_FLOAT, at, value);
      case BFLOAT16 -> out.setAtIndex(JAVA_SHORT, at, DType.bfloat16Bits(value));
      case INT8, UINT8 -> out.set(JAVA_BYTE, at, (byte) (int) value);
      case INT32, BOOL -> throw new IllegalArgumentException("panels of " + element);
    }
  }
}
