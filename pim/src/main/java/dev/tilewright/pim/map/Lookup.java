package dev.tilewright.pim.map;

import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.command.StreamBuilder;
import dev.tilewright.pim.device.Device;

/** Reads one output's weights of a mapped matrix as ordinary memory: a row of an embedding. */
public final class Lookup {
  private final MatrixMap matrix;

  public Lookup(MatrixMap matrix) {
    this.matrix = matrix;
  }

  /** The stream that reads output {@code output}; binds {@code row}. */
  public CommandStream stream(int output) {
    if (output < 0 || output >= matrix.outputs()) {
      throw new IllegalArgumentException(
          "'%s' has no row %d: it has rows 0 to %d"
              .formatted(matrix.name(), output, matrix.outputs() - 1));
    }
    StreamBuilder builder = new StreamBuilder(matrix.device());
    int columns = MatrixMap.ceil(matrix.depth(), Device.LANES);
    int slot = builder.out("row", columns);
    for (int i = 0; i < columns; i++) {
      Cell cell = matrix.cell(output, i * Device.LANES);
      builder.add(
          new Command.ReadMemory(cell.channel(), cell.bank(), cell.row(), cell.column(), slot + i));
    }
    return builder.end();
  }

  /** The weights of output {@code output}. */
  public float[] apply(int output, StreamRunner runner) {
    Staging staging = new Staging(stream(output));
    staging.run(runner);
    float[] row = new float[matrix.depth()];
    for (int k = 0; k < row.length; k++) {
      row[k] = staging.get(staging.first("row") + k);
    }
    return row;
  }
}
