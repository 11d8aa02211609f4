package dev.tilewright.runtime;

import dev.tilewright.DType;

/** Whole arrays at once. */
final class FloatArrays {
  /** A square of floats that stays in the L1 cache on both sides. */
  private static final int TILE = 32;

  private FloatArrays() {}

  /**
   * The transpose of a row-major matrix.
   *
   * @param rows of the matrix
   */
  static float[] transpose(float[] matrix, int rows) {
    float[] out = new float[matrix.length];
    int columns = rows == 0 ? 0 : matrix.length / rows;
    for (int row = 0; row < rows; row += TILE) {
      for (int column = 0; column < columns; column += TILE) {
        int lastColumn = Math.min(columns, column + TILE);
        for (int r = row; r < Math.min(rows, row + TILE); r++) {
          for (int c = column; c < lastColumn; c++) {
            out[c * rows + r] = matrix[r * columns + c];
          }
        }
      }
    }
    return out;
  }

  static float[] ofBfloats(short[] bits) {
    float[] out = new float[bits.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = DType.bfloat16Value(bits[i]);
    }
    return out;
  }

  static float[] ofBytes(byte[] bytes) {
    float[] out = new float[bytes.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = bytes[i];
    }
    return out;
  }
}
