package dev.tilewright.target.pim;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.fuse.RegionFunction.Source;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.pim.map.AttentionSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Streamed attention over keys and values that a session remembers, heads side by side in each row.
 *
 * @param keys the state's buffer, and that of the values
 * @param keyAxes axes that say which key head is read
 * @param sharedAxes axes along which queries share a key head
 * @param queries the axis of the queries
 * @param size the extents, with the room that the states declare
 */
record CacheUse(
    String keys,
    String values,
    List<Axis> keyAxes,
    List<Axis> sharedAxes,
    Axis queries,
    AttentionSize size) {

  /** The caches of a region; empty if it reads others than a session's, or in another order. */
  static Optional<CacheUse> of(Region.Streamed stream, RegionFunction function) {
    Element.Read key = stream.key();
    Element.Read value = stream.value();
    RegionFunction.Buffer keys = function.buffer(key.buffer());
    RegionFunction.Buffer values = function.buffer(value.buffer());
    if (!(keys.source() instanceof Source.State keyState)
        || !(values.source() instanceof Source.State valueState)
        || key.buffer().equals(value.buffer())
        || keyState.capacity() != valueState.capacity()
        || key.dtype() != DType.BFLOAT16
        || value.dtype() != DType.BFLOAT16
        || stream.query().dtype() != DType.BFLOAT16
        || !stream.depth().extent().isKnown()
        || !stream.depth().extent().equals(stream.width().extent())) {
      return Optional.empty();
    }
    long head = stream.depth().extent().value();
    Optional<Long> row = rowElements(keys);
    if (row.isEmpty()
        || !row.equals(rowElements(values))
        || row.get() % head != 0
        || !isRow(key.offset(), stream.keys(), stream.depth(), row.get())
        || !isRow(value.offset(), stream.keys(), stream.width(), row.get())) {
      return Optional.empty();
    }
    List<Axis> axes = stream.axes().subList(0, stream.axes().size() - 1);
    Axis queries = stream.axes().getLast();
    List<Axis> keyAxes = new ArrayList<>();
    List<Axis> sharedAxes = new ArrayList<>();
    for (Axis axis : axes) {
      (key.offset().coefficient(axis.name()).equals(Dim.ZERO) ? sharedAxes : keyAxes).add(axis);
    }
    long stride = head;
    for (Axis axis : keyAxes.reversed()) {
      if (!axis.extent().isKnown() || !strides(axis, stride, key, value)) {
        return Optional.empty();
      }
      stride *= axis.extent().value();
    }
    long shared = 1;
    for (Axis axis : sharedAxes) {
      if (!axis.extent().isKnown() || !strides(axis, 0, key, value)) {
        return Optional.empty();
      }
      shared *= axis.extent().value();
    }
    if (stride != row.get() || !strides(queries, 0, key, value)) {
      return Optional.empty();
    }
    int keyHeads = Math.toIntExact(row.get() / head);
    return Optional.of(
        new CacheUse(
            key.buffer(),
            value.buffer(),
            keyAxes,
            sharedAxes,
            queries,
            new AttentionSize(
                Math.toIntExact(shared * keyHeads),
                keyHeads,
                Math.toIntExact(head),
                keyState.capacity())));
  }

  private static boolean strides(Axis axis, long stride, Element.Read... reads) {
    for (Element.Read read : reads) {
      if (!read.offset().coefficient(axis.name()).equals(Dim.of(stride))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isRow(Affine offset, Axis rows, Axis head, long row) {
    return offset.isAffine()
        && offset.base().equals(Dim.ZERO)
        && offset.coefficient(rows.name()).equals(Dim.of(row))
        && offset.coefficient(head.name()).is(1);
  }

  /** What a row of {@code [1, context, ..]} has. */
  static Optional<Long> rowElements(RegionFunction.Buffer state) {
    long elements = 1;
    for (int axis = 2; axis < state.type().rank(); axis++) {
      if (!state.type().dim(axis).isKnown()) {
        return Optional.empty();
      }
      elements *= state.type().dim(axis).value();
    }
    return Optional.of(elements);
  }
}
