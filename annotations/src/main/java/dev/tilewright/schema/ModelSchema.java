package dev.tilewright.schema;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Precision;
import dev.tilewright.op.Primitive;
import dev.tilewright.op.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * What the compiler tells the runtime about one library of a compiled model, kept as text beside
 * it: what the CPU must have, the entries with their shapes and memory, and how each weight is laid
 * out. A model has one schema a target and precision, those of the default precision first. {@link
 * SchemaText} writes and reads it.
 *
 * <h2>The native interface</h2>
 *
 * An entry is {@code void symbol(int64_t *frame, int64_t worker, int64_t workers)}, called once by
 * every worker of the team with the same frame of 64-bit words:
 *
 * <pre>
 *  0  arena, 64-byte aligned, of EntrySchema.arenaBytes
 *  1  scratch, 64-byte aligned: worker w owns the bytes from w*stride on
 *  2  stride of scratch in bytes, at least EntrySchema.scratchBytes, a multiple of 64
 *  3  barrier: 256 zeroed bytes, 64-byte aligned, shared by the team and kept between calls; its
 *     word 16 may hold the address of a clock: word 0 of that counts the times that worker 0 has
 *     noted behind it, one when it enters and one behind each of EntrySchema.steps; its word
 *     BARRIER_PATIENCE says how many turns of waiting more than usual pass before a worker yields
 *  4  fault: two words {site + 1, value}, zeroed before the call; set when an index is out of range
 *  5  weights: the address of each of ModelSchema.weights, in order; they lie one behind the other,
 *     each from the next multiple of 64 bytes on, so that kernels can prefetch the next one's; but
 *     one that holds the same bytes as one before lies where that does, and states lie wherever the
 *     session keeps them
 *  6  address of a function without arguments that yields the processor (sched_yield), or 0
 *  7  0
 *  8  the entry's symbols, in order; then the addresses of its inputs; of a ragged entry the address of
 *     the table of {@link RaggedAxes}; then the addresses of its results
 * </pre>
 *
 * A library exports {@link CpuFeature#PROBE} besides.
 *
 * <p>Inputs and results of a ragged entry that have both its axes hold the sequences one after
 * another.
 *
 * @param model the declaring interface's qualified name
 * @param library the library described
 * @param entries what can be called
 * @param weights the native weight table, shared by all entries
 */
public record ModelSchema(
    String model, LibrarySchema library, List<EntrySchema> entries, List<WeightRecipe> weights) {
  public ModelSchema {
    entries = List.copyOf(entries);
    weights = List.copyOf(weights);
  }

  /** Words before the symbols in a frame. */
  public static final int FRAME_HEADER = 8;

  /** The word of the barrier that the caller sets. */
  public static final int BARRIER_PATIENCE = 24;

  /**
   * An entry.
   *
   * @param name the Java method
   * @param symbol the native function
   * @param symbols the symbolic extents, in the frame's order
   * @param inputs names and types of the parameters
   * @param results types of the results
   * @param arenaBytes how much memory the values between kernels take
   * @param scratchBytes how much memory each worker takes besides
   * @param limits what the symbols must satisfy besides being at least 1
   * @param sites the indexed accesses, by the number the kernels report
   * @param steps the kernels that a call runs, in order
   * @param ragged if batches may be ragged: over which axes
   * @param session if it is called through a session: what it does with that. Then the symbols hold
   *     {@link dev.tilewright.State#CONTEXT}, with windows {@link dev.tilewright.State#RECENT},
   *     too, and word 5 is a table of the session's own
   */
  public record EntrySchema(
      String name,
      String symbol,
      List<String> symbols,
      List<Parameter> inputs,
      List<TensorType> results,
      Dim arenaBytes,
      Dim scratchBytes,
      List<Limit> limits,
      List<Site> sites,
      List<String> steps,
      Optional<RaggedAxes> ragged,
      Optional<SessionUse> session) {
    public EntrySchema(
        String name,
        String symbol,
        List<String> symbols,
        List<Parameter> inputs,
        List<TensorType> results,
        Dim arenaBytes,
        Dim scratchBytes,
        List<Limit> limits,
        List<Site> sites,
        List<String> steps) {
      this(
          name,
          symbol,
          symbols,
          inputs,
          results,
          arenaBytes,
          scratchBytes,
          limits,
          sites,
          steps,
          Optional.empty(),
          Optional.empty());
    }

    /** The same entry with another native function. */
    public EntrySchema withSymbol(String other) {
      return new EntrySchema(
          name,
          other,
          symbols,
          inputs,
          results,
          arenaBytes,
          scratchBytes,
          limits,
          sites,
          steps,
          ragged,
          session);
    }

    public EntrySchema {
      symbols = List.copyOf(symbols);
      inputs = List.copyOf(inputs);
      results = List.copyOf(results);
      limits = List.copyOf(limits);
      sites = List.copyOf(sites);
      steps = List.copyOf(steps);
    }
  }

  /**
   * What an entry does with the states of its session.
   *
   * @param rows how many rows it appends to each
   * @param capacity how many rows the smallest that keeps all can hold; {@link Integer#MAX_VALUE}
   *     if all have windows
   * @param recent how many rows the smallest with a window can hold; {@link Integer#MAX_VALUE} if
   *     none has
   */
  public record SessionUse(Dim rows, int capacity, int recent) {}

  /** A parameter of an entry. */
  public record Parameter(String name, TensorType type) {}

  /**
   * {@code left <= right} must hold when the entry is called; {@code where} is the place of the
   * declaration that needs it.
   */
  public record Limit(Dim left, Dim right, String where) {}

  /** An indexed access: {@code 0 <= index < bound}, and the place of the declaration. */
  public record Site(Dim bound, String where) {}

  /**
   * One word of the weight table: tensors of the file and how they are laid out in memory.
   *
   * @param layout the form in memory
   * @param parts the tensors that make it up; without steps one after another along its first axis
   * @param steps what is computed of the parts once, at load; the last step's result is the weight
   */
  public record WeightRecipe(Layout layout, List<Part> parts, List<WeightStep> steps) {
    public WeightRecipe {
      parts = List.copyOf(parts);
      steps = List.copyOf(steps);
    }

    /** Tensors as they are, one after another along their first axis. */
    public WeightRecipe(Layout layout, List<Part> parts) {
      this(layout, parts, List.of());
    }
  }

  /**
   * A primitive of an expression over tensors of the file.
   *
   * @param operands numbers of values: the parts count from 0, then the steps go on
   * @param type the result's type
   */
  public record WeightStep(Primitive primitive, List<Integer> operands, TensorType type) {
    public WeightStep {
      operands = List.copyOf(operands);
    }
  }

  /**
   * A tensor of the weight file.
   *
   * @param name its full name
   * @param type its type in the declaration
   * @param where the place of the declaration
   */
  public record Part(String name, TensorType type, String where) {}

  /** The form of a weight in memory. */
  public sealed interface Layout {
    /** Row-major as declared, the parts concatenated along their first axis. */
    record Plain() implements Layout {}

    /**
     * Panels for a micro-kernel. Of parts read as matrices of {@code [columns, depth]} (or,
     * transposed, {@code [depth, columns]}), concatenated along columns to N columns in all: {@code
     * out[panel][k/g][lane][k%g] = w[panel*width + lane][k]}, zero beyond N, where g is the group.
     * There are {@code ceil(N/width)} panels of {@code depth*width} elements.
     *
     * @param width columns a panel
     * @param transposed whether the parts hold depth as their first axis
     * @param element the type of the parts and of the panels
     * @param group neighbours of a column that lie side by side; the depth is a multiple of it
     */
    record Panels(int width, boolean transposed, DType element, int group) implements Layout {
      /** Of single FLOAT32 elements. */
      public Panels(int width, boolean transposed) {
        this(width, transposed, DType.FLOAT32, 1);
      }
    }

    /**
     * Panels of UINT8 as {@code Panels(width, false, UINT8, 4)}, behind a line of 64 bytes whose
     * first INT32 is the number of bits of an element, for kernels to ask. It is 8, or 7 where all
     * elements of the parts are below 128, or 4 where all are below 16. Of nibbles, two groups
     * share their bytes, {@code out[panel][k/8][lane][k%4]} with {@code w[panel*width + lane][k]}
     * in the lower four bits where k%8 is below 4, else in the upper ones, and panels are half as
     * long. The depth is a multiple of 8, and memory is planned for 8 bits.
     *
     * @param width columns a panel
     */
    record QuantPanels(int width) implements Layout {
      /** Bytes before the first panel. */
      public static final int HEADER = 64;

      /** What follows the header where elements have 8 bits. */
      public Panels panels() {
        return new Panels(width, false, DType.UINT8, 4);
      }
    }

    /**
     * Panels of FLOAT32 as {@code Panels(width, false)}, behind a line of 64 bytes whose first
     * INT32 tells kernels how the values are written, the shortest way that is exact:
     *
     * <ul>
     *   <li>32: as FLOAT32;
     *   <li>16: as binary16, {@code out[panel][k/2][lane][k%2]};
     *   <li>0, of offsets alone: not at all. An offset is its scale times the second word of the
     *       line, a FLOAT32.
     * </ul>
     *
     * <p>Memory is planned for 32 bits.
     *
     * @param width columns a panel
     * @param offsets whether the last step gives {@link
     *     dev.tilewright.op.Primitive.BlockPart#OFFSET} of a tensor, whose scales are their SCALE
     */
    record ScalePanels(int width, boolean offsets) implements Layout {
      /** Bytes before the first panel. */
      public static final int HEADER = 64;

      /** What follows the header where values are FLOAT32. */
      public Panels panels() {
        return new Panels(width, false);
      }
    }

    /**
     * No weight but a state, the memory of a session: so many rows of the only part's type {@code
     * [1, context, ..]}, from the first on; with a window {@code [1, recent, ..]}, from the first
     * that the session still holds.
     *
     * @param window how many rows before those of a call it must hold; 0 for all
     */
    record Session(int capacity, int window) implements Layout {}
  }

  /**
   * A library of kernels.
   *
   * @param target what it was compiled for, such as {@code avx512}
   * @param precision in which it multiplies
   * @param platform operating system and architecture, such as {@code linux-x86_64}
   * @param resource the class-path resource that holds it
   * @param features what the CPU must have, by the names of {@link CpuFeature}
   * @param rank the greater is preferred among those the CPU can run
   * @param sha256 the library's digest, lower-case hexadecimal
   */
  public record LibrarySchema(
      String target,
      Precision precision,
      String platform,
      String resource,
      List<String> features,
      int rank,
      String sha256) {
    public LibrarySchema {
      features = List.copyOf(features);
    }
  }
}
