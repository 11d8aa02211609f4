package dev.tilewright.target.pim;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.codegen.fuse.Region;
import dev.tilewright.codegen.fuse.RegionFunction;
import dev.tilewright.codegen.fuse.RegionFunction.Source;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A contraction as products of one matrix of weights with vectors.
 *
 * @param weight the matrix, {@code [outputs, depth]} under these axes
 * @param vector what it multiplies
 * @param outputs axes of the outputs, outermost first
 * @param rows axes along which there is a vector each
 * @param depth axes that are summed over
 */
record MatrixUse(
    Element.Read weight,
    Element.Read vector,
    List<Axis> outputs,
    List<Axis> rows,
    List<Axis> depth) {

  /** What an array holds, as which the host brings a matrix. */
  private static final Dim MOST = Dim.of(Integer.MAX_VALUE);

  /** The matrix of a contraction; empty if neither side is one. */
  static Optional<MatrixUse> of(Region.Contraction product, RegionFunction function) {
    if (product.total().isPresent()) {
      return Optional.empty();
    }
    return of(product, product.right(), product.left(), function)
        .or(() -> of(product, product.left(), product.right(), function));
  }

  private static Optional<MatrixUse> of(
      Region.Contraction product,
      Element.Read weight,
      Element.Read vector,
      RegionFunction function) {
    if (!(function.buffer(weight.buffer()).source() instanceof Source.Weight)
        || weight.dtype() != DType.BFLOAT16
        || vector.dtype() != DType.BFLOAT16
        || function.buffer(vector.buffer()).source() instanceof Source.Weight
        || !weight.offset().isAffine()) {
      return Optional.empty();
    }
    Set<String> own = weight.offset().axes();
    Set<String> moved = vector.offset().axes();
    List<Axis> outputs = new ArrayList<>();
    List<Axis> rows = new ArrayList<>();
    for (Axis axis : product.axes()) {
      if (own.contains(axis.name())) {
        if (moved.contains(axis.name()) || !axis.extent().isKnown()) {
          return Optional.empty(); // a matrix for each vector
        }
        outputs.add(axis);
      } else {
        rows.add(axis);
      }
    }
    boolean fixed = product.over().stream().allMatch(axis -> axis.extent().isKnown());
    return fixed
            && !outputs.isEmpty()
            && weight.offset().base().isKnown()
            && function.buffer(weight.buffer()).type().elements().isProvablyAtMost(MOST)
        ? Optional.of(new MatrixUse(weight, vector, outputs, rows, product.over()))
        : Optional.empty();
  }

  /** How many outputs the matrix has. */
  int outputCount() {
    return count(outputs);
  }

  /** How many elements of a vector it multiplies. */
  int depthCount() {
    return count(depth);
  }

  /** Where in the weight's tensor the elements of output {@code i} and depth {@code k} lie. */
  int[] outputOffsets() {
    return offsets(outputs, Math.toIntExact(weight.offset().base().value()));
  }

  int[] depthOffsets() {
    return offsets(depth, 0);
  }

  private int[] offsets(List<Axis> axes, int base) {
    int[] offsets = new int[count(axes)];
    for (int i = 0; i < offsets.length; i++) {
      long at = base;
      int rest = i;
      for (Axis axis : axes.reversed()) {
        int extent = Math.toIntExact(axis.extent().value());
        at += rest % extent * weight.offset().coefficient(axis.name()).value();
        rest /= extent;
      }
      offsets[i] = Math.toIntExact(at);
    }
    return offsets;
  }

  private static int count(List<Axis> axes) {
    int count = 1;
    for (Axis axis : axes) {
      count = Math.multiplyExact(count, Math.toIntExact(axis.extent().value()));
    }
    return count;
  }
}
