package dev.tilewright.op;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.op.Primitive.BinaryKind;
import dev.tilewright.op.Primitive.BlockPart;
import dev.tilewright.op.Primitive.CompareKind;
import dev.tilewright.op.Primitive.ReduceKind;
import dev.tilewright.op.Primitive.UnaryKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The name and attributes of a primitive as text, such as {@code reduce.sum 2}. The element type of
 * a constant or a cast is not in it: it is the result's.
 */
public final class PrimitiveText {
  /** A string, a list, or anything else without spaces. */
  private static final Pattern TOKEN = Pattern.compile("\"[^\"]*\"|\\[[^\\]]*\\]|[^\\s\"\\[\\]]+");

  private final List<String> tokens = new ArrayList<>();
  private int at;

  private PrimitiveText(String text) {
    Matcher matcher = TOKEN.matcher(text);
    while (matcher.find()) {
      tokens.add(matcher.group());
    }
  }

  /** The text of a primitive. */
  public static String print(Primitive primitive) {
    return switch (primitive) {
      case Primitive.Constant constant -> "constant " + constant.value();
      case Primitive.Extent extent -> "extent " + list(List.of(extent.extent()));
      case Primitive.Iota iota -> "iota " + list(iota.shape()) + " " + iota.axis();
      case Primitive.Unary unary -> name(unary.kind());
      case Primitive.Binary binary -> name(binary.kind());
      case Primitive.Compare compare -> "compare." + name(compare.kind());
      case Primitive.Select _ -> "select";
      case Primitive.Cast _ -> "cast";
      case Primitive.Reduce reduce -> "reduce." + name(reduce.kind()) + " " + reduce.axis();
      case Primitive.Contract contract ->
          "contract \"" + contract.left() + "," + contract.right() + "->" + contract.out() + '"';
      case Primitive.Blocks blocks -> "blocks." + name(blocks.part());
      case Primitive.Reshape reshape -> "reshape " + list(reshape.shape());
      case Primitive.Transpose transpose -> "transpose " + transpose.permutation();
      case Primitive.Broadcast broadcast ->
          "broadcast " + list(broadcast.shape()) + " " + broadcast.axes();
      case Primitive.Slice slice ->
          "slice "
              + slice.axis()
              + " "
              + list(List.of(slice.start(), slice.stop()))
              + " "
              + slice.step();
      case Primitive.Concat concat -> "concat " + concat.axis();
      case Primitive.Pad pad ->
          "pad " + pad.axis() + " " + list(List.of(pad.low(), pad.high())) + " " + pad.value();
      case Primitive.Window window ->
          "window "
              + window.axis()
              + " "
              + window.size()
              + " "
              + window.stride()
              + " "
              + window.dilation();
      case Primitive.Gather gather -> "gather " + gather.axis();
      case Primitive.Append append -> "append " + append.axis();
    };
  }

  /**
   * Reads what {@link #print} wrote.
   *
   * @param dtype the result's element type
   * @throws IllegalArgumentException if it is no primitive
   */
  public static Primitive parse(String text, DType dtype) {
    PrimitiveText parser = new PrimitiveText(text);
    try {
      Primitive primitive = parser.primitive(parser.word(), dtype);
      if (parser.at != parser.tokens.size()) {
        throw new IllegalArgumentException("unexpected '" + parser.word() + "' in '" + text + "'");
      }
      return primitive;
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("'" + text + "' is no whole operation", e);
    }
  }

  private Primitive primitive(String word, DType dtype) {
    int dot = word.indexOf('.');
    if (dot > 0) {
      String kind = word.substring(dot + 1).toUpperCase(Locale.ROOT);
      return switch (word.substring(0, dot)) {
        case "compare" -> new Primitive.Compare(CompareKind.valueOf(kind));
        case "blocks" -> new Primitive.Blocks(BlockPart.valueOf(kind));
        case "reduce" -> new Primitive.Reduce(ReduceKind.valueOf(kind), integer());
        default -> throw new IllegalArgumentException("no operation is called '" + word + "'");
      };
    }
    return switch (word) {
      case "constant" -> new Primitive.Constant(Double.parseDouble(word()), dtype);
      case "extent" -> new Primitive.Extent(dims().getFirst());
      case "iota" -> new Primitive.Iota(dims(), integer());
      case "select" -> new Primitive.Select();
      case "cast" -> new Primitive.Cast(dtype);
      case "contract" -> {
        String[] parts = word().replace("\"", "").split(",|->", -1);
        yield new Primitive.Contract(parts[0], parts[1], parts[2]);
      }
      case "reshape" -> new Primitive.Reshape(dims());
      case "transpose" -> new Primitive.Transpose(integers());
      case "broadcast" -> new Primitive.Broadcast(dims(), integers());
      case "slice" -> {
        int axis = integer();
        List<Dim> bounds = dims();
        yield new Primitive.Slice(axis, bounds.get(0), bounds.get(1), integer());
      }
      case "concat" -> new Primitive.Concat(integer());
      case "pad" -> {
        int axis = integer();
        List<Dim> sizes = dims();
        yield new Primitive.Pad(axis, sizes.get(0), sizes.get(1), Double.parseDouble(word()));
      }
      case "window" -> new Primitive.Window(integer(), integer(), integer(), integer());
      case "gather" -> new Primitive.Gather(integer());
      case "append" -> new Primitive.Append(integer());
      default -> elementwise(word);
    };
  }

  private static Primitive elementwise(String word) {
    String kind = word.toUpperCase(Locale.ROOT);
    if (Arrays.stream(UnaryKind.values()).anyMatch(unary -> unary.name().equals(kind))) {
      return new Primitive.Unary(UnaryKind.valueOf(kind));
    }
    if (Arrays.stream(BinaryKind.values()).anyMatch(binary -> binary.name().equals(kind))) {
      return new Primitive.Binary(BinaryKind.valueOf(kind));
    }
    throw new IllegalArgumentException("no operation is called '" + word + "'");
  }

  private String word() {
    return tokens.get(at++);
  }

  private int integer() {
    return Integer.parseInt(word());
  }

  private List<Dim> dims() {
    return items().stream().map(Dim::parse).toList();
  }

  private List<Integer> integers() {
    return items().stream().map(Integer::valueOf).toList();
  }

  private List<String> items() {
    String list = word();
    if (!list.startsWith("[")) {
      throw new IllegalArgumentException("expected a list, not '" + list + "'");
    }
    String inner = list.substring(1, list.length() - 1);
    return inner.isBlank()
        ? List.of()
        : Arrays.stream(inner.split(",", -1)).map(String::strip).toList();
  }

  private static String list(List<Dim> dims) {
    return dims.stream().map(Dim::toString).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String name(Enum<?> kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
