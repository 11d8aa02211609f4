package dev.tilewright.runtime;

/** An argument of an entry does not fit its declaration. Nothing was computed. */
public final class ModelArgumentException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  /** What is wrong with the argument. */
  public enum Reason {
    /** It is null. */
    NULL,
    /** It has another element type. */
    DTYPE,
    /** It has another number of axes. */
    RANK,
    /** An axis has another extent than the declaration's. */
    EXTENT,
    /** An axis has no elements. */
    EMPTY,
    /** Two axes that share a symbol have different extents. */
    SYMBOL,
    /**
     * It is ragged, but declared dense; or sequences differ in length from parameter to parameter.
     */
    RAGGED,
    /** A symbol is larger than the model allows, for instance than its position table. */
    LIMIT
  }

  private final Reason reason;
  private final String entry;
  private final String parameter;

  public ModelArgumentException(Reason reason, String entry, String parameter, String message) {
    super(entry + ": " + message);
    this.reason = reason;
    this.entry = entry;
    this.parameter = parameter;
  }

  public Reason reason() {
    return reason;
  }

  /** The entry that was called, such as {@code MiniLm.embed}. */
  public String entry() {
    return entry;
  }

  /** The parameter, or for {@link Reason#LIMIT} the symbols that are too large. */
  public String parameter() {
    return parameter;
  }
}
