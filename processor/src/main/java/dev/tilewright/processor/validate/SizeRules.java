package dev.tilewright.processor.validate;

import dev.tilewright.Dim;
import dev.tilewright.Embedding;
import dev.tilewright.Linear;
import dev.tilewright.State;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.diagnose.Places;
import dev.tilewright.processor.diagnose.Reporter;
import java.lang.annotation.Annotation;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;

/** What sizes of layers must be: numbers, or names of constants, of at least 1. */
final class SizeRules {
  private final Places places;
  private final Reporter reporter;

  SizeRules(Places places, Reporter reporter) {
    this.places = places;
    this.reporter = reporter;
  }

  boolean check(TypeElement block, ExecutableElement method, Linear linear) {
    return new Layer(block, method, Linear.class).size("out", linear.out(), linear.size());
  }

  boolean check(TypeElement block, ExecutableElement method, Embedding table) {
    Layer layer = new Layer(block, method, Embedding.class);
    String[] size = table.size();
    if (size.length != 0 && size.length != 2) {
      return layer.refuse(
          Diagnostic.SIZE, "size", "size holds " + size.length + " extents of a table");
    }
    return layer.size("rows", table.rows(), size.length == 0 ? "" : size[0])
        && layer.size("dim", table.dim(), size.length == 0 ? "" : size[1]);
  }

  boolean check(TypeElement block, ExecutableElement method, State state) {
    Layer layer = new Layer(block, method, State.class);
    if (!layer.size("capacity", state.capacity(), state.size())) {
      return false;
    }
    if (state.window() < 0) {
      return layer.refuse(
          Diagnostic.NUMBER_OUT_OF_RANGE,
          "window",
          "window",
          state.window(),
          "at least 1, or 0 to keep all rows");
    }
    int capacity = new BlockConstants(block).size(state.capacity(), state.size());
    long least = (long) state.window() + State.FORGOTTEN_TOGETHER;
    return state.window() == 0
        || capacity >= least
        || layer.refuse(
            Diagnostic.NUMBER_OUT_OF_RANGE,
            state.size().isEmpty() ? "capacity" : "size",
            "capacity",
            capacity,
            "at least %d for a window of %d, as rows are forgotten %d at a time"
                .formatted(least, state.window(), State.FORGOTTEN_TOGETHER));
  }

  /** A layer's annotation on a member of a block. */
  private final class Layer {
    private final TypeElement block;
    private final ExecutableElement method;
    private final Class<? extends Annotation> annotation;

    Layer(TypeElement block, ExecutableElement method, Class<? extends Annotation> annotation) {
      this.block = block;
      this.method = method;
      this.annotation = annotation;
    }

    /** Whether one of the two is given, and gives at least 1. */
    boolean size(String member, int number, String size) {
      if (size.isEmpty()) {
        return number > 0 || outOfRange(member, member, number);
      }
      if (number != 0) {
        return refuse(Diagnostic.SIZE, member, "both " + member + " and size are given");
      }
      try {
        Dim extent = new BlockConstants(block).extent(size);
        if (!extent.isKnown()) {
          return refuse(Diagnostic.SIZE, "size", unknown(extent));
        }
        int value = Math.toIntExact(extent.value());
        return value > 0 || outOfRange("size", member, value);
      } catch (IllegalArgumentException | ArithmeticException e) {
        return refuse(Diagnostic.SIZE, "size", e.getMessage());
      }
    }

    private String unknown(Dim extent) {
      return String.join(", ", extent.symbols())
          + " is no int constant of "
          + block.getSimpleName();
    }

    private boolean outOfRange(String place, String member, int value) {
      return refuse(Diagnostic.NUMBER_OUT_OF_RANGE, place, member, value, "at least 1");
    }

    boolean refuse(Diagnostic diagnostic, String member, Object... arguments) {
      reporter.report(diagnostic, places.place(method, annotation, member), arguments);
      return false;
    }
  }
}
