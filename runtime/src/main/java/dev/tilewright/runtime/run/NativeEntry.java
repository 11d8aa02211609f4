package dev.tilewright.runtime.run;

import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.IndexOutOfRangeException;
import dev.tilewright.runtime.ModelArgumentException;
import dev.tilewright.runtime.ModelArgumentException.Reason;
import dev.tilewright.runtime.TooLargeException;
import dev.tilewright.runtime.call.Signature;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.ModelSchema.Limit;
import dev.tilewright.schema.ModelSchema.Site;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * An entry of a compiled model: checks a call and works out its memory before anything native
 * happens.
 */
final class NativeEntry {
  private final String name;
  private final EntrySchema schema;
  private final Signature signature;
  private final MemorySegment function;

  NativeEntry(String model, EntrySchema schema, MemorySegment function) {
    name = model + "." + schema.name();
    this.schema = schema;
    this.function = function;
    signature = new Signature(name, schema.symbols(), schema.inputs());
  }

  String name() {
    return name;
  }

  MemorySegment function() {
    return function;
  }

  /**
   * What a call with these arguments takes.
   *
   * @throws ModelArgumentException if an argument does not fit
   * @throws TooLargeException if a size overflows
   */
  CallPlan plan(Tensor[] arguments, int workers) {
    long[] symbols = signature.bind(arguments);
    checkLimits(symbols);
    try {
      List<TensorType> results = new ArrayList<>();
      for (TensorType result : schema.results()) {
        results.add(
            result.withShape(
                result.shape().stream().map(dim -> Dim.of(extent(dim, symbols))).toList()));
      }
      return new CallPlan(
          symbols,
          schema.inputs().stream().map(input -> bytes(input.type(), symbols)).toList(),
          results,
          signature.evaluate(schema.arenaBytes(), symbols),
          signature.evaluate(schema.scratchBytes(), symbols),
          workers);
    } catch (ArithmeticException e) {
      throw new TooLargeException(
          callText(symbols) + " needs more memory than 64 bits can count", e);
    }
  }

  /** The entry with the symbols' values, for messages. */
  String callText(long[] symbols) {
    return symbols.length == 0 ? name : name + " with " + signature.valuesText(symbols);
  }

  /** The exception for what a kernel wrote into the fault words. */
  IndexOutOfRangeException fault(long site, long value, long[] symbols) {
    Site at = schema.sites().get((int) site);
    return new IndexOutOfRangeException(
        (int) value, signature.evaluate(at.bound(), symbols), name + ", " + at.where());
  }

  private void checkLimits(long[] symbols) {
    for (Limit limit : schema.limits()) {
      if (!holds(limit, symbols)) {
        throw new ModelArgumentException(
            Reason.LIMIT,
            name,
            String.join(", ", limit.left().symbols()),
            signature.valuesText(symbols)
                + " is outside what the model allows: "
                + limit.left()
                + " must be at most "
                + limit.right()
                + " ("
                + limit.where()
                + ")");
      }
    }
  }

  private boolean holds(Limit limit, long[] symbols) {
    try {
      return signature.evaluate(limit.left(), symbols)
          <= signature.evaluate(limit.right(), symbols);
    } catch (ArithmeticException e) {
      return false;
    }
  }

  private long extent(Dim dim, long[] symbols) {
    long extent = signature.evaluate(dim, symbols);
    if (extent < 0) {
      throw new ModelArgumentException(
          Reason.LIMIT,
          name,
          String.join(", ", dim.symbols()),
          signature.valuesText(symbols)
              + " is too small: the result's extent "
              + dim
              + " would be "
              + extent);
    }
    return extent;
  }

  private long bytes(TensorType type, long[] symbols) {
    long bytes = type.dtype().bytes();
    for (Dim dim : type.shape()) {
      bytes = Math.multiplyExact(bytes, signature.evaluate(dim, symbols));
    }
    return bytes;
  }
}
