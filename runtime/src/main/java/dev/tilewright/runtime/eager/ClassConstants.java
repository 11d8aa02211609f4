package dev.tilewright.runtime.eager;

import dev.tilewright.op.Constants;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.OptionalInt;

/** The int constants in sight of an interface, found as Java finds a simple name. */
record ClassConstants(Class<?> block) implements Constants {
  @Override
  public OptionalInt value(String name) {
    for (Class<?> scope = block; scope != null; scope = scope.getEnclosingClass()) {
      try {
        Field field = scope.getField(name);
        boolean constant =
            field.getType() == int.class
                && Modifier.isStatic(field.getModifiers())
                && Modifier.isFinal(field.getModifiers());
        return constant ? OptionalInt.of(field.getInt(null)) : OptionalInt.empty();
      } catch (NoSuchFieldException _) {
        // It may stand in the interface around this one.
      } catch (IllegalAccessException _) {
        return OptionalInt.empty();
      }
    }
    return OptionalInt.empty();
  }
}
