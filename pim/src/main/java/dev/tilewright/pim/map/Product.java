package dev.tilewright.pim.map;

import dev.tilewright.pim.command.Command;
import dev.tilewright.pim.command.CommandStream;
import dev.tilewright.pim.command.Source;
import dev.tilewright.pim.command.StreamBuilder;
import dev.tilewright.pim.device.Device;

/**
 * {@code y = W x + b} with a mapped matrix. A chunk of {@code x} goes to the global buffers of all
 * channels once. Then as many groups as there are accumulators are set, multiplied and read
 * together, which costs two mode switches: the bias starts the first chunk's sums, zero the
 * others'.
 */
public final class Product {
  private final MatrixMap matrix;
  private final CommandStream stream;

  public Product(MatrixMap matrix) {
    this.matrix = matrix;
    this.stream = build();
  }

  public MatrixMap matrix() {
    return matrix;
  }

  /** Binds {@code x}, {@code bias}, {@code zero} and {@code y}. */
  public CommandStream stream() {
    return stream;
  }

  private CommandStream build() {
    StreamBuilder builder = new StreamBuilder(matrix.device());
    int slots = matrix.groupSlots();
    int x = builder.in("x", matrix.chunks() * matrix.columns(0));
    int all = matrix.slots(matrix.groups());
    int bias = builder.in("bias", all);
    int zero = builder.in("zero", slots);
    int y = builder.out("y", matrix.chunks() * all);
    for (int q = 0; q < matrix.chunks(); q++) {
      builder.add(
          new Command.WriteBuffer(
              matrix.channels(0), matrix.columns(q), 0, x + q * matrix.columns(0)));
      int together = matrix.device().accumulators();
      for (int from = 0; from < matrix.groups(); from += together) {
        int to = Math.min(matrix.groups(), from + together);
        for (int g = from; g < to; g++) {
          int start = q == 0 ? bias + g * slots : zero;
          builder.add(new Command.WriteBias(matrix.channels(g), g - from, start));
        }
        for (int g = from; g < to; g++) {
          builder.add(
              new Command.MultiplyAll(
                  matrix.channels(g),
                  matrix.row(q, g),
                  matrix.column(q, g),
                  matrix.columns(q),
                  0,
                  g - from,
                  Source.BUFFER));
        }
        for (int g = from; g < to; g++) {
          builder.add(
              new Command.ReadAccumulators(matrix.channels(g), g - from, y + q * all + g * slots));
        }
      }
    }
    return builder.end();
  }

  /**
   * Computes the product.
   *
   * @param x the depth's elements, which round to bf16
   * @param bias an element an output, which rounds to bf16, or null for none
   * @return the outputs: sums over chunks of bf16, in fp32
   */
  public float[] apply(float[] x, float[] bias, StreamRunner runner) {
    Staging staging = new Staging(stream);
    for (int k = 0; k < x.length; k++) {
      staging.put(staging.first("x") + k, x[k]);
    }
    int slots = matrix.groupSlots() * Device.LANES;
    if (bias != null) {
      for (int o = 0; o < bias.length; o++) {
        staging.put(staging.first("bias") + o / matrix.width() * slots + matrix.place(o), bias[o]);
      }
    }
    staging.run(runner);
    float[] y = new float[matrix.outputs()];
    for (int q = 0; q < matrix.chunks(); q++) {
      int from = staging.first("y") + q * matrix.slots(matrix.groups()) * Device.LANES;
      for (int o = 0; o < y.length; o++) {
        y[o] += staging.get(from + o / matrix.width() * slots + matrix.place(o));
      }
    }
    return y;
  }
}
