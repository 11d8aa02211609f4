package dev.tilewright.processor.read;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssertTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.BlockTree;
import com.sun.source.tree.BreakTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.ContinueTree;
import com.sun.source.tree.DoWhileLoopTree;
import com.sun.source.tree.EmptyStatementTree;
import com.sun.source.tree.EnhancedForLoopTree;
import com.sun.source.tree.ExpressionStatementTree;
import com.sun.source.tree.ForLoopTree;
import com.sun.source.tree.IfTree;
import com.sun.source.tree.LabeledStatementTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.SynchronizedTree;
import com.sun.source.tree.ThrowTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.TryTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.tree.WhileLoopTree;
import com.sun.source.tree.YieldTree;
import com.sun.source.util.SimpleTreeVisitor;
import dev.tilewright.On;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.model.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Executes statements at compile time: loops are unrolled and conditions decided. After a fault the
 * variables that a statement might have assigned hold poison, and the next statement follows.
 */
final class Statements extends SimpleTreeVisitor<Flow, Frame> {
  private final Context context;
  private final Expressions expressions;
  private final Loops loops;
  private final Switches switches;

  Statements(Context context, Expressions expressions) {
    this.context = context;
    this.expressions = expressions;
    this.loops = new Loops(context, expressions, this);
    this.switches = new Switches(expressions, this);
  }

  /** Executes one statement. */
  Flow execute(Tree tree, Frame frame) {
    context.step();
    try {
      return tree.accept(this, frame);
    } catch (Fault fault) {
      context.report(frame, tree, fault);
      return passOver(tree, frame);
    } catch (Context.Exhausted exhausted) {
      throw Loops.KINDS.contains(tree.getKind())
          ? exhausted.report(context, frame, tree)
          : exhausted;
    }
  }

  /** Executes one after another until control leaves them. */
  Flow execute(List<? extends StatementTree> statements, Frame frame) {
    for (StatementTree statement : statements) {
      Flow flow = execute(statement, frame);
      if (!(flow instanceof Flow.Next)) {
        return flow;
      }
    }
    return Flow.NEXT;
  }

  /** What remains after a statement that could not be executed. */
  static Flow passOver(Tree tree, Frame frame) {
    return Effects.of(tree).poison(frame) ? new Flow.Return(Value.Mark.POISON) : Flow.NEXT;
  }

  @Override
  protected Flow defaultAction(Tree tree, Frame frame) {
    throw new Fault(
        Diagnostic.UNSUPPORTED,
        tree.getKind().toString().toLowerCase(Locale.ROOT).replace('_', ' '));
  }

  @Override
  public Flow visitBlock(BlockTree tree, Frame frame) {
    frame.enter();
    try {
      return execute(tree.getStatements(), frame);
    } finally {
      frame.leave();
    }
  }

  @Override
  public Flow visitEmptyStatement(EmptyStatementTree tree, Frame frame) {
    return Flow.NEXT;
  }

  @Override
  public Flow visitExpressionStatement(ExpressionStatementTree tree, Frame frame) {
    expressions.value(tree.getExpression(), frame);
    return Flow.NEXT;
  }

  @Override
  public Flow visitVariable(VariableTree tree, Frame frame) {
    boolean inferred = tree.getType() == null || tree.getType().toString().equals("var");
    JavaType type =
        inferred ? null : context.javaTypes().of(frame.unit(), frame.owner(), tree.getType());
    Object value =
        tree.getInitializer() == null
            ? Value.Mark.UNASSIGNED
            : frame.on(
                demand(tree), () -> expressions.assigned(type, tree.getInitializer(), frame));
    if (value == Value.Mark.NOTHING) {
      value =
          context.report(
              frame, tree.getInitializer(), Diagnostic.WRONG_TYPE, "nothing", "a variable");
    }
    frame.declare(tree.getName().toString(), type, value);
    return Flow.NEXT;
  }

  /** What {@code @On} says before a variable; found by names alone, as nothing is attributed. */
  private static Optional<On.Unit> demand(VariableTree tree) {
    for (AnnotationTree annotation : tree.getModifiers().getAnnotations()) {
      if (last(annotation.getAnnotationType()).equals(On.class.getSimpleName())) {
        Tree argument = annotation.getArguments().getFirst();
        String name =
            last(argument instanceof AssignmentTree named ? named.getExpression() : argument);
        // javac refuses other names
        return Arrays.stream(On.Unit.values()).filter(unit -> unit.name().equals(name)).findFirst();
      }
    }
    return Optional.empty();
  }

  private static String last(Tree qualified) {
    String name = qualified.toString();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  @Override
  public Flow visitReturn(ReturnTree tree, Frame frame) {
    return new Flow.Return(
        tree.getExpression() == null
            ? Value.Mark.NOTHING
            : expressions.value(tree.getExpression(), frame));
  }

  @Override
  public Flow visitIf(IfTree tree, Frame frame) {
    Object condition = expressions.condition(tree.getCondition(), Diagnostic.CONDITION, frame);
    if (condition == Value.Mark.POISON) {
      return passOver(tree, frame);
    }
    StatementTree taken = (boolean) condition ? tree.getThenStatement() : tree.getElseStatement();
    return taken == null ? Flow.NEXT : execute(taken, frame);
  }

  @Override
  public Flow visitForLoop(ForLoopTree tree, Frame frame) {
    return loops.counted(tree, frame);
  }

  @Override
  public Flow visitWhileLoop(WhileLoopTree tree, Frame frame) {
    return loops.tested(tree, frame);
  }

  @Override
  public Flow visitDoWhileLoop(DoWhileLoopTree tree, Frame frame) {
    return loops.repeated(tree, frame);
  }

  @Override
  public Flow visitEnhancedForLoop(EnhancedForLoopTree tree, Frame frame) {
    return loops.overElements(tree, frame);
  }

  @Override
  public Flow visitLabeledStatement(LabeledStatementTree tree, Frame frame) {
    return loops.labeled(tree, frame);
  }

  @Override
  public Flow visitBreak(BreakTree tree, Frame frame) {
    return new Flow.Break(tree.getLabel() == null ? null : tree.getLabel().toString());
  }

  @Override
  public Flow visitContinue(ContinueTree tree, Frame frame) {
    return new Flow.Continue(tree.getLabel() == null ? null : tree.getLabel().toString());
  }

  @Override
  public Flow visitYield(YieldTree tree, Frame frame) {
    return new Flow.Yield(expressions.value(tree.getValue(), frame));
  }

  @Override
  public Flow visitSwitch(SwitchTree tree, Frame frame) {
    return switches.statement(tree, frame);
  }

  /** The value of a switch expression. */
  Object switchValue(SwitchExpressionTree tree, Frame frame) {
    return switches.value(tree, frame);
  }

  // What is refused.

  @Override
  public Flow visitAssert(AssertTree tree, Frame frame) {
    Object condition = expressions.condition(tree.getCondition(), Diagnostic.CONDITION, frame);
    if (Boolean.FALSE.equals(condition)) {
      Object detail = tree.getDetail() == null ? null : expressions.value(tree.getDetail(), frame);
      throw new Fault(Diagnostic.ASSERTION, detail == null ? "" : ": " + detail);
    }
    return Flow.NEXT;
  }

  @Override
  public Flow visitThrow(ThrowTree tree, Frame frame) {
    String what = tree.getExpression().toString();
    if (tree.getExpression() instanceof NewClassTree created
        && created.getArguments().size() == 1) {
      Object message = expressions.value(created.getArguments().getFirst(), frame);
      what = created.getIdentifier() + (message == Value.Mark.POISON ? "" : ": " + message);
    }
    context.report(frame, tree, Diagnostic.THROWN, what);
    return new Flow.Return(Value.Mark.POISON);
  }

  @Override
  public Flow visitTry(TryTree tree, Frame frame) {
    throw new Fault(Diagnostic.TRY);
  }

  @Override
  public Flow visitSynchronized(SynchronizedTree tree, Frame frame) {
    throw new Fault(Diagnostic.SYNCHRONIZED);
  }

  @Override
  public Flow visitClass(ClassTree tree, Frame frame) {
    throw new Fault(Diagnostic.LOCAL_CLASS);
  }
}
