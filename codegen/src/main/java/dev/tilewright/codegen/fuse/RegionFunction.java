package dev.tilewright.codegen.fuse;

import dev.tilewright.Dim;
import dev.tilewright.On;
import dev.tilewright.codegen.graph.Origin;
import dev.tilewright.op.TensorType;
import dev.tilewright.schema.ModelSchema.WeightStep;
import dev.tilewright.schema.RaggedAxes;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A function as a sequence of kernels over buffers. Buffers are row-major and dense; a view of a
 * buffer is the same buffer under other offsets.
 *
 * @param name as in the graph
 * @param symbols the symbolic extents, in the order of {@link
 *     dev.tilewright.codegen.graph.Function#symbols}
 * @param buffers all that the steps read and write, by name
 * @param inputs names of the parameters' buffers, by position
 * @param results names of the results' buffers, by position; each written by exactly one step, and
 *     neither input nor weight
 * @param steps in order; each may read what earlier ones wrote
 * @param sites the indexed accesses, numbered from 0
 * @param limits what must hold for the symbols
 * @param demands by the names of regions: which units the declaration wants
 * @param ragged if the tensors are ragged: which axes. Then buffers that the batch enters are
 *     packed; the last input is the table of {@link RaggedAxes}, and the last site that of its
 *     indices
 */
public record RegionFunction(
    String name,
    List<String> symbols,
    List<Buffer> buffers,
    List<String> inputs,
    List<String> results,
    List<Step> steps,
    List<Site> sites,
    List<Limit> limits,
    Map<String, List<Demand>> demands,
    Optional<RaggedAxes> ragged) {
  public RegionFunction {
    symbols = List.copyOf(symbols);
    buffers = List.copyOf(buffers);
    inputs = List.copyOf(inputs);
    results = List.copyOf(results);
    steps = List.copyOf(steps);
    sites = List.copyOf(sites);
    limits = List.copyOf(limits);
    demands = Map.copyOf(demands);
  }

  public RegionFunction(
      String name,
      List<String> symbols,
      List<Buffer> buffers,
      List<String> inputs,
      List<String> results,
      List<Step> steps,
      List<Site> sites,
      List<Limit> limits) {
    this(name, symbols, buffers, inputs, results, steps, sites, limits, Map.of(), Optional.empty());
  }

  /** How many elements a buffer has in memory. */
  public Dim elements(Buffer buffer) {
    Dim dense = buffer.type().elements();
    return ragged.isPresent() ? ragged.get().packed(dense) : dense;
  }

  /** Where a buffer's contents come from. */
  public sealed interface Source {
    /** The caller. */
    record Input() implements Source {}

    /**
     * A word of the weight table: what the steps make of the parts, or without steps the parts one
     * after another along their first axis.
     *
     * @param parts weights by relative name
     */
    record Weight(List<WeightPart> parts, List<WeightStep> steps) implements Source {
      public Weight {
        parts = List.copyOf(parts);
        steps = List.copyOf(steps);
      }
    }

    /**
     * A session: what earlier calls left, by its relative name. One step writes rows behind; what
     * reads those runs after it.
     *
     * @param capacity how many rows it can hold
     * @param window how many rows before those of a call it must hold; 0 for all
     */
    record State(String name, int capacity, int window, Origin origin) implements Source {}

    /** A step of this function; the caller owns the memory. */
    record Result() implements Source {}

    /** A step of this function; memory in the arena. */
    record Temporary() implements Source {}
  }

  /** A weight, its declared type and place. */
  public record WeightPart(String name, TensorType type, Origin origin) {}

  public record Buffer(String name, TensorType type, Source source) {}

  /** {@code 0 <= index < bound} was declared there. */
  public record Site(Dim bound, Origin origin) {}

  /** {@code left <= right} is needed there. */
  public record Limit(Dim left, Dim right, Origin origin) {}

  /**
   * A unit that is to compute a part of a region.
   *
   * @param product whether the part is a product, and not what is computed of its results
   */
  public record Demand(On.Unit unit, boolean product, Origin origin) {}

  /** One after another; each ends before the next starts. */
  public sealed interface Step {
    record Run(Region region) implements Step {}

    /**
     * @param arguments buffers, by the callee's inputs
     * @param results buffers that the callee writes
     */
    record Call(
        String function,
        String weightPrefix,
        List<String> arguments,
        List<String> results,
        Origin origin)
        implements Step {
      public Call {
        arguments = List.copyOf(arguments);
        results = List.copyOf(results);
      }
    }
  }

  public Buffer buffer(String bufferName) {
    return buffers.stream()
        .filter(buffer -> buffer.name().equals(bufferName))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no buffer '" + bufferName + "' in " + name));
  }
}
