package dev.tilewright.tests.level;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.tilewright.op.WeightSource;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.schema.ModelSchema.Layout;
import dev.tilewright.schema.ModelSchema.Part;
import dev.tilewright.schema.ModelSchema.WeightRecipe;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.List;

/** Lays weights out as recipes say, in the plainest way. */
final class WeightTable {
  private WeightTable() {}

  static List<MemorySegment> of(
      List<WeightRecipe> recipes, WeightSource weights, SegmentAllocator arena) {
    return recipes.stream()
        .map(
            recipe ->
                switch (recipe.layout()) {
                  case Layout.Plain _ -> plain(recipe.parts(), weights, arena);
                  case Layout.Panels panels -> panels(panels, recipe.parts(), weights, arena);
                })
        .toList();
  }

  private static MemorySegment plain(
      List<Part> parts, WeightSource weights, SegmentAllocator arena) {
    long bytes =
        parts.stream().mapToLong(p -> p.type().elements().value() * p.type().dtype().bytes()).sum();
    MemorySegment out = arena.allocate(Math.max(bytes, 1), 64);
    long at = 0;
    for (Part part : parts) {
      MemorySegment elements = Memory.elements(tensor(part, weights));
      MemorySegment.copy(elements, 0, out, at, elements.byteSize());
      at += elements.byteSize();
    }
    return out;
  }

  private static MemorySegment panels(
      Layout.Panels layout, List<Part> parts, WeightSource weights, SegmentAllocator arena) {
    Part first = parts.getFirst();
    int rank = first.type().rank();
    // [columns, depth], or [depth, columns]; more axes count as the second.
    long leading = first.type().dim(0).value();
    long depth =
        layout.transposed() ? leading : first.type().elements().value() / Math.max(1, leading);
    long columns = 0;
    for (Part part : parts) {
      columns += part.type().elements().value() / depth;
    }
    if (rank < 2) {
      throw new IllegalArgumentException("panels of " + first.type());
    }
    long count = Math.ceilDiv(columns, layout.width());
    MemorySegment out = arena.allocate(count * layout.width() * depth * Float.BYTES, 64);
    long column = 0;
    for (Part part : parts) {
      float[] source = tensor(part, weights).toFloats();
      int own = (int) (source.length / depth);
      for (int n = 0; n < own; n++, column++) {
        for (int k = 0; k < depth; k++) {
          float value = layout.transposed() ? source[k * own + n] : source[(int) (n * depth + k)];
          long panel = column / layout.width();
          long lane = column % layout.width();
          out.setAtIndex(JAVA_FLOAT, (panel * depth + k) * layout.width() + lane, value);
        }
      }
    }
    return out;
  }

  private static HostTensor tensor(Part part, WeightSource weights) {
    return HostTensor.of(weights.weight(part.name(), part.type()));
  }
}
