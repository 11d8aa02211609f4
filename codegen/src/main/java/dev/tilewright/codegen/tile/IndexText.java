package dev.tilewright.codegen.tile;

import java.util.HashSet;
import java.util.Set;

/** Index arithmetic as infix text: {@code 384*(row + 1) + min(a, b)}. */
final class IndexText {
  private static final int SUM = 1;
  private static final int PRODUCT = 2;
  private static final int ATOM = 3;

  private IndexText() {}

  static String of(Index index) {
    return of(index, SUM);
  }

  private static String of(Index index, int strength) {
    return switch (index) {
      case Index.Constant(long value) -> Long.toString(value);
      case Index.Variable(String name) -> name;
      case Index.Binary binary ->
          switch (binary.kind()) {
            case SUM -> infix(binary, " + ", SUM, strength);
            case DIFFERENCE -> infix(binary, " - ", SUM, strength);
            case PRODUCT -> infix(binary, "*", PRODUCT, strength);
            case QUOTIENT -> infix(binary, "/", PRODUCT, strength);
            case REMAINDER -> infix(binary, "%", PRODUCT, strength);
            case LEAST -> "min(" + of(binary.left()) + ", " + of(binary.right()) + ")";
            case GREATEST -> "max(" + of(binary.left()) + ", " + of(binary.right()) + ")";
          };
    };
  }

  private static String infix(Index.Binary binary, String sign, int own, int strength) {
    String text = of(binary.left(), own) + sign + of(binary.right(), own == SUM ? PRODUCT : ATOM);
    return own < strength ? "(" + text + ")" : text;
  }

  /** The variables of an index. */
  static Set<String> variables(Index index) {
    Set<String> all = new HashSet<>();
    collect(index, all);
    return all;
  }

  private static void collect(Index index, Set<String> all) {
    switch (index) {
      case Index.Constant _ -> {}
      case Index.Variable(String name) -> all.add(name);
      case Index.Binary binary -> {
        collect(binary.left(), all);
        collect(binary.right(), all);
      }
    }
  }
}
