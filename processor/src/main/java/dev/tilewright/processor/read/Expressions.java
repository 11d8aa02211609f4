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
import java.util.Locale;

/**
 * Evaluates expressions. A fault is reported at its place and gives {@link Value.Mark#POISON}, over
 * which everything around it passes in silence, so that one run finds faults that do not depend on
 * each other.
 */
final class Expressions extends SimpleTreeVisitor<Object, Frame> {
  private final Context context;
  private final References references;
  private final ArrayElements arrays;
  private final Records records;
  private final Assignments assignments;
  private Calls calls;
  private Statements statements;

  Expressions(Context context) {
    this.context = context;
    this.references = new References(context, this);
    this.arrays = new ArrayElements(context, this);
    this.records = new Records(context, this);
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
            ? arrays.literal(type, array, frame)
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
        tree.getKind().toString().toLowerCase(Locale.ROOT).replace('_', ' '));
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
    return references.meaning(tree, frame);
  }

  @Override
  public Object visitMemberSelect(MemberSelectTree tree, Frame frame) {
    return references.meaning(tree, frame);
  }

  @Override
  public Object visitMethodInvocation(MethodInvocationTree tree, Frame frame) {
    return calls.invoke(tree, frame);
  }

  @Override
  public Object visitNewClass(NewClassTree tree, Frame frame) {
    return records.create(tree, frame);
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
    return arrays.element(tree, frame);
  }

  /** An index that exists, or poison. */
  Object index(ArrayAccessTree tree, Object array, Frame frame) {
    return arrays.index(tree, array, frame);
  }

  @Override
  public Object visitNewArray(NewArrayTree tree, Frame frame) {
    return arrays.create(tree, frame);
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
