package dev.tilewright.target.pim;

/**
 * What a region runs on.
 *
 * @param inMemory whether its products are computed by the banks
 * @param unit what computes the rest
 */
record Place(boolean inMemory, Unit unit) {
  /** What computes functions of vectors. */
  enum Unit {
    /** The controller beside the memory, which adds and multiplies. */
    CONTROLLER,
    /** The host, which knows all functions. */
    HOST
  }

  /** For plans and reports: {@code memory+controller}, {@code host}. */
  String label() {
    String own = unit == Unit.CONTROLLER ? "controller" : "host";
    return inMemory ? "memory+" + own : own;
  }

  /**
   * The place of a label.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Place of(String label) {
    for (Unit unit : Unit.values()) {
      for (boolean inMemory : new boolean[] {false, true}) {
        Place place = new Place(inMemory, unit);
        if (place.label().equals(label)) {
          return place;
        }
      }
    }
    throw new IllegalArgumentException("'" + label + "' is no place of a region");
  }
}
