package dev.tilewright.runtime.eager;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A block's interface with what its own and its inherited type parameters stand for. */
final class BlockType {
  private final Class<?> raw;
  private final Map<TypeVariable<?>, Type> arguments = new HashMap<>();

  BlockType(Type type) {
    raw = erase(type);
    collect(type);
  }

  Class<?> raw() {
    return raw;
  }

  /** What a method of this block returns. */
  BlockType returned(Method method) {
    return new BlockType(substitute(method.getGenericReturnType()));
  }

  private void collect(Type type) {
    if (type instanceof ParameterizedType applied) {
      Type[] values = applied.getActualTypeArguments();
      TypeVariable<?>[] variables = erase(type).getTypeParameters();
      for (int i = 0; i < values.length; i++) {
        arguments.put(variables[i], substitute(values[i]));
      }
    }
    for (Type parent : erase(type).getGenericInterfaces()) {
      collect(parent);
    }
  }

  private Type substitute(Type type) {
    return switch (type) {
      case TypeVariable<?> variable -> arguments.getOrDefault(variable, erase(variable));
      case WildcardType wildcard -> substitute(wildcard.getUpperBounds()[0]);
      case ParameterizedType applied ->
          new Applied(
              erase(applied),
              Arrays.stream(applied.getActualTypeArguments()).map(this::substitute).toList());
      default -> type;
    };
  }

  private static Class<?> erase(Type type) {
    return switch (type) {
      case Class<?> plain -> plain;
      case ParameterizedType applied -> erase(applied.getRawType());
      case TypeVariable<?> variable -> erase(variable.getBounds()[0]);
      case WildcardType wildcard -> erase(wildcard.getUpperBounds()[0]);
      default -> Object.class;
    };
  }

  /** A generic interface with its variables replaced. */
  private record Applied(Class<?> raw, List<Type> values) implements ParameterizedType {
    @Override
    public Type[] getActualTypeArguments() {
      return values.toArray(Type[]::new);
    }

    @Override
    public Type getRawType() {
      return raw;
    }

    @Override
    public Type getOwnerType() {
      return raw.getDeclaringClass();
    }
  }
}
