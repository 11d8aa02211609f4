package dev.tilewright.pim.place;

/** Who does a piece of work. */
public enum Place {
  /** A processor beside the memory. */
  HOST,
  /** The units in the banks. */
  MEMORY,
  /** The memory's controller. */
  CONTROLLER;

  /** Whether data goes from one side to the other between two pieces of work. */
  boolean crosses(Place next) {
    return (this == HOST) != (next == HOST);
  }
}
