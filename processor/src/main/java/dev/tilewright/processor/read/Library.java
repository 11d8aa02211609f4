package dev.tilewright.processor.read;

import dev.tilewright.Tensor;
import dev.tilewright.op.TensorTypeException;
import dev.tilewright.processor.diagnose.Diagnostic;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;

/**
 * Calls the language's own classes. There is no table of operators: {@code x.plus(y)} calls {@link
 * Tensor#plus} with symbolic tensors, which leave their primitives in the graph.
 */
final class Library {
  private static final Set<String> PACKAGES = Set.of("dev.tilewright", "dev.tilewright.op");

  /** Classes of Java that compute without effects. */
  private static final Set<Class<?>> JAVA =
      Set.of(
          Math.class,
          StrictMath.class,
          Object.class,
          Number.class,
          Byte.class,
          Short.class,
          Integer.class,
          Long.class,
          Float.class,
          Double.class,
          Boolean.class,
          Character.class,
          String.class,
          CharSequence.class,
          Comparable.class,
          Iterable.class,
          List.class,
          Record.class,
          Enum.class);

  private static final Set<String> FORBIDDEN =
      Set.of("random", "getClass", "notify", "notifyAll", "wait", "hashCode", "describeConstable");

  private final Elements elements;

  Library(Elements elements) {
    this.elements = elements;
  }

  /** The class that a type stands for, if the language of models has it; else null. */
  Class<?> find(TypeElement type) {
    String packageName = elements.getPackageOf(type).getQualifiedName().toString();
    boolean known =
        PACKAGES.contains(packageName)
            || packageName.equals("java.lang")
            || packageName.equals("java.util");
    if (!known || type.getKind() == ElementKind.ANNOTATION_TYPE) {
      return null;
    }
    try {
      Class<?> found =
          Class.forName(
              elements.getBinaryName(type).toString(), false, Library.class.getClassLoader());
      return isKnown(found) ? found : null;
    } catch (ClassNotFoundException _) {
      return null;
    }
  }

  private static boolean isKnown(Class<?> type) {
    return PACKAGES.contains(type.getPackageName())
        ? Modifier.isPublic(type.getModifiers())
        : JAVA.contains(type);
  }

  /** Calls a static method. */
  Object call(Class<?> type, String name, List<Object> arguments) {
    return invoke(null, type.getSimpleName(), name, methods(List.of(type), name, true), arguments);
  }

  /** Whether a class has a static method of that name. */
  boolean has(Class<?> type, String name) {
    return !methods(List.of(type), name, true).isEmpty();
  }

  /** Calls a method of an object. */
  Object call(Object target, String name, List<Object> arguments) {
    List<Class<?>> types = publicTypes(target.getClass());
    String typeName =
        target instanceof Tensor
            ? "Tensor"
            : types.isEmpty()
                ? target.getClass().getSimpleName()
                : types.getFirst().getSimpleName();
    return invoke(target, typeName, name, methods(types, name, false), arguments);
  }

  private Object invoke(
      Object target, String type, String name, List<Method> methods, List<Object> arguments) {
    if (FORBIDDEN.contains(name)) {
      throw new Fault(Diagnostic.FOREIGN_CALL, type + "." + name);
    }
    if (methods.isEmpty()) {
      throw new Fault(Diagnostic.UNKNOWN_METHOD, type, name);
    }
    Overloads.Choice<Method> choice = Overloads.choose(name, candidates(methods), arguments);
    try {
      Object result = choice.method().invoke(target, choice.arguments().toArray());
      return choice.method().getReturnType() == void.class
          ? dev.tilewright.processor.model.Value.Mark.NOTHING
          : result;
    } catch (InvocationTargetException e) {
      throw translate(target, name, e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Makes a new object: a record of the language. */
  Object create(Class<?> type, List<Object> arguments) {
    if (!type.isRecord()) {
      throw new Fault(Diagnostic.NEW_OBJECT, type.getSimpleName());
    }
    Overloads.Choice<Constructor<?>> choice =
        Overloads.choose(
            type.getSimpleName(), candidates(List.of(type.getConstructors())), arguments);
    try {
      return choice.method().newInstance(choice.arguments().toArray());
    } catch (InvocationTargetException e) {
      throw translate(null, type.getSimpleName(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The value of a static field; empty if there is none. */
  java.util.Optional<Object> field(Class<?> type, String name) {
    try {
      Field field = type.getField(name);
      return Modifier.isStatic(field.getModifiers())
          ? java.util.Optional.of(field.get(null))
          : java.util.Optional.empty();
    } catch (NoSuchFieldException _) {
      return java.util.Optional.empty();
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Method> methods(List<Class<?>> types, String name, boolean isStatic) {
    Set<Method> found = new LinkedHashSet<>();
    for (Class<?> type : types) {
      for (Method method : type.getMethods()) {
        if (method.getName().equals(name)
            && !method.isBridge()
            && Modifier.isStatic(method.getModifiers()) == isStatic
            && (!isStatic || method.getDeclaringClass() == type)) {
          found.add(method);
        }
      }
    }
    return List.copyOf(found);
  }

  private static <M extends Executable> List<Overloads.Candidate<M>> candidates(List<M> methods) {
    List<Overloads.Candidate<M>> candidates = new ArrayList<>();
    for (M method : methods) {
      List<JavaType> parameters =
          Arrays.stream(method.getParameterTypes())
              .map(JavaType.Known::new)
              .collect(Collectors.toList());
      candidates.add(new Overloads.Candidate<>(method, parameters, method.isVarArgs()));
    }
    return candidates;
  }

  /** The classes and interfaces of an object that models may use. */
  private static List<Class<?>> publicTypes(Class<?> type) {
    Set<Class<?>> found = new LinkedHashSet<>();
    for (Class<?> at = type; at != null; at = at.getSuperclass()) {
      collect(at, found);
    }
    found.remove(Object.class);
    return List.copyOf(found);
  }

  private static void collect(Class<?> type, Set<Class<?>> found) {
    if (isKnown(type)) {
      found.add(type);
    }
    for (Class<?> base : type.getInterfaces()) {
      collect(base, found);
    }
  }

  /** What an exception of an operator means for the one who wrote the call. */
  static Fault translate(Object target, String name, Throwable thrown) {
    String message =
        thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
    return switch (thrown) {
      case TensorTypeException e ->
          new Fault(
              switch (e.reason()) {
                case SHAPE -> Diagnostic.SHAPE;
                case RANK -> Diagnostic.RANK;
                case DTYPE -> Diagnostic.ELEMENT_TYPE;
                case AXIS -> Diagnostic.AXIS;
                case SPECIFICATION -> Diagnostic.SPECIFICATION;
              },
              message);
      case IllegalStateException _ -> new Fault(Diagnostic.SYMBOL_AS_NUMBER, message);
      case UnsupportedOperationException _ when target instanceof Tensor ->
          new Fault(Diagnostic.READS_ELEMENTS, name + ": " + message);
      case UnsupportedOperationException _ -> new Fault(Diagnostic.UNSUPPORTED, name);
      case ArithmeticException _ -> new Fault(Diagnostic.ARITHMETIC, name + ": " + message);
      case NullPointerException _ -> new Fault(Diagnostic.NULL_USED);
      case StackOverflowError e -> throw e;
      default -> new Fault(Diagnostic.SPECIFICATION, name + ": " + message);
    };
  }
}
