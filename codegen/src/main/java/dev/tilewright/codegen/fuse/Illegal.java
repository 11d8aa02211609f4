package dev.tilewright.codegen.fuse;

/** A rewrite that would change what is computed; the message says why. */
final class Illegal extends Exception {
  private static final long serialVersionUID = 1L;

  Illegal(String why) {
    super(why);
  }

  /**
   * @throws Illegal unless it holds
   */
  static void unless(boolean holds, String why) throws Illegal {
    if (!holds) {
      throw new Illegal(why);
    }
  }
}
