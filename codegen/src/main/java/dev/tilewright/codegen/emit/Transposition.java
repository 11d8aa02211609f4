package dev.tilewright.codegen.emit;

/**
 * The transpose of a square of vectors in registers: {@code result[i][j] = vectors[j][i]}. For each
 * distance d = lanes/2, ..., 2, 1, vectors i and i + d swap what lies above the diagonal of their
 * blocks of d lanes: {@code lanes*log2(lanes)} shuffles of two vectors.
 */
final class Transposition {
  private Transposition() {}

  static Operand[] of(Code code, Operand[] vectors) {
    Operand[] now = vectors.clone();
    int lanes = now.length;
    for (int d = lanes / 2; d > 0; d /= 2) {
      for (int i = 0; i < lanes; i++) {
        if ((i & d) == 0) {
          int distance = d;
          Operand upper = now[i];
          Operand lower = now[i + d];
          now[i] =
              code.shuffle(
                  upper, lower, lane -> (lane & distance) == 0 ? lane : lanes + lane - distance);
          now[i + d] =
              code.shuffle(
                  upper, lower, lane -> (lane & distance) == 0 ? lane + distance : lanes + lane);
        }
      }
    }
    return now;
  }
}
