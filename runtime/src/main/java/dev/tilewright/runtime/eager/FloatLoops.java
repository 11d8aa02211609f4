package dev.tilewright.runtime.eager;

/**
 * What preparing weights does with every element, as loops of their own, which are compiled to
 * vector instructions: a function that is passed in would be called for each element.
 */
final class FloatLoops {
  private FloatLoops() {}

  static float[] abs(float[] x) {
    float[] out = new float[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = Math.abs(x[i]);
    }
    return out;
  }

  static float[] round(float[] x) {
    float[] out = new float[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) Math.rint(x[i]);
    }
    return out;
  }

  static float[] times(float[] x, float[] y) {
    float[] out = new float[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = x[i] * y[i];
    }
    return out;
  }

  static float[] max(float[] x, float[] y) {
    float[] out = new float[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = Math.max(x[i], y[i]);
    }
    return out;
  }

  /** Truncates, saturates, takes NaN to 0. */
  static byte[] toBytes(float[] x, int least, int greatest) {
    byte[] out = new byte[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) Math.clamp((int) x[i], least, greatest);
    }
    return out;
  }

  static int[] toInts(byte[] x) {
    int[] out = new int[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = x[i];
    }
    return out;
  }

  /** The greatest of each row; minus infinity of an empty one. */
  static float[] maxOfRows(float[] x, int rows) {
    float[] out = new float[rows];
    int columns = rows == 0 ? 0 : x.length / rows;
    for (int row = 0; row < rows; row++) {
      float greatest = Float.NEGATIVE_INFINITY;
      for (int c = 0; c < columns; c++) {
        greatest = Math.max(greatest, x[row * columns + c]);
      }
      out[row] = greatest;
    }
    return out;
  }

  /** The sum of each row, modulo 2^32. */
  static int[] sumOfRows(int[] x, int rows) {
    int[] out = new int[rows];
    int columns = rows == 0 ? 0 : x.length / rows;
    for (int row = 0; row < rows; row++) {
      int sum = 0;
      for (int c = 0; c < columns; c++) {
        sum += x[row * columns + c];
      }
      out[row] = sum;
    }
    return out;
  }
}
