package dev.tilewright.codegen.tile;

import dev.tilewright.Dim;
import java.util.List;
import java.util.Optional;

/**
 * A region's code, run by all workers at once: each takes its share by the variables {@code worker}
 * and {@code workers}.
 *
 * @param name unique in the program
 * @param symbols integer parameters, as variables
 * @param parameters buffers given by the caller
 * @param scratch the worker's own buffers, with their sizes in elements; those with memory of their
 *     own are placed one after another, each 64-byte aligned
 * @param body what it does
 * @param comment what it computes, for readers
 */
public record Kernel(
    String name,
    List<String> symbols,
    List<Buffer> parameters,
    List<Scratch> scratch,
    List<Statement> body,
    String comment) {
  /**
   * A buffer of a worker's own and how many elements it has.
   *
   * @param over the buffer whose memory it shows as elements of another type, declared before; none
   *     for memory of its own
   */
  public record Scratch(Buffer buffer, Dim elements, Optional<Buffer> over) {
    public Scratch(Buffer buffer, Dim elements) {
      this(buffer, elements, Optional.empty());
    }

    /** The memory that it takes, rounded up to 64. */
    public Dim bytes() {
      return over.isPresent()
          ? Dim.ZERO
          : elements.times(buffer.dtype().bytes()).ceilDividedBy(64).times(64);
    }
  }

  public Kernel {
    symbols = List.copyOf(symbols);
    parameters = List.copyOf(parameters);
    scratch = List.copyOf(scratch);
    body = List.copyOf(body);
  }

  /** The same kernel doing something else. */
  public Kernel withBody(List<Statement> other) {
    return new Kernel(name, symbols, parameters, scratch, other, comment);
  }

  /** The same kernel under another name. */
  public Kernel renamed(String other) {
    return new Kernel(other, symbols, parameters, scratch, body, comment);
  }

  /** Bytes of scratch that a worker needs: every buffer rounded up to 64. */
  public Dim scratchBytes() {
    Dim sum = Dim.ZERO;
    for (Scratch own : scratch) {
      sum = sum.plus(own.bytes());
    }
    return sum;
  }
}
