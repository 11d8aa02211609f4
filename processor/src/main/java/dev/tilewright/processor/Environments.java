package dev.tilewright.processor;

import com.sun.source.util.Trees;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import javax.annotation.processing.ProcessingEnvironment;

/**
 * Finds the compiler's own environment behind the wrappers that build tools and editors put around
 * it.
 */
final class Environments {
  private static final String INTELLIJ = "org.jetbrains.jps.javac.APIWrappers";

  private Environments() {}

  /** Javac's access to trees; null if the compiler is not javac. */
  static Trees trees(ProcessingEnvironment environment) {
    try {
      return Trees.instance(unwrap(environment));
    } catch (IllegalArgumentException | LinkageError _) {
      return null;
    }
  }

  /** The innermost environment. */
  static ProcessingEnvironment unwrap(ProcessingEnvironment environment) {
    ProcessingEnvironment inner = environment;
    for (ProcessingEnvironment next = step(inner); next != null; next = step(next)) {
      inner = next;
    }
    return inner;
  }

  private static ProcessingEnvironment step(ProcessingEnvironment environment) {
    ProcessingEnvironment intellij = intellij(environment);
    return intellij == null ? gradle(environment) : intellij;
  }

  private static ProcessingEnvironment intellij(ProcessingEnvironment environment) {
    try {
      Class<?> wrappers =
          environment.getClass().getClassLoader() == null
              ? Class.forName(INTELLIJ)
              : environment.getClass().getClassLoader().loadClass(INTELLIJ);
      Method unwrap = wrappers.getDeclaredMethod("unwrap", Class.class, Object.class);
      Object inner = unwrap.invoke(null, ProcessingEnvironment.class, environment);
      return inner instanceof ProcessingEnvironment found && !found.equals(environment)
          ? found
          : null;
    } catch (ReflectiveOperationException | LinkageError _) {
      return null;
    }
  }

  /** Gradle wraps it in a class with the field {@code delegate}; others follow suit. */
  private static ProcessingEnvironment gradle(ProcessingEnvironment environment) {
    for (Class<?> type = environment.getClass(); type != null; type = type.getSuperclass()) {
      try {
        Field delegate = type.getDeclaredField("delegate");
        if (ProcessingEnvironment.class.isAssignableFrom(delegate.getType())
            && delegate.trySetAccessible()) {
          return (ProcessingEnvironment) delegate.get(environment);
        }
      } catch (ReflectiveOperationException _) {
        // Not in this class; perhaps in the one above.
      }
    }
    return null;
  }
}
