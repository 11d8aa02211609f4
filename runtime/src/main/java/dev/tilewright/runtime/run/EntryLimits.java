package dev.tilewright.runtime.run;

import dev.tilewright.Dim;
import dev.tilewright.runtime.ModelArgumentException;
import dev.tilewright.runtime.ModelArgumentException.Reason;
import dev.tilewright.runtime.RaggedTensor;
import dev.tilewright.runtime.call.Signature;
import dev.tilewright.schema.ModelSchema.EntrySchema;
import dev.tilewright.schema.ModelSchema.Limit;

/** What an entry demands of the values of its symbols. */
final class EntryLimits {
  private final String name;
  private final EntrySchema schema;
  private final Signature signature;

  EntryLimits(String name, EntrySchema schema, Signature signature) {
    this.name = name;
    this.schema = schema;
    this.signature = signature;
  }

  /**
   * Checks the extents of a call.
   *
   * @throws ModelArgumentException if the model does not allow them
   */
  void check(long[] symbols, Sequences sequences) {
    checkLimits(symbols);
    if (sequences.isRagged()) {
      checkLimits(symbols, sequences.like());
    }
  }

  /** The limits hold for the longest sequence; here for the others. */
  private void checkLimits(long[] symbols, RaggedTensor sequences) {
    long[] own = symbols.clone();
    int length = schema.symbols().indexOf(schema.ragged().orElseThrow().length());
    for (int i = 0; i < sequences.count(); i++) {
      own[length] = sequences.length(i);
      checkLimits(own);
    }
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

  /**
   * The value of an extent.
   *
   * @throws ModelArgumentException if it is negative
   */
  long extent(Dim dim, long[] symbols) {
    long extent = signature.evaluate(dim, symbols);
    if (extent < 0) {
      throw new ModelArgumentException(
          Reason.LIMIT,
          name,
          String.join(", ", dim.symbols()),
          signature.valuesText(symbols)
              + " is too small: the extent "
              + dim
              + " would be "
              + extent);
    }
    return extent;
  }
}
