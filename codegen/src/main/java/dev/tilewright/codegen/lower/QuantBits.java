package dev.tilewright.codegen.lower;

import dev.tilewright.Dim;
import dev.tilewright.codegen.index.Axis;
import dev.tilewright.codegen.tile.Buffer;
import dev.tilewright.codegen.tile.Index;
import dev.tilewright.codegen.tile.Statement;
import dev.tilewright.schema.ModelSchema.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The forms that a kernel has of its sum for {@link Layout.QuantPanels}: of nibbles, of bytes below
 * 128 where the machine multiplies them faster, and of bytes. Which of them runs is known when the
 * weight is loaded.
 *
 * @param variable holds the bits of an element
 * @param operand the weight's nibbles
 * @param prefetch of the next panel of nibbles
 * @param words the innermost summed axis, counted in words of nibbles
 */
record QuantBits(
    String variable,
    Buffer weight,
    TileOperand operand,
    PanelPrefetch prefetch,
    ProductSum.Span words) {
  private static final int NIBBLE = 4;
  private static final int SEVEN = 7;
  private static final int BYTE = 8;

  /**
   * @param words the innermost summed axis, counted in words of bytes
   * @param following as in {@link PanelPrefetch}
   */
  static QuantBits of(
      KernelScope scope,
      Buffer weight,
      WeightPanels panels,
      int width,
      Axis words,
      String following) {
    WeightPanels nibbles = panels.nibbles(words);
    return new QuantBits(
        scope.variable("bits"),
        weight,
        TileOperand.panel(weight, nibbles.offset(width)),
        new PanelPrefetch(weight, nibbles, width, following),
        ProductSum.Span.of(new Axis(words.name(), words.extent().exactlyDividedBy(Dim.of(2)))));
  }

  /** Asks the weight. */
  Statement lookup() {
    return new Statement.Lookup(variable, weight, Index.ZERO, Index.of(BYTE + 1), Index.ZERO);
  }

  /** The sum of the same products over nibbles. */
  ProductSum product(ProductSum bytes) {
    List<ProductSum.Span> over = new ArrayList<>(bytes.over());
    over.set(over.size() - 1, words);
    return new ProductSum(
        bytes.machine(),
        bytes.scope(),
        bytes.tile(),
        bytes.step().ofSevenBits(bytes.machine()).orElse(bytes.step()),
        bytes.left(),
        operand,
        over,
        true);
  }

  /** The sum of the same products over bytes below 128, if that is another one. */
  static Optional<ProductSum> ofSevenBits(ProductSum bytes) {
    return bytes.step().ofSevenBits(bytes.machine()).map(bytes::with);
  }

  /** The one that the bits ask for. */
  Statement choose(
      List<Statement> ofNibbles, Optional<List<Statement>> ofSevenBits, List<Statement> ofBytes) {
    List<Statement> wider =
        ofSevenBits.map(seven -> List.of(choose(SEVEN, seven, ofBytes))).orElse(ofBytes);
    return choose(NIBBLE, ofNibbles, wider);
  }

  private Statement choose(int most, List<Statement> upTo, List<Statement> above) {
    return new Statement.If(Index.variable(variable), Index.of(most + 1), upTo, above);
  }
}
