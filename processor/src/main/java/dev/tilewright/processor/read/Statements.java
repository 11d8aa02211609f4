package dev.tilewright.processor.read;

import com.sun.source.tree.AssertTree;
import com.sun.source.tree.BlockTree;
import com.sun.source.tree.BreakTree;
import com.sun.source.tree.CaseLabelTree;
import com.sun.source.tree.CaseTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.ConstantCaseLabelTree;
import com.sun.source.tree.ContinueTree;
import com.sun.source.tree.DefaultCaseLabelTree;
import com.sun.source.tree.DoWhileLoopTree;
import com.sun.source.tree.EmptyStatementTree;
import com.sun.source.tree.EnhancedForLoopTree;
import com.sun.source.tree.ExpressionStatementTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.ForLoopTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.IfTree;
import com.sun.source.tree.LabeledStatementTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
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
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.model.Value;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Executes statements at compile time: loops are unrolled and conditions decided. After a fault the
 * variables that a statement might have assigned hold poison, and the next statement follows.
 */
final class Statements extends SimpleTreeVisitor<Flow, Frame> {
  private static final Set<Tree.Kind> LOOPS =
      Set.of(
          Tree.Kind.FOR_LOOP,
          Tree.Kind.ENHANCED_FOR_LOOP,
          Tree.Kind.WHILE_LOOP,
          Tree.Kind.DO_WHILE_LOOP);

  private final Context context;
  private final Expressions expressions;
  private String label;

  Statements(Context context, Expressions expressions) {
    this.context = context;
    this.expressions = expressions;
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
      throw LOOPS.contains(tree.getKind()) ? exhausted.report(context, frame, tree) : exhausted;
    }
  }

  private Flow execute(List<? extends StatementTree> statements, Frame frame) {
    for (StatementTree statement : statements) {
      Flow flow = execute(statement, frame);
      if (!(flow instanceof Flow.Next)) {
        return flow;
      }
    }
    return Flow.NEXT;
  }

  /** What remains after a statement that could not be executed. */
  private static Flow passOver(Tree tree, Frame frame) {
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
            : expressions.assigned(type, tree.getInitializer(), frame);
    if (value == Value.Mark.NOTHING) {
      value =
          context.report(
              frame, tree.getInitializer(), Diagnostic.WRONG_TYPE, "nothing", "a variable");
    }
    frame.declare(tree.getName().toString(), type, value);
    return Flow.NEXT;
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

  // Loops.

  @Override
  public Flow visitForLoop(ForLoopTree tree, Frame frame) {
    String name = takeLabel();
    frame.enter();
    try {
      execute(tree.getInitializer(), frame);
      return loop(
          tree, tree.getCondition(), tree.getStatement(), tree.getUpdate(), frame, true, name);
    } finally {
      frame.leave();
    }
  }

  @Override
  public Flow visitWhileLoop(WhileLoopTree tree, Frame frame) {
    return loop(
        tree, tree.getCondition(), tree.getStatement(), List.of(), frame, true, takeLabel());
  }

  @Override
  public Flow visitDoWhileLoop(DoWhileLoopTree tree, Frame frame) {
    return loop(
        tree, tree.getCondition(), tree.getStatement(), List.of(), frame, false, takeLabel());
  }

  private Flow loop(
      Tree loop,
      ExpressionTree condition,
      StatementTree body,
      List<? extends StatementTree> update,
      Frame frame,
      boolean tested,
      String label) {
    for (boolean test = tested; ; test = true) {
      context.step();
      if (test && condition != null) {
        Object value = expressions.condition(condition, Diagnostic.LOOP_BOUND, frame);
        if (value == Value.Mark.POISON) {
          return passOver(loop, frame);
        }
        if (!(boolean) value) {
          return Flow.NEXT;
        }
      }
      Flow flow = execute(body, frame);
      if (leaves(flow, label)) {
        return after(flow, label);
      }
      execute(update, frame);
    }
  }

  @Override
  public Flow visitEnhancedForLoop(EnhancedForLoopTree tree, Frame frame) {
    String name = takeLabel();
    Object all = expressions.value(tree.getExpression(), frame);
    if (all == Value.Mark.POISON) {
      return passOver(tree, frame);
    }
    VariableTree variable = tree.getVariable();
    boolean inferred = variable.getType() == null || variable.getType().toString().equals("var");
    JavaType type =
        inferred ? null : context.javaTypes().of(frame.unit(), frame.owner(), variable.getType());
    for (Object element : elements(all, tree.getExpression())) {
      frame.enter();
      try {
        frame.declare(variable.getName().toString(), type, Assignments.convert(type, element));
        Flow flow = execute(tree.getStatement(), frame);
        if (leaves(flow, name)) {
          return after(flow, name);
        }
      } finally {
        frame.leave();
      }
    }
    return Flow.NEXT;
  }

  private static List<Object> elements(Object all, Tree tree) {
    List<Object> elements = new ArrayList<>();
    switch (all) {
      case null -> throw new Fault(Diagnostic.NULL_USED).at(tree);
      case List<?> list -> elements.addAll(list);
      case Object array when array.getClass().isArray() -> {
        for (int i = 0; i < Array.getLength(array); i++) {
          elements.add(Array.get(array, i));
        }
      }
      default -> throw new Fault(Diagnostic.LOOP_BOUND, Value.describe(all)).at(tree);
    }
    return elements;
  }

  /** Whether control leaves the loop of that label. */
  private static boolean leaves(Flow flow, String label) {
    return switch (flow) {
      case Flow.Next _ -> false;
      case Flow.Continue(String to) -> to != null && !to.equals(label);
      case Flow.Break _, Flow.Return _, Flow.Yield _ -> true;
    };
  }

  /** What control does when it has left the loop of that label. */
  private static Flow after(Flow flow, String label) {
    return flow instanceof Flow.Break(String to) && (to == null || to.equals(label))
        ? Flow.NEXT
        : flow;
  }

  @Override
  public Flow visitLabeledStatement(LabeledStatementTree tree, Frame frame) {
    String name = tree.getLabel().toString();
    label = LOOPS.contains(tree.getStatement().getKind()) ? name : null;
    return after(execute(tree.getStatement(), frame), name);
  }

  /** The label of the statement that begins. */
  private String takeLabel() {
    String taken = label;
    label = null;
    return taken;
  }

  @Override
  public Flow visitBreak(BreakTree tree, Frame frame) {
    return new Flow.Break(tree.getLabel() == null ? null : tree.getLabel().toString());
  }

  @Override
  public Flow visitContinue(ContinueTree tree, Frame frame) {
    return new Flow.Continue(tree.getLabel() == null ? null : tree.getLabel().toString());
  }

  // Switches.

  @Override
  public Flow visitYield(YieldTree tree, Frame frame) {
    return new Flow.Yield(expressions.value(tree.getValue(), frame));
  }

  @Override
  public Flow visitSwitch(SwitchTree tree, Frame frame) {
    Object selector = expressions.value(tree.getExpression(), frame);
    if (selector == Value.Mark.POISON) {
      return passOver(tree, frame);
    }
    Flow flow = cases(selector, tree.getExpression(), tree.getCases(), frame, false);
    return after(flow, null);
  }

  /** The value of a switch expression. */
  Object switchValue(SwitchExpressionTree tree, Frame frame) {
    Object selector = expressions.value(tree.getExpression(), frame);
    if (selector == Value.Mark.POISON) {
      return selector;
    }
    Flow flow = cases(selector, tree.getExpression(), tree.getCases(), frame, true);
    if (flow instanceof Flow.Yield(Object value)) {
      return value;
    }
    if (flow instanceof Flow.Return) {
      return Value.Mark.POISON;
    }
    throw new Fault(
        Diagnostic.OPERAND, "switch", Value.describe(selector) + ", for which there is no case");
  }

  private Flow cases(
      Object selector,
      ExpressionTree selected,
      List<? extends CaseTree> cases,
      Frame frame,
      boolean yields) {
    if (selector == null) {
      throw new Fault(Diagnostic.NULL_USED).at(unwrap(selected));
    }
    if (!(selector instanceof Number
            || selector instanceof String
            || selector instanceof Character
            || selector instanceof Enum<?>
            || selector instanceof Value.EnumConstant)
        || selector instanceof Value.Mark) {
      throw new Fault(Diagnostic.CONDITION, Value.describe(selector)).at(unwrap(selected));
    }
    int start = -1;
    int otherwise = -1;
    for (int i = 0; i < cases.size() && start < 0; i++) {
      if (cases.get(i).getGuard() != null) {
        throw new Fault(Diagnostic.PATTERN).at(cases.get(i).getGuard());
      }
      for (CaseLabelTree label : cases.get(i).getLabels()) {
        switch (label) {
          case DefaultCaseLabelTree _ -> otherwise = i;
          case ConstantCaseLabelTree constant ->
              start = matches(selector, constant, frame) ? i : start;
          default -> throw new Fault(Diagnostic.PATTERN).at(label);
        }
      }
    }
    start = start < 0 ? otherwise : start;
    if (start < 0) {
      return Flow.NEXT;
    }
    frame.enter();
    try {
      for (CaseTree taken : cases.subList(start, cases.size())) {
        if (taken.getCaseKind() == CaseTree.CaseKind.RULE) {
          return rule(taken.getBody(), frame, yields);
        }
        Flow flow = execute(taken.getStatements(), frame);
        if (!(flow instanceof Flow.Next)) {
          return flow;
        }
      }
      return Flow.NEXT;
    } finally {
      frame.leave();
    }
  }

  /** What follows an arrow: an expression is the value of a switch that yields one. */
  private Flow rule(Tree body, Frame frame, boolean yields) {
    Tree inner =
        body instanceof ExpressionStatementTree statement ? statement.getExpression() : body;
    if (inner instanceof ExpressionTree expression) {
      Object value = expressions.value(expression, frame);
      return yields ? new Flow.Yield(value) : Flow.NEXT;
    }
    return execute(body, frame);
  }

  private boolean matches(Object selector, ConstantCaseLabelTree label, Frame frame) {
    ExpressionTree constant = label.getConstantExpression();
    boolean isEnum = selector instanceof Enum<?> || selector instanceof Value.EnumConstant;
    if (isEnum && constant instanceof IdentifierTree name) {
      return name.getName()
          .contentEquals(selector instanceof Enum<?> known ? known.name() : selector.toString());
    }
    Object value = expressions.value(constant, frame);
    return value != Value.Mark.POISON && (boolean) Arithmetic.binary("==", selector, value);
  }

  private static ExpressionTree unwrap(ExpressionTree tree) {
    return tree instanceof ParenthesizedTree parenthesized ? parenthesized.getExpression() : tree;
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
