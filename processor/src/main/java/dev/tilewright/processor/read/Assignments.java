package dev.tilewright.processor.read;

import com.sun.source.tree.ArrayAccessTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.CompoundAssignmentTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.UnaryTree;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.model.Value;
import java.lang.reflect.Array;
import java.util.function.UnaryOperator;

/** {@code =}, {@code +=}, {@code ++} and their kin, on local variables and elements of arrays. */
final class Assignments {
  private final Context context;
  private final Expressions expressions;

  Assignments(Context context, Expressions expressions) {
    this.context = context;
    this.expressions = expressions;
  }

  Object assign(AssignmentTree tree, Frame frame) {
    return store(
        tree.getVariable(),
        frame,
        false,
        (type, _) -> expressions.assigned(type, tree.getExpression(), frame));
  }

  Object compound(CompoundAssignmentTree tree, Frame frame) {
    return store(
        tree.getVariable(),
        frame,
        true,
        (_, old) -> {
          Object right = expressions.value(tree.getExpression(), frame);
          return change(
              old,
              value ->
                  right == Value.Mark.POISON
                      ? right
                      : Arithmetic.binary(Arithmetic.symbol(tree.getKind()), value, right));
        });
  }

  /** {@code ++} and {@code --}: the new value, or as a postfix the old one. */
  Object step(UnaryTree tree, Frame frame) {
    String operator = Arithmetic.symbol(tree.getKind()).substring(1);
    Object[] before = new Object[1];
    Object after =
        store(
            tree.getExpression(),
            frame,
            true,
            (_, old) -> {
              before[0] = old;
              return change(old, value -> Arithmetic.binary(operator, value, 1));
            });
    boolean postfix =
        tree.getKind() == Tree.Kind.POSTFIX_INCREMENT
            || tree.getKind() == Tree.Kind.POSTFIX_DECREMENT;
    return postfix ? before[0] : after;
  }

  /** The changed value in the type of the old one, as compound assignments cast. */
  private static Object change(Object old, UnaryOperator<Object> operation) {
    if (old == Value.Mark.POISON) {
      return old;
    }
    Object result = operation.apply(old);
    if (result == Value.Mark.POISON || result instanceof String || result instanceof Boolean) {
      return result;
    }
    Class<?> type =
        switch (old) {
          case Byte _ -> byte.class;
          case Short _ -> short.class;
          case Character _ -> char.class;
          case Integer _ -> int.class;
          case Long _ -> long.class;
          case Float _ -> float.class;
          default -> double.class;
        };
    return JavaType.toPrimitive(result, type);
  }

  @FunctionalInterface
  private interface Change {
    Object apply(JavaType type, Object old);
  }

  private Object store(ExpressionTree target, Frame frame, boolean reads, Change change) {
    return switch (target) {
      case ParenthesizedTree inner -> store(inner.getExpression(), frame, reads, change);
      case IdentifierTree name when frame.local(name.getName().toString()) != null -> {
        Frame.Local local = frame.local(name.getName().toString());
        Object old = reads ? expressions.value(target, frame) : null;
        try {
          local.value = change.apply(local.type, old);
        } catch (Fault fault) {
          local.value = Value.Mark.POISON;
          throw fault;
        }
        yield local.value;
      }
      case ArrayAccessTree access -> {
        Object array = expressions.value(access.getExpression(), frame);
        Object index = expressions.index(access, array, frame);
        if (index == Value.Mark.POISON) {
          yield change.apply(null, Value.Mark.POISON);
        }
        JavaType element = new JavaType.Known(array.getClass().getComponentType());
        boolean own = element.equals(new JavaType.Known(Object.class));
        Object value =
            change.apply(own ? new JavaType.Any() : element, Array.get(array, (int) index));
        if (value != Value.Mark.POISON) {
          Array.set(array, (int) index, value);
        } else if (access.getExpression() instanceof IdentifierTree name) {
          frame.poison(name.getName().toString());
        }
        yield value;
      }
      default -> {
        change.apply(null, Value.Mark.POISON);
        yield context.report(frame, target, Diagnostic.FIELD_ASSIGNED, "'" + target + "'");
      }
    };
  }

  /**
   * The value as a variable of the type holds it.
   *
   * @param type null for {@code var}
   * @throws Fault if it cannot
   */
  static Object convert(JavaType type, Object value) {
    if (value == Value.Mark.POISON || type == null) {
      return value;
    }
    // Constants may become narrower in an assignment; whether these may, javac checks.
    boolean number =
        value instanceof Integer
            || value instanceof Short
            || value instanceof Byte
            || value instanceof Character;
    if (type instanceof JavaType.Known(Class<?> narrow)
        && (narrow == byte.class || narrow == short.class || narrow == char.class)
        && number) {
      return JavaType.toPrimitive(value, narrow);
    }
    if (!type.accepts(value, true)) {
      throw new Fault(Diagnostic.WRONG_TYPE, Value.describe(value), type);
    }
    return type.convert(value);
  }
}
