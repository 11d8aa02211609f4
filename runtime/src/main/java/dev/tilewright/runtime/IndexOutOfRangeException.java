package dev.tilewright.runtime;

/** A gather or an embedding met an index outside its table; the call had no effect. */
public final class IndexOutOfRangeException extends TilewrightException {
  private static final long serialVersionUID = 1L;

  private final int index;
  private final long bound;

  /**
   * An exception for an index.
   *
   * @param index what came
   * @param bound the extent of the table's axis: {@code 0 <= index < bound} was expected
   * @param where the operation, and the place of its declaration where that is known
   */
  public IndexOutOfRangeException(int index, long bound, String where) {
    super(
        where
            + ": index "
            + index
            + " is outside the table, which has the rows 0 to "
            + (bound - 1));
    this.index = index;
    this.bound = bound;
  }

  /** The index that came. */
  public int index() {
    return index;
  }

  /** How many rows the table has. */
  public long bound() {
    return bound;
  }
}
