package dev.tilewright.processor.model;

import dev.tilewright.Tensor;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;

/**
 * What an expression of a declaration can be besides an object of the language itself. Numbers,
 * strings, tensors, extents, options, lists and arrays are the real Java objects, so that the real
 * methods can be called with them.
 */
public sealed interface Value {
  /** A block, which owns the weights under the prefix. */
  record Block(DeclaredType type, String prefix) implements Value {}

  /** A record that the user declared. */
  record Tuple(TypeElement type, List<Object> components) implements Value {
    public Tuple {
      components = Collections.unmodifiableList(new ArrayList<>(components));
    }
  }

  /** A constant of an enum that the user declared. */
  record EnumConstant(TypeElement type, String name, int ordinal) implements Value {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A type's name, before a dot. */
  record TypeName(TypeElement type) implements Value {}

  /** The start of a qualified name that is no type yet. */
  record PackageName(String name) implements Value {}

  /** {@code super} or {@code Type.super}. */
  record Super(TypeElement type) implements Value {}

  /** Values without content. */
  enum Mark implements Value {
    /**
     * What a faulty expression is: the fault was reported, and what depends on it is passed over in
     * silence.
     */
    POISON,
    /** What a method without a result returns. */
    NOTHING,
    /** What a local variable holds before it is assigned. */
    UNASSIGNED
  }

  /** The value in words, for messages. */
  static String describe(Object value) {
    return switch (value) {
      case null -> "null";
      case Tensor tensor -> "a tensor " + tensor.type();
      case Block block -> "the block " + block.type().asElement().getSimpleName();
      case Tuple tuple -> "a record " + tuple.type().getSimpleName();
      case TypeName type -> "the type " + type.type().getSimpleName();
      case Mark mark -> mark == Mark.NOTHING ? "nothing" : "no value";
      case String text -> "\"" + text + "\"";
      case Integer number -> "the int " + number;
      case Long number -> "the long " + number;
      case Float number -> "the float " + number;
      case Double number -> "the double " + number;
      case Boolean truth -> truth.toString();
      case Object array when array.getClass().isArray() ->
          "a "
              + array.getClass().getComponentType().getSimpleName()
              + "["
              + Array.getLength(array)
              + "]";
      default -> value.getClass().getSimpleName() + " " + value;
    };
  }

  /** Several values in words. */
  static String describe(List<?> values) {
    return values.stream().map(Value::describe).collect(Collectors.joining(", "));
  }
}
