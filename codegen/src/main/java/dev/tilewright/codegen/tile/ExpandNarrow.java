package dev.tilewright.codegen.tile;

import dev.tilewright.DType;
import dev.tilewright.codegen.tile.Tile.BinaryOp;
import dev.tilewright.codegen.tile.Tile.Shape;
import dev.tilewright.codegen.tile.Tile.Type;
import dev.tilewright.codegen.tile.Tile.UnaryOp;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Writes narrow numbers in operations that the machine has: conversions before stores and packing
 * become explicit, so that a writer only drops bits; {@link Tile.Pack} becomes shifts; {@link
 * Tile.Dot} and TO_BF16 become shifts, masks and multiply-adds unless the machine has them. Results
 * keep their bits, but for bf16 numbers below 2^-126 as {@link Tile.Dot} says.
 */
public final class ExpandNarrow {
  private final MachineModel machine;

  private ExpandNarrow(MachineModel machine) {
    this.machine = machine;
  }

  /** The program in operations that the machine has. */
  public static TileProgram apply(TileProgram program, MachineModel machine) {
    ExpandNarrow pass = new ExpandNarrow(machine);
    return program.withKernels(
        program.kernels().stream()
            .map(kernel -> kernel.withBody(pass.body(kernel.body())))
            .toList());
  }

  private List<Statement> body(List<Statement> body) {
    List<Statement> all = new ArrayList<>();
    for (Statement statement : body) {
      all.add(
          switch (statement) {
            case Statement.Loop loop ->
                new Statement.Loop(
                    loop.variable(),
                    loop.from(),
                    loop.to(),
                    loop.step(),
                    loop.unroll(),
                    body(loop.body()));
            case Statement.If choice ->
                new Statement.If(
                    choice.left(), choice.right(), body(choice.then()), body(choice.otherwise()));
            case Statement.Sweep sweep -> new Statement.Sweep(sweep.shape(), body(sweep.body()));
            case Statement.Set set -> new Statement.Set(set.register(), expand(set.value()));
            case Statement.Store store ->
                new Statement.Store(
                    store.buffer(),
                    store.offset(),
                    store.rowStride(),
                    store.columnStride(),
                    expand(converted(store.buffer().dtype(), store.value())),
                    store.columns());
            case Statement.Define _, Statement.Lookup _, Statement.Prefetch _ -> statement;
          });
    }
    return all;
  }

  private Tile expand(Tile tile) {
    Tile explicit =
        new TileMap(
                index -> index,
                part -> part instanceof Tile.Pack pack ? convertedParts(pack) : part)
            .apply(tile);
    return new TileMap(
            index -> index,
            part ->
                switch (part) {
                  case Tile.Pack pack -> pack(pack);
                  case Tile.Dot dot when !machine.has(dot.kind().extension()) -> dot(dot);
                  case Tile.Unary(UnaryOp op, Tile x) when op == UnaryOp.TO_BF16 -> rounded(x);
                  default -> part;
                })
        .apply(explicit);
  }

  private static Tile convertedParts(Tile.Pack pack) {
    return new Tile.Pack(
        pack.element(),
        pack.parts().stream().map(part -> converted(pack.element(), part)).toList());
  }

  /** The value as one of the type, held wide: what a store of it does. */
  private static Tile converted(DType dtype, Tile value) {
    return switch (dtype) {
      case FLOAT32, INT32, BOOL -> value;
      case BFLOAT16 -> isBfloat16(value) ? value : new Tile.Unary(UnaryOp.TO_BF16, value);
      case INT8 -> within(value, dtype, Byte.MIN_VALUE, Byte.MAX_VALUE);
      case UINT8 -> within(value, dtype, 0, 255);
    };
  }

  private static boolean isBfloat16(Tile value) {
    return switch (value) {
      case Tile.Load load -> load.buffer().dtype() == DType.BFLOAT16;
      case Tile.Gather gather -> gather.buffer().dtype() == DType.BFLOAT16;
      case Tile.Unary unary -> unary.op() == UnaryOp.TO_BF16;
      case Tile.Select select -> isBfloat16(select.yes()) && isBfloat16(select.no());
      case Tile.Fill fill -> fill.value() == DType.BFLOAT16.of(fill.value());
      default -> false;
    };
  }

  private static Tile within(Tile value, DType dtype, int least, int greatest) {
    return isWithin(value, dtype, least, greatest)
        ? value
        : binary(BinaryOp.MIN, binary(BinaryOp.MAX, value, whole(least)), whole(greatest));
  }

  /** Whether it is seen to be, before or after it is converted. */
  private static boolean isWithin(Tile value, DType dtype, int least, int greatest) {
    return switch (value) {
      case Tile.Load load -> load.buffer().dtype() == dtype;
      case Tile.Binary(BinaryOp op, Tile inner, Tile most) ->
          op == BinaryOp.MIN
              && isFill(most, greatest)
              && inner instanceof Tile.Binary(BinaryOp max, Tile _, Tile lowest)
              && max == BinaryOp.MAX
              && isFill(lowest, least);
      case Tile.Unary(UnaryOp op, Tile real) ->
          op == UnaryOp.TO_INT_EXACT && isWithin(real, dtype, least, greatest);
      default -> false;
    };
  }

  private static boolean isFill(Tile tile, double value) {
    return tile instanceof Tile.Fill fill && fill.value() == value;
  }

  /**
   * The upper half of {@code bits + 0x7FFF + (lowest bit kept)}; a NaN keeps its upper half and
   * becomes quiet.
   */
  private Tile rounded(Tile value) {
    if (machine.has(Extension.TO_BF16)) {
      return new Tile.Unary(UnaryOp.TO_BF16, value);
    }
    Tile bits = bits(value);
    Tile odd = binary(BinaryOp.AND, shifted(BinaryOp.SHIFT_RIGHT, bits, 16), whole(1));
    Tile number = binary(BinaryOp.ADD, binary(BinaryOp.ADD, bits, whole(0x7FFF)), odd);
    Tile quiet = binary(BinaryOp.OR, bits, whole(0x400000));
    Tile nearest = new Tile.Select(new Tile.Binary(BinaryOp.NE, value, value), quiet, number);
    return real(upper(nearest));
  }

  private static Tile pack(Tile.Pack pack) {
    List<Tile> parts = pack.parts();
    if (pack.element() == DType.BFLOAT16) {
      Tile low = shifted(BinaryOp.SHIFT_RIGHT, bits(parts.get(0)), 16);
      return binary(
          BinaryOp.OR, binary(BinaryOp.AND, low, whole(0xFFFF)), upper(bits(parts.get(1))));
    }
    Tile word = shifted(BinaryOp.SHIFT_LEFT, parts.getLast(), 24);
    for (int i = 0; i < 3; i++) {
      Tile low = binary(BinaryOp.AND, parts.get(i), whole(0xFF));
      word = binary(BinaryOp.OR, word, i == 0 ? low : shifted(BinaryOp.SHIFT_LEFT, low, 8 * i));
    }
    return word;
  }

  private Tile dot(Tile.Dot dot) {
    if (machine.multipliesSigned(dot.kind())) {
      return SignedBytes.dot(dot);
    }
    return switch (dot.kind()) {
      case BF16 -> {
        Tile odd =
            new Tile.MultiplyAdd(
                ofAll(dot.left(), ExpandNarrow::odd), odd(dot.right()), dot.addend());
        yield new Tile.MultiplyAdd(ofAll(dot.left(), ExpandNarrow::even), even(dot.right()), odd);
      }
      case U8I8, U7I8, I8I8 -> {
        boolean signed = dot.kind() == Tile.DotKind.I8I8;
        Tile sum = dot.addend();
        for (int i = 0; i < 4; i++) {
          Tile left =
              signed
                  ? signedByte(dot.left(), i)
                  : binary(
                      BinaryOp.AND, shifted(BinaryOp.SHIFT_RIGHT, dot.left(), 8 * i), whole(0xFF));
          Tile right = signedByte(dot.right(), i);
          sum = binary(BinaryOp.ADD, sum, binary(BinaryOp.MUL, left, right));
        }
        yield sum;
      }
    };
  }

  /** The elements of words that lie in a vector at once, then one of them. */
  private static Tile ofAll(Tile words, UnaryOperator<Tile> element) {
    return words instanceof Tile.Column(Tile operand, int column)
        ? new Tile.Column(element.apply(operand), column)
        : element.apply(words);
  }

  private static Tile odd(Tile pairs) {
    return real(upper(pairs));
  }

  private static Tile even(Tile pairs) {
    return real(shifted(BinaryOp.SHIFT_LEFT, pairs, 16));
  }

  private static Tile signedByte(Tile words, int i) {
    return shifted(BinaryOp.SHIFT_RIGHT, shifted(BinaryOp.SHIFT_LEFT, words, 24 - 8 * i), 24);
  }

  private static Tile upper(Tile bits) {
    return binary(BinaryOp.AND, bits, whole(0xFFFF0000));
  }

  private static Tile bits(Tile value) {
    return new Tile.Unary(UnaryOp.BITS_TO_INT, value);
  }

  private static Tile real(Tile bits) {
    return new Tile.Unary(UnaryOp.BITS_TO_FLOAT, bits);
  }

  private static Tile shifted(BinaryOp direction, Tile value, int distance) {
    return distance == 0 ? value : binary(direction, value, whole(distance));
  }

  private static Tile binary(BinaryOp op, Tile left, Tile right) {
    return new Tile.Binary(op, left, right);
  }

  private static Tile whole(int value) {
    return new Tile.Fill(new Shape(1, 1), Type.I32, value);
  }
}
