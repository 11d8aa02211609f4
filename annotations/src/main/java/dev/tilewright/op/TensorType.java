package dev.tilewright.op;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The element type and the shape of a tensor.
 *
 * @param shape the extent of each axis, outermost first; empty for a scalar
 */
public record TensorType(DType dtype, List<Dim> shape) {
  public TensorType {
    shape = List.copyOf(shape);
  }

  public static TensorType of(DType dtype, long... extents) {
    List<Dim> shape = new ArrayList<>();
    for (long extent : extents) {
      shape.add(Dim.of(extent));
    }
    return new TensorType(dtype, shape);
  }

  /** Reads the form that {@link #toString} prints: {@code f32[B, S, 384]}. */
  public static TensorType parse(String text) {
    int open = text.indexOf('[');
    if (open < 0 || !text.endsWith("]")) {
      throw new IllegalArgumentException(
          "'" + text + "' is no tensor type: write it like f32[B, 384]");
    }
    String inner = text.substring(open + 1, text.length() - 1).strip();
    List<Dim> shape = new ArrayList<>();
    for (String extent : inner.isEmpty() ? new String[0] : inner.split(",", -1)) {
      shape.add(Dim.parse(extent.strip()));
    }
    return new TensorType(DType.ofShortName(text.substring(0, open).strip()), shape);
  }

  public int rank() {
    return shape.size();
  }

  public Dim dim(int axis) {
    return shape.get(axis);
  }

  /** How many elements there are: the product of the extents. */
  public Dim elements() {
    return shape.stream().reduce(Dim.ONE, Dim::times);
  }

  public TensorType withShape(List<Dim> newShape) {
    return new TensorType(dtype, newShape);
  }

  public TensorType withDType(DType newDType) {
    return new TensorType(newDType, shape);
  }

  /** The shape alone: {@code [B, S, 384]}. */
  public String shapeText() {
    return shape.stream().map(Dim::toString).collect(Collectors.joining(", ", "[", "]"));
  }

  @Override
  public String toString() {
    return dtype.shortName() + shapeText();
  }
}
