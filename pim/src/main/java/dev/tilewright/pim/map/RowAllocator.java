package dev.tilewright.pim.map;

import dev.tilewright.pim.device.Device;

/** Gives out rows, the same in every bank, from row 0 upwards. */
public final class RowAllocator {
  private final Device device;
  private int taken;

  public RowAllocator(Device device) {
    this.device = device;
  }

  public Device device() {
    return device;
  }

  /** Rows of every bank that are taken. */
  public int taken() {
    return taken;
  }

  /**
   * Takes rows and returns the first.
   *
   * @throws CapacityException if fewer are left
   */
  public int take(long rows, String owner) {
    if (rows > device.rows() - taken) {
      throw new CapacityException(
          "'%s' needs %d rows of every bank, but %d of the %d rows of device %s are left; use more channels or a shorter context"
              .formatted(owner, rows, device.rows() - taken, device.rows(), device.name()));
    }
    taken += (int) rows;
    return taken - (int) rows;
  }
}
