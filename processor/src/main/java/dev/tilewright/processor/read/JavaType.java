package dev.tilewright.processor.read;

import dev.tilewright.processor.model.Value;
import java.lang.reflect.Array;
import java.util.List;
import javax.lang.model.type.TypeMirror;

/** A static type, as far as values need it: for conversions, overloads and arrays. */
sealed interface JavaType {
  /**
   * A type that the processor can load: numbers, strings, tensors, and what else the language of
   * models has.
   */
  record Known(Class<?> type) implements JavaType {
    @Override
    public String toString() {
      return type.getSimpleName();
    }
  }

  /** A block, record or enum that the user declared; erased. */
  record Declared(TypeMirror type, Subtyping subtyping) implements JavaType {
    boolean isBaseOf(TypeMirror sub) {
      return subtyping.test(sub, type);
    }

    @Override
    public String toString() {
      String name = type.toString();
      return name.substring(name.lastIndexOf('.') + 1);
    }
  }

  /** An array whose elements the processor cannot load the type of. */
  record ArrayOf(JavaType component) implements JavaType {
    @Override
    public String toString() {
      return component + "[]";
    }
  }

  /** A type variable, or a type that does not exist: javac has the last word on those. */
  record Any() implements JavaType {
    @Override
    public String toString() {
      return "Object";
    }
  }

  /** Whether one declared type is a subtype of another. */
  @FunctionalInterface
  interface Subtyping {
    boolean test(TypeMirror sub, TypeMirror base);
  }

  /** Byte, short, int, long, float, double: a conversion to a later one loses no magnitude. */
  List<Class<?>> WIDENING =
      List.of(byte.class, short.class, int.class, long.class, float.class, double.class);

  List<Class<?>> BOXES =
      List.of(
          Byte.class,
          Short.class,
          Integer.class,
          Long.class,
          Float.class,
          Double.class,
          Boolean.class,
          Character.class);

  /** Whether the value may be passed; {@code loose} also boxes. */
  default boolean accepts(Object value, boolean loose) {
    return switch (this) {
      case Any _ -> true;
      case Known(Class<?> type) when type.isPrimitive() -> value != null && widens(value, type);
      case Known(Class<?> type) ->
          value == null
              || (type.isInstance(value)
                  && !(value instanceof Value)
                  && (loose || !BOXES.contains(value.getClass())));
      case Declared declared ->
          switch (value) {
            case null -> true;
            case Value.Block block -> declared.isBaseOf(block.type());
            case Value.Tuple tuple -> declared.isBaseOf(tuple.type().asType());
            case Value.EnumConstant constant -> declared.isBaseOf(constant.type().asType());
            default -> false;
          };
      case ArrayOf _ -> value == null || value instanceof Object[];
    };
  }

  /**
   * Whether every value of this type is one of the other, so that a method taking this is the more
   * specific.
   */
  default boolean isSubtypeOf(JavaType other) {
    return switch (other) {
      case Any _ -> true;
      case Known(Class<?> base) when base.isPrimitive() ->
          this instanceof Known(Class<?> type)
              && (type == base
                  || (WIDENING.contains(type) && WIDENING.indexOf(type) <= WIDENING.indexOf(base))
                  || (type == char.class && WIDENING.indexOf(base) >= 2));
      case Known(Class<?> base) ->
          this instanceof Known(Class<?> type)
              && (type.isPrimitive() || base.isAssignableFrom(type));
      case Declared base -> this instanceof Declared sub && base.isBaseOf(sub.type());
      case ArrayOf(JavaType base) ->
          this instanceof ArrayOf(JavaType component) && component.isSubtypeOf(base);
    };
  }

  /** The value as this type holds it: numbers become wider, others stay. */
  default Object convert(Object value) {
    return this instanceof Known(Class<?> type) && type.isPrimitive()
        ? toPrimitive(value, type)
        : value;
  }

  /** A new array with elements of this type. */
  default Object newArray(int length) {
    return this instanceof Known(Class<?> type)
        ? Array.newInstance(type, length)
        : new Object[length];
  }

  /** The type of the elements, if this is an array; else null. */
  default JavaType elementType() {
    return switch (this) {
      case Known(Class<?> type) when type.isArray() -> new Known(type.getComponentType());
      case ArrayOf(JavaType component) -> component;
      default -> null;
    };
  }

  /** The array type with elements of this type. */
  default JavaType arrayType() {
    return this instanceof Known(Class<?> type) ? new Known(type.arrayType()) : new ArrayOf(this);
  }

  /** What a field or an array element of this type holds before it is assigned. */
  default Object zero() {
    return this instanceof Known(Class<?> type) && type.isPrimitive()
        ? Array.get(Array.newInstance(type, 1), 0)
        : null;
  }

  /** A number as the primitive type holds it. */
  static Object toPrimitive(Object value, Class<?> type) {
    if (type == boolean.class) {
      return value;
    }
    if (type == char.class) {
      return value instanceof Character ? value : (char) ((Number) value).intValue();
    }
    Number number =
        value instanceof Character character ? (Number) (int) character : (Number) value;
    boolean wide = number instanceof Float || number instanceof Double;
    if (type == int.class) {
      return wide ? (int) number.doubleValue() : number.intValue();
    } else if (type == long.class) {
      return wide ? (long) number.doubleValue() : number.longValue();
    } else if (type == float.class) {
      return number.floatValue();
    } else if (type == double.class) {
      return number.doubleValue();
    } else if (type == short.class) {
      return (short) (wide ? (int) number.doubleValue() : number.intValue());
    }
    return (byte) (wide ? (int) number.doubleValue() : number.intValue());
  }

  private static boolean widens(Object value, Class<?> to) {
    int box = BOXES.indexOf(value.getClass());
    if (box < 0) {
      return false;
    }
    return switch (value) {
      case Boolean _ -> to == boolean.class;
      case Character _ -> to == char.class || WIDENING.indexOf(to) >= 2;
      default -> WIDENING.contains(to) && box <= WIDENING.indexOf(to);
    };
  }
}
