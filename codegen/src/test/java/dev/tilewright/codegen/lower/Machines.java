package dev.tilewright.codegen.lower;

import dev.tilewright.codegen.tile.Extension;
import dev.tilewright.codegen.tile.MachineModel;
import java.util.List;
import java.util.Set;

/** Processors as different as can be. */
final class Machines {
  /** 512-bit vectors with masks and multiply-add. */
  static final MachineModel WIDE =
      new MachineModel(16, 32, true, true, 64, 32 << 10, 1 << 20, 1, 2, 4);

  /** Four lanes, no multiply-add, no masks, and a cache that holds few rows. */
  static final MachineModel NARROW =
      new MachineModel(4, 16, false, false, 64, 32 << 10, 4 << 10, 1, 2, 4);

  /** As WIDE, with instructions for narrow numbers. */
  static final MachineModel DOTS = WIDE.with(Set.of(Extension.values()));

  static final List<MachineModel> ALL = List.of(WIDE, DOTS, NARROW);

  private Machines() {}
}
