package dev.tilewright.codegen.tile;

import java.util.List;

/** What a kernel does, in order. */
public sealed interface Statement {
  /**
   * {@code for (variable = from; variable < to; variable += step)}.
   *
   * @param unroll how many turns a pass shall write out one after another; 1 for none
   */
  record Loop(String variable, Index from, Index to, long step, int unroll, List<Statement> body)
      implements Statement {
    public Loop {
      body = List.copyOf(body);
    }
  }

  /** Runs the body if {@code left < right}, else the other. */
  record If(Index left, Index right, List<Statement> then, List<Statement> otherwise)
      implements Statement {
    public If {
      then = List.copyOf(then);
      otherwise = List.copyOf(otherwise);
    }
  }

  /** A variable for the rest of the enclosing body. */
  record Define(String variable, Index value) implements Statement {}

  /**
   * {@code variable} = an INT32 element of memory limited to {@code 0 .. bound-1}; if it was
   * outside, the fault words are set to {@code {site + 1, element}}.
   */
  record Lookup(String variable, Buffer buffer, Index offset, Index bound, Index site)
      implements Statement {}

  /** {@code register = value}; the value may read the register. */
  record Set(Register register, Tile value) implements Statement {}

  /**
   * {@code buffer[offset + r*rowStride + c*columnStride] = value[r][c]} for the valid columns. To
   * BFLOAT16, F32 is rounded to nearest, ties to even ({@link Tile.UnaryOp#TO_BF16}); to INT8 and
   * UINT8, I32 saturates.
   */
  record Store(
      Buffer buffer, Index offset, Index rowStride, Index columnStride, Tile value, Index columns)
      implements Statement {}

  /**
   * Asks for the cache line of {@code buffer[offset]}, to be read soon; changes nothing else. The
   * offset may lie outside the buffer.
   */
  record Prefetch(Buffer buffer, Index offset) implements Statement {}

  /**
   * Statements that are {@link Set} and {@link Store} of elementwise values that repeat to one
   * shape: the writer carries out all of them for one vector register before it goes on to the
   * next, so that a long epilogue holds few registers. Means the same as the statements one after
   * another, a store writing the whole shape. So a register smaller than the shape is set once and
   * not read before, and a buffer that is loaded and stored is so in the same place.
   */
  record Sweep(Tile.Shape shape, List<Statement> body) implements Statement {
    public Sweep {
      body = List.copyOf(body);
    }
  }
}
