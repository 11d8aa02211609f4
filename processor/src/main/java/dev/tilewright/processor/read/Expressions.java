package dev.tilewright.processor.read;

import com.sun.source.tree.ArrayAccessTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompoundAssignmentTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.InstanceOfTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewArrayTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.TypeCastTree;
import com.sun.source.tree.UnaryTree;
import com.sun.source.util.SimpleTreeVisitor;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.model.Value;
import java.lang.reflect.Array;
import java.util.Optional;
import javax.lang.model.element.TypeElement;

/**
 * Evaluates expressions. A fault is reported at its place and gives {@link Value.Mark#POISON}, over
 * which everything around it passes in silence, so that one run finds faults that do not depend on
 * each other.
 */
final class Expressions extends SimpleTreeVisitor<Object, Frame> {
  private final Context context;
  private final Fields fields;
  private final Assignments assignments;
  private Calls calls;
  private Statements statements;

  Expressions(Context context) {
    this.context = context;
    this.fields = new Fields(context, this);
    this.assignments = new Assignments(context, this);
  }

  /** Calls and statements evaluate expressions, which hold calls and, in a switch, statements. */
  void connect(Calls newCalls, Statements newStatements) {
    calls = newCalls;
    statements = newStatements;
  }

  /** The value; never a bare type or package name. */
  Object value(Tree tree, Frame frame) {
    Object value = meaning(tree, frame);
    return switch (value) {
      case Value.PackageName name ->
          context.report(frame, tree, Diagnostic.UNKNOWN_NAME, "'" + name.name() + "'");
      case Value.TypeName type ->
          context.report(
              frame, tree, Diagnostic.UNKNOWN_NAME, "value '" + type.type().getSimpleName() + "'");
      case null, default -> value;
    };
  }

  /** The value, or the type or package that a name means. */
  Object meaning(Tree tree, Frame frame) {
    context.step();
    try {
      return tree.accept(this, frame);
    } catch (Fault fault) {
      return context.report(frame, tree, fault);
    }
  }

  /** The value of an expression that is assigned to something of the type. */
  Object assigned(JavaType type, Tree tree, Frame frame) {
    Object value =
        tree instanceof NewArrayTree array && array.getType() == null
            ? literalArray(type, array, frame)
            : value(tree, frame);
    try {
      return Assignments.convert(type, value);
    } catch (Fault fault) {
      return context.report(frame, tree, fault);
    }
  }

  @Override
  protected Object defaultAction(Tree tree, Frame frame) {
    throw new Fault(
        Diagnostic.UNSUPPORTED,
        tree.getKind().toString().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
  }

  @Override
  public Object visitLiteral(LiteralTree tree, Frame frame) {
    return tree.getValue();
  }

  @Override
  public Object visitParenthesized(ParenthesizedTree tree, Frame frame) {
    return meaning(tree.getExpression(), frame);
  }

  @Override
  public Object visitIdentifier(IdentifierTree tree, Frame frame) {
    String name = tree.getName().toString();
    if (name.equals("this")) {
      return frame.self() == null
          ? context.report(frame, tree, Diagnostic.UNKNOWN_NAME, "'this'")
          : frame.self();
    }
    if (name.equals("super")) {
      return new Value.Super(frame.owner());
    }
    Frame.Local local = frame.local(name);
    if (local != null) {
      if (local.value == Value.Mark.UNASSIGNED) {
        throw new Fault(Diagnostic.NOT_ASSIGNED, name);
      }
      return local.value;
    }
    if (frame.self() instanceof Value.Tuple tuple) {
      Optional<Object> component = Calls.component(tuple, name);
      if (component.isPresent()) {
        return component.get();
      }
    }
    for (TypeElement type = frame.owner(); type != null; type = Names.outer(type)) {
      Optional<Object> field = fields.value(type, name, frame);
      if (field.isPresent()) {
        return field.get();
      }
    }
    for (TypeElement type : context.names().staticImports(frame.unit(), name)) {
      Optional<Object> field = fields.value(type, name, frame);
      if (field.isPresent()) {
        return field.get();
      }
    }
    TypeElement type = context.names().type(frame.unit(), frame.owner(), name);
    return type == null ? new Value.PackageName(name) : new Value.TypeName(type);
  }

  @Override
  public Object visitMemberSelect(MemberSelectTree tree, Frame frame) {
    String name = tree.getIdentifier().toString();
    Object target = meaning(tree.getExpression(), frame);
    return switch (target) {
      case null -> throw new Fault(Diagnostic.NULL_USED);
      case Value.Mark mark -> mark;
      case Value.PackageName start -> {
        TypeElement type = context.elements().getTypeElement(start.name() + "." + name);
        yield type == null
            ? new Value.PackageName(start.name() + "." + name)
            : new Value.TypeName(type);
      }
      case Value.TypeName(TypeElement type) -> staticMember(type, name, frame);
      case Value.Tuple tuple ->
          Calls.component(tuple, name).orElseThrow(() -> unknown(name, tuple));
      case Object array when array.getClass().isArray() && name.equals("length") ->
          Array.getLength(array);
      default -> throw unknown(name, target);
    };
  }

  private Object staticMember(TypeElement type, String name, Frame frame) {
    if (name.equals("super")) {
      return new Value.Super(type);
    }
    if (name.equals("this") && frame.self() instanceof Value.Block) {
      return frame.self();
    }
    Optional<Object> field = fields.value(type, name, frame);
    if (field.isPresent()) {
      return field.get();
    }
    TypeElement member = context.names().member(type, name);
    if (member != null) {
      return new Value.TypeName(member);
    }
    if (context.library().find(type) == null
        && !context.sources().isCompiled(type)
        && !name.equals("class")) {
      throw new Fault(Diagnostic.FOREIGN_CALL, type.getSimpleName() + "." + name);
    }
    throw unknown(name, new Value.TypeName(type));
  }

  private static Fault unknown(String name, Object in) {
    return new Fault(Diagnostic.UNKNOWN_NAME, "'" + name + "' in " + Value.describe(in));
  }

  @Override
  public Object visitMethodInvocation(MethodInvocationTree tree, Frame frame) {
    return calls.invoke(tree, frame);
  }

  @Override
  public Object visitNewClass(NewClassTree tree, Frame frame) {
    return calls.create(tree, frame);
  }

  @Override
  public Object visitUnary(UnaryTree tree, Frame frame) {
    return switch (tree.getKind()) {
      case PREFIX_INCREMENT, PREFIX_DECREMENT, POSTFIX_INCREMENT, POSTFIX_DECREMENT ->
          assignments.step(tree, frame);
      default -> {
        Object operand = value(tree.getExpression(), frame);
        yield operand == Value.Mark.POISON
            ? operand
            : Arithmetic.unary(Arithmetic.symbol(tree.getKind()), operand);
      }
    };
  }

  @Override
  public Object visitBinary(BinaryTree tree, Frame frame) {
    String operator = Arithmetic.symbol(tree.getKind());
    Object left = value(tree.getLeftOperand(), frame);
    if (operator.equals("&&") || operator.equals("||")) {
      if (left instanceof Boolean truth) {
        boolean decided = truth == operator.equals("||");
        return decided ? truth : logical(operator, value(tree.getRightOperand(), frame));
      }
      return logical(operator, left);
    }
    Object right = value(tree.getRightOperand(), frame);
    return left == Value.Mark.POISON || right == Value.Mark.POISON
        ? Value.Mark.POISON
        : Arithmetic.binary(operator, left, right);
  }

  private static Object logical(String operator, Object value) {
    if (value instanceof Boolean || value == Value.Mark.POISON) {
      return value;
    }
    throw Arithmetic.undefined(operator, value);
  }

  @Override
  public Object visitConditionalExpression(ConditionalExpressionTree tree, Frame frame) {
    Object condition = condition(tree.getCondition(), Diagnostic.CONDITION, frame);
    if (condition == Value.Mark.POISON) {
      return condition;
    }
    return value((boolean) condition ? tree.getTrueExpression() : tree.getFalseExpression(), frame);
  }

  /** True, false or poison. */
  Object condition(ExpressionTree tree, Diagnostic otherwise, Frame frame) {
    Object value = value(tree, frame);
    if (value instanceof Boolean || value == Value.Mark.POISON) {
      return value;
    }
    ExpressionTree inner =
        tree instanceof ParenthesizedTree parenthesized ? parenthesized.getExpression() : tree;
    return context.report(frame, inner, otherwise, Value.describe(value));
  }

  @Override
  public Object visitAssignment(AssignmentTree tree, Frame frame) {
    return assignments.assign(tree, frame);
  }

  @Override
  public Object visitCompoundAssignment(CompoundAssignmentTree tree, Frame frame) {
    return assignments.compound(tree, frame);
  }

  @Override
  public Object visitTypeCast(TypeCastTree tree, Frame frame) {
    JavaType type = context.javaTypes().of(frame.unit(), frame.owner(), tree.getType());
    Object value = value(tree.getExpression(), frame);
    if (value == Value.Mark.POISON) {
      return value;
    }
    boolean number = value instanceof Number || value instanceof Character;
    if (type instanceof JavaType.Known(Class<?> primitive)
        && primitive.isPrimitive()
        && primitive != boolean.class
        && number) {
      return JavaType.toPrimitive(value, primitive);
    }
    if (!type.accepts(value, true)) {
      throw new Fault(Diagnostic.WRONG_TYPE, Value.describe(value), type);
    }
    return value;
  }

  @Override
  public Object visitArrayAccess(ArrayAccessTree tree, Frame frame) {
    Object array = value(tree.getExpression(), frame);
    Object index = index(tree, array, frame);
    return index == Value.Mark.POISON ? index : Array.get(array, (int) index);
  }

  /** An index that exists, or poison. */
  Object index(ArrayAccessTree tree, Object array, Frame frame) {
    Object index = value(tree.getIndex(), frame);
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

  @Override
  public Object visitNewArray(NewArrayTree tree, Frame frame) {
    if (tree.getType() == null) {
      throw new Fault(Diagnostic.UNSUPPORTED, "an array without a type");
    }
    JavaType element = context.javaTypes().of(frame.unit(), frame.owner(), tree.getType());
    if (tree.getInitializers() != null) {
      return literalArray(element.arrayType(), tree, frame);
    }
    int[] lengths = new int[tree.getDimensions().size()];
    for (int i = 0; i < lengths.length; i++) {
      Object length = value(tree.getDimensions().get(i), frame);
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

  private Object literalArray(JavaType type, NewArrayTree tree, Frame frame) {
    JavaType element = type == null ? null : type.elementType();
    if (element == null) {
      return context.report(
          frame, tree, Diagnostic.WRONG_TYPE, "an array", type == null ? "var" : type);
    }
    Object array = element.newArray(tree.getInitializers().size());
    boolean poisoned = false;
    for (int i = 0; i < tree.getInitializers().size(); i++) {
      Object value = assigned(element, tree.getInitializers().get(i), frame);
      poisoned |= value == Value.Mark.POISON;
      if (!poisoned) {
        Array.set(array, i, value);
      }
    }
    return poisoned ? Value.Mark.POISON : array;
  }

  @Override
  public Object visitSwitchExpression(SwitchExpressionTree tree, Frame frame) {
    return statements.switchValue(tree, frame);
  }

  @Override
  public Object visitLambdaExpression(LambdaExpressionTree tree, Frame frame) {
    throw new Fault(Diagnostic.LAMBDA);
  }

  @Override
  public Object visitMemberReference(MemberReferenceTree tree, Frame frame) {
    throw new Fault(Diagnostic.METHOD_REFERENCE);
  }

  @Override
  public Object visitInstanceOf(InstanceOfTree tree, Frame frame) {
    throw new Fault(Diagnostic.INSTANCE_OF);
  }
}
