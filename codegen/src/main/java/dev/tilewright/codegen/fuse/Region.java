package dev.tilewright.codegen.fuse;

import dev.tilewright.DType;
import dev.tilewright.codegen.graph.Origin;
import dev.tilewright.codegen.index.Affine;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.index.Element;
import dev.tilewright.op.Primitive.ReduceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What one kernel computes, as formulas over axes; which loops, tiles and registers do it is not
 * said here. The axes in {@link #axes} are independent of each other and may be run in any order
 * and by any worker.
 */
public sealed interface Region {
  String name();

  /** The independent axes, outermost first. */
  List<Axis> axes();

  List<Output> outputs();

  /** Where the region's main operation was declared. */
  Origin origin();

  /** The independent axes, and those that it folds or sums over. */
  default List<Axis> allAxes() {
    return RegionParts.axes(this);
  }

  /** The same formulas where one of the independent axes has a value from outside. */
  default Region without(Axis axis) {
    return RegionParts.map(
        this,
        axes().stream().filter(other -> !other.equals(axis)).toList(),
        UnaryOperator.identity(),
        element -> element,
        (_, index) -> index);
  }

  /**
   * {@code buffer[offset] = element} for all values of the axes.
   *
   * @param overRow in a {@link RowReduction}: whether the row axis is among the axes of this output
   */
  record Output(String buffer, DType dtype, Affine offset, Element element, boolean overRow) {}

  /** {@code name = kind over an axis of element}; the element may use reductions before it. */
  record Reduction(String name, ReduceKind kind, Element element) {}

  /** Elementwise work, with any views in its reads. */
  record Pointwise(String name, List<Axis> axes, List<Output> outputs, Origin origin)
      implements Region {
    public Pointwise {
      axes = List.copyOf(axes);
      outputs = List.copyOf(outputs);
    }
  }

  /**
   * Reductions along one axis with elementwise work before, between and after: norms, softmax,
   * pools. Each reduction that uses an earlier one is another sweep over the row.
   */
  record RowReduction(
      String name,
      List<Axis> axes,
      Axis row,
      List<Reduction> reductions,
      List<Output> outputs,
      Origin origin)
      implements Region {
    public RowReduction {
      axes = List.copyOf(axes);
      reductions = List.copyOf(reductions);
      outputs = List.copyOf(outputs);
    }
  }

  /**
   * {@code result = sum over the axes in over of left*right}, then the outputs, which use {@code
   * Local(result)}: the epilogue. The reads are affine.
   *
   * @param over the summed axes, outermost first; the sum runs in this order, ascending
   * @param total if present: what is summed of the results once more, for the outputs to use
   */
  record Contraction(
      String name,
      List<Axis> axes,
      List<Axis> over,
      Element.Read left,
      Element.Read right,
      String result,
      Optional<Total> total,
      List<Output> outputs,
      Origin origin)
      implements Region {
    public Contraction {
      axes = List.copyOf(axes);
      over = List.copyOf(over);
      outputs = List.copyOf(outputs);
    }

    /** Without a total. */
    public Contraction(
        String name,
        List<Axis> axes,
        List<Axis> over,
        Element.Read left,
        Element.Read right,
        String result,
        List<Output> outputs,
        Origin origin) {
      this(name, axes, over, left, right, result, Optional.empty(), outputs, origin);
    }

    /** All that is summed over, outermost first. */
    public List<Axis> depth() {
      List<Axis> depth = new ArrayList<>();
      total.ifPresent(sum -> depth.addAll(sum.over()));
      depth.addAll(over);
      return depth;
    }

    /** What is computed of the sums: the total's terms and the outputs. */
    public List<Element> epilogue() {
      List<Element> elements = new ArrayList<>();
      total.ifPresent(sum -> elements.add(sum.term()));
      outputs.forEach(output -> elements.add(output.element()));
      return elements;
    }
  }

  /**
   * {@code name = sum over the axes in over of term}, ascending, where the term uses {@code
   * Local(result)} of a contraction for each value of these axes: a product in blocks, each of
   * which has a scale of its own.
   */
  record Total(List<Axis> over, String name, Element term) {
    public Total {
      over = List.copyOf(over);
    }
  }

  /**
   * Two contractions with a softmax-like map between them, streamed over the axis that they share,
   * so that the scores are never whole in memory (online softmax, <a
   * href="https://arxiv.org/abs/1805.02867">Milakov, Gimelshein</a>; <a
   * href="https://arxiv.org/abs/2205.14135">Dao et al.</a>):
   *
   * <pre>
   * score   = sum over depth of query*key                 for each of axes, keys
   * maximum = max over keys of maximum.element(score)     if present
   * sums[i] = sum over keys of sums[i].element(score, maximum)
   * result  = sum over keys of weight(score, maximum)*value     for each of axes, width
   * outputs(result, sums, maximum)
   * </pre>
   *
   * If a maximum is present, every sum's element and the weight are of degree 1 in {@code
   * exp(-maximum)}: when the maximum grows from m to m', what was summed is multiplied by {@code
   * exp(m - m')}.
   *
   * @param axes the batch axes and the queries' axis; key and value do not depend on the last
   * @param keys the streamed axis
   * @param depth summed in the score
   * @param width the further axis of the value and of the outputs
   */
  record Streamed(
      String name,
      List<Axis> axes,
      Axis keys,
      Axis depth,
      Element.Read query,
      Element.Read key,
      String score,
      Optional<Reduction> maximum,
      List<Reduction> sums,
      Element weight,
      Axis width,
      Element.Read value,
      String result,
      List<Output> outputs,
      Origin origin)
      implements Region {
    public Streamed {
      axes = List.copyOf(axes);
      sums = List.copyOf(sums);
      outputs = List.copyOf(outputs);
    }
  }
}
