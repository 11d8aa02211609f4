package dev.tilewright.processor.read;

import com.sun.source.tree.Tree;
import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.model.Value;
import java.util.Map;
import java.util.Objects;

/** The operators of Java on constants, with its promotions. */
final class Arithmetic {
  private static final Map<String, String> TENSOR_METHODS =
      Map.ofEntries(
          Map.entry("+", "plus"),
          Map.entry("-", "minus"),
          Map.entry("*", "times"),
          Map.entry("/", "dividedBy"),
          Map.entry("<", "lessThan"),
          Map.entry("<=", "atMost"),
          Map.entry(">", "greaterThan"),
          Map.entry(">=", "atLeast"),
          Map.entry("==", "equalTo"),
          Map.entry("!=", "notEqualTo"),
          Map.entry("&", "and"),
          Map.entry("&&", "and"),
          Map.entry("|", "or"),
          Map.entry("||", "or"),
          Map.entry("!", "not"));

  private Arithmetic() {}

  /** The text of an operator, also of the operator inside of a compound assignment. */
  static String symbol(Tree.Kind kind) {
    return switch (kind) {
      case PLUS, PLUS_ASSIGNMENT, UNARY_PLUS -> "+";
      case MINUS, MINUS_ASSIGNMENT, UNARY_MINUS -> "-";
      case MULTIPLY, MULTIPLY_ASSIGNMENT -> "*";
      case DIVIDE, DIVIDE_ASSIGNMENT -> "/";
      case REMAINDER, REMAINDER_ASSIGNMENT -> "%";
      case LEFT_SHIFT, LEFT_SHIFT_ASSIGNMENT -> "<<";
      case RIGHT_SHIFT, RIGHT_SHIFT_ASSIGNMENT -> ">>";
      case UNSIGNED_RIGHT_SHIFT, UNSIGNED_RIGHT_SHIFT_ASSIGNMENT -> ">>>";
      case AND, AND_ASSIGNMENT -> "&";
      case OR, OR_ASSIGNMENT -> "|";
      case XOR, XOR_ASSIGNMENT -> "^";
      case CONDITIONAL_AND -> "&&";
      case CONDITIONAL_OR -> "||";
      case LESS_THAN -> "<";
      case LESS_THAN_EQUAL -> "<=";
      case GREATER_THAN -> ">";
      case GREATER_THAN_EQUAL -> ">=";
      case EQUAL_TO -> "==";
      case NOT_EQUAL_TO -> "!=";
      case LOGICAL_COMPLEMENT -> "!";
      case BITWISE_COMPLEMENT -> "~";
      case PREFIX_INCREMENT, POSTFIX_INCREMENT -> "++";
      case PREFIX_DECREMENT, POSTFIX_DECREMENT -> "--";
      default -> kind.toString();
    };
  }

  /** {@code -a}, {@code +a}, {@code !a}, {@code ~a}. */
  static Object unary(String operator, Object a) {
    if (operator.equals("!") && a instanceof Boolean truth) {
      return !truth;
    }
    Number number = number(a);
    if (number == null || operator.equals("!")) {
      throw undefined(operator, a);
    }
    return switch (operator) {
      case "+" -> number;
      case "-" ->
          switch (number) {
            case Double d -> -d;
            case Float f -> -f;
            case Long l -> -l;
            default -> -number.intValue();
          };
      default ->
          switch (number) {
            case Long l -> ~l;
            case Integer i -> ~i;
            default -> throw undefined(operator, a);
          };
    };
  }

  /** {@code a op b}, but for {@code &&} and {@code ||}. */
  static Object binary(String operator, Object a, Object b) {
    if (operator.equals("+") && (a instanceof String || b instanceof String)) {
      return text(a) + text(b);
    }
    if (operator.equals("==") || operator.equals("!=")) {
      return same(operator, a, b) == operator.equals("==");
    }
    if (a instanceof Boolean x && b instanceof Boolean y) {
      return switch (operator) {
        case "&" -> x && y;
        case "|" -> x || y;
        case "^" -> x ^ y;
        default -> throw undefined(operator, a);
      };
    }
    Number x = number(a);
    Number y = number(b);
    if (x == null || y == null) {
      throw undefined(operator, x == null ? a : b);
    }
    if (operator.endsWith("<<") || operator.startsWith(">>")) {
      return shift(operator, x, y);
    }
    if (x instanceof Double || y instanceof Double) {
      return doubles(operator, x.doubleValue(), y.doubleValue());
    } else if (x instanceof Float || y instanceof Float) {
      return floats(operator, x.floatValue(), y.floatValue());
    } else if (x instanceof Long || y instanceof Long) {
      return longs(operator, x.longValue(), y.longValue());
    }
    Object wide = longs(operator, x.intValue(), y.intValue());
    return wide instanceof Long result ? (Object) (int) (long) result : wide;
  }

  private static boolean same(String operator, Object a, Object b) {
    Number x = number(a);
    Number y = number(b);
    if (x != null && y != null) {
      boolean whole = !isFloating(x) && !isFloating(y);
      return whole ? x.longValue() == y.longValue() : x.doubleValue() == y.doubleValue();
    }
    if (a != null && b != null && (a instanceof Tensor || b instanceof Tensor)) {
      throw undefined(operator, a instanceof Tensor ? a : b);
    }
    return Objects.equals(a, b);
  }

  private static boolean isFloating(Number number) {
    return number instanceof Float || number instanceof Double;
  }

  private static Object doubles(String operator, double x, double y) {
    return switch (operator) {
      case "+" -> x + y;
      case "-" -> x - y;
      case "*" -> x * y;
      case "/" -> x / y;
      case "%" -> x % y;
      case "<" -> x < y;
      case "<=" -> x <= y;
      case ">" -> x > y;
      case ">=" -> x >= y;
      default -> throw undefined(operator, x);
    };
  }

  private static Object floats(String operator, float x, float y) {
    return switch (operator) {
      case "+" -> x + y;
      case "-" -> x - y;
      case "*" -> x * y;
      case "/" -> x / y;
      case "%" -> x % y;
      default -> doubles(operator, x, y);
    };
  }

  private static Object longs(String operator, long x, long y) {
    if (y == 0 && (operator.equals("/") || operator.equals("%"))) {
      throw new Fault(Diagnostic.ARITHMETIC, x + " " + operator + " 0 divides by zero");
    }
    return switch (operator) {
      case "+" -> x + y;
      case "-" -> x - y;
      case "*" -> x * y;
      case "/" -> x / y;
      case "%" -> x % y;
      case "&" -> x & y;
      case "|" -> x | y;
      case "^" -> x ^ y;
      case "<" -> x < y;
      case "<=" -> x <= y;
      case ">" -> x > y;
      case ">=" -> x >= y;
      default -> throw undefined(operator, x);
    };
  }

  private static Object shift(String operator, Number x, Number y) {
    if (x instanceof Double || x instanceof Float || y instanceof Double || y instanceof Float) {
      throw undefined(operator, x);
    }
    long by = y.longValue();
    if (x instanceof Long wide) {
      return operator.equals("<<") ? wide << by : operator.equals(">>") ? wide >> by : wide >>> by;
    }
    int narrow = x.intValue();
    return operator.equals("<<")
        ? narrow << by
        : operator.equals(">>") ? narrow >> by : narrow >>> by;
  }

  /** A number promoted to at least int; null if it is none. */
  private static Number number(Object value) {
    return switch (value) {
      case Character character -> (int) character;
      case Byte small -> small.intValue();
      case Short small -> small.intValue();
      case Number number -> number;
      case null, default -> null;
    };
  }

  private static String text(Object value) {
    return value instanceof Tensor || value instanceof Value.Block || value instanceof Value.Tuple
        ? Value.describe(value)
        : String.valueOf(value);
  }

  static Fault undefined(String operator, Object operand) {
    String method = TENSOR_METHODS.get(operator);
    if (operand instanceof Tensor && method != null) {
      return new Fault(Diagnostic.TENSOR_OPERATOR, operator, method);
    }
    if (operand instanceof Dim && method != null) {
      return new Fault(Diagnostic.OPERAND, operator, "the extent " + operand);
    }
    return operand == null
        ? new Fault(Diagnostic.NULL_USED)
        : new Fault(Diagnostic.OPERAND, operator, Value.describe(operand));
  }
}
