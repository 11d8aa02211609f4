package dev.tilewright.pim.batch;

/**
 * A processor of systolic arrays that keep weights in place while rows pass, and vector lanes.
 *
 * @param arrays how many
 * @param edge cells along each side of an array, a multiply-accumulate a cycle each
 * @param lanes of the vector units, an operation a cycle each, exponentials too
 * @param hertz the clock
 */
public record Npu(int arrays, int edge, int lanes, double hertz) {
  /** NeuPIMs' processor, by its published configuration. */
  public static final Npu NEUPIMS = new Npu(8, 128, 8 * 128, 1e9);

  /** The largest, the differences, exponentials, their sum and the quotients, and scaling. */
  private static final int SOFTMAX_OPERATIONS = 6;

  /**
   * Seconds to multiply {@code rows} vectors with a matrix that is at hand. An array loads the next
   * weights while rows pass, which takes {@code edge} cycles, so that fewer rows take as long.
   */
  public double product(int rows, int depth, int outputs) {
    long tiles = (long) ceil(depth, edge) * ceil(outputs, edge);
    return (tiles + arrays - 1) / arrays * Math.max(rows, edge) / hertz;
  }

  /** Seconds for softmax over vectors of so many elements together. */
  public double softmax(double elements) {
    return SOFTMAX_OPERATIONS * Math.ceil(elements / lanes) / hertz;
  }

  private static int ceil(int a, int b) {
    return (a + b - 1) / b;
  }
}
