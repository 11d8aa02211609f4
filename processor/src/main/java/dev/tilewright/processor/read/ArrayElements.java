package dev.tilewright.processor.read;

import com.sun.source.tree.ArrayAccessTree;
import com.sun.source.tree.NewArrayTree;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.model.Value;
import java.lang.reflect.Array;

/** Arrays: new ones, and their elements. */
final class ArrayElements {
  private final Context context;
  private final Expressions expressions;

  ArrayElements(Context context, Expressions expressions) {
    this.context = context;
    this.expressions = expressions;
  }

  /** The element at an index, or poison. */
  Object element(ArrayAccessTree tree, Frame frame) {
    Object array = expressions.value(tree.getExpression(), frame);
    Object index = index(tree, array, frame);
    return index == Value.Mark.POISON ? index : Array.get(array, (int) index);
  }

  /** An index that exists, or poison. */
  Object index(ArrayAccessTree tree, Object array, Frame frame) {
    Object index = expressions.value(tree.getIndex(), frame);
    if (array == Value.Mark.POISON || index == Value.Mark.POISON) {
      return Value.Mark.POISON;
    }
    if (array == null) {
      return context.report(frame, tree.getExpression(), Diagnostic.NULL_USED);
    }
    if (!array.getClass().isArray()) {
      return context.report(
          frame, tree.getExpression(), Diagnostic.OPERAND, "[]", Value.describe(array));
    }
    Object promoted =
        index instanceof Character || index instanceof Short || index instanceof Byte
            ? Arithmetic.unary("+", index)
            : index;
    if (!(promoted instanceof Integer at)) {
      return context.report(frame, tree.getIndex(), Diagnostic.INDEX, Value.describe(index));
    }
    if (at < 0 || at >= Array.getLength(array)) {
      return context.report(
          frame, tree.getIndex(), Diagnostic.ARRAY_INDEX, at, Array.getLength(array));
    }
    return at;
  }

  /** {@code new} of an array. */
  Object create(NewArrayTree tree, Frame frame) {
    if (tree.getType() == null) {
      throw new Fault(Diagnostic.UNSUPPORTED, "an array without a type");
    }
    JavaType element = context.javaTypes().of(frame.unit(), frame.owner(), tree.getType());
    if (tree.getInitializers() != null) {
      return literal(element.arrayType(), tree, frame);
    }
    int[] lengths = new int[tree.getDimensions().size()];
    for (int i = 0; i < lengths.length; i++) {
      Object length = expressions.value(tree.getDimensions().get(i), frame);
      if (length == Value.Mark.POISON) {
        return length;
      }
      if (!(length instanceof Integer extent)) {
        throw new Fault(Diagnostic.INDEX, Value.describe(length)).at(tree.getDimensions().get(i));
      }
      if (extent < 0 || extent > Context.MAX_STEPS) {
        throw new Fault(Diagnostic.ARITHMETIC, "an array cannot have the length " + extent)
            .at(tree.getDimensions().get(i));
      }
      lengths[i] = extent;
    }
    // The type of the tree's elements lacks the dimensions that are written with a length.
    JavaType whole = element;
    for (int i = 1; i < lengths.length; i++) {
      whole = whole.arrayType();
    }
    return filled(whole, lengths, 0);
  }

  private Object filled(JavaType element, int[] lengths, int at) {
    Object array = element.newArray(lengths[at]);
    for (int i = 0; at + 1 < lengths.length && i < lengths[at]; i++) {
      context.step();
      Array.set(array, i, filled(element.elementType(), lengths, at + 1));
    }
    return array;
  }

  /** An array of the type that holds the initializers' values. */
  Object literal(JavaType type, NewArrayTree tree, Frame frame) {
    JavaType element = type == null ? null : type.elementType();
    if (element == null) {
      return context.report(
          frame, tree, Diagnostic.WRONG_TYPE, "an array", type == null ? "var" : type);
    }
    Object array = element.newArray(tree.getInitializers().size());
    boolean poisoned = false;
    for (int i = 0; i < tree.getInitializers().size(); i++) {
      Object value = expressions.assigned(element, tree.getInitializers().get(i), frame);
      poisoned |= value == Value.Mark.POISON;
      if (!poisoned) {
        Array.set(array, i, value);
      }
    }
    return poisoned ? Value.Mark.POISON : array;
  }
}
