package dev.tilewright.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tilewright.DType;
import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.runtime.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A tensor as an example writes it: {@code [[1, 2.5], [-3, NaN]]}, {@code true}.
 *
 * @param elements the numbers as they are written, row by row
 */
record Values(List<Long> shape, List<String> elements) {
  /** Reads values out of a line. */
  static final class Reader {
    private final String line;
    private int at;

    Reader(String line, int at) {
      this.line = line;
      this.at = at;
    }

    /** Where the values end. */
    int position() {
      return at;
    }

    Values read() {
      skip();
      if (at == line.length() || line.charAt(at) != '[') {
        int start = at;
        while (at < line.length() && ",] \t".indexOf(line.charAt(at)) < 0) {
          at++;
        }
        return new Values(List.of(), List.of(line.substring(start, at)));
      }
      List<Values> parts = new ArrayList<>();
      do {
        at++;
        parts.add(read());
        skip();
      } while (at < line.length() && line.charAt(at) == ',');
      if (at == line.length() || line.charAt(at) != ']') {
        throw new IllegalArgumentException("expected ']' at " + at + " in '" + line + "'");
      }
      at++;
      List<Long> shape = new ArrayList<>(List.of((long) parts.size()));
      shape.addAll(parts.getFirst().shape());
      return new Values(shape, parts.stream().flatMap(part -> part.elements().stream()).toList());
    }

    private void skip() {
      while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
        at++;
      }
    }
  }

  static Values parse(String text) {
    return new Reader(text, 0).read();
  }

  /** The element type that the values are of if nothing else is said. */
  DType dtype() {
    return elements.getFirst().matches("true|false") ? DType.BOOL : DType.FLOAT32;
  }

  Tensor tensor(DType dtype) {
    double[] numbers = elements.stream().mapToDouble(Values::number).toArray();
    float[] floats = new float[numbers.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) numbers[i];
    }
    return Tensors.floats(shape.stream().mapToLong(Long::longValue).toArray(), floats).cast(dtype);
  }

  /** The shape as {@code @Shape} takes it. */
  String shapeText() {
    return shape.stream().map(extent -> '"' + "" + extent + '"').collect(Collectors.joining(", "));
  }

  /** Fails unless the tensor is this, as exactly as it is written. */
  void check(String example, Tensor tensor) {
    assertThat(tensor.shape().stream().map(Dim::value).toList())
        .as("%s: the shape of %s", example, tensor)
        .isEqualTo(shape);
    for (int i = 0; i < elements.size(); i++) {
      double actual =
          switch (tensor.dtype()) {
            case FLOAT32, BFLOAT16 -> tensor.toFloats()[i];
            case INT32, INT8, UINT8, BOOL -> tensor.toInts()[i];
          };
      double expected = number(elements.get(i));
      boolean same =
          Double.compare(actual, expected) == 0
              || Math.abs(actual - expected) <= unit(elements.get(i)) / 2 + 1e-6;
      assertThat(same)
          .as("%s: element %d is %s, not %s", example, i, actual, elements.get(i))
          .isTrue();
    }
    assertThat(tensor.dtype() == DType.BOOL)
        .as("%s: truths are written true and false", example)
        .isEqualTo(dtype() == DType.BOOL);
  }

  private static double number(String text) {
    return switch (text) {
      case "true" -> 1;
      case "false" -> 0;
      default -> Double.parseDouble(text);
    };
  }

  /** The worth of the last digit after the point; 0 if there is none. */
  private static double unit(String number) {
    int point = number.indexOf('.');
    return point < 0 ? 0 : Math.pow(10, point + 1 - number.length());
  }
}
