package dev.tilewright.processor.read;

import com.sun.source.tree.CaseLabelTree;
import com.sun.source.tree.CaseTree;
import com.sun.source.tree.ConstantCaseLabelTree;
import com.sun.source.tree.DefaultCaseLabelTree;
import com.sun.source.tree.ExpressionStatementTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.Tree;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.model.Value;
import java.util.List;

/** Takes the case of a switch that its selector, a constant, matches. */
final class Switches {
  private final Expressions expressions;
  private final Statements statements;

  Switches(Expressions expressions, Statements statements) {
    this.expressions = expressions;
    this.statements = statements;
  }

  Flow statement(SwitchTree tree, Frame frame) {
    Object selector = expressions.value(tree.getExpression(), frame);
    if (selector == Value.Mark.POISON) {
      return Statements.passOver(tree, frame);
    }
    Flow flow = cases(selector, tree.getExpression(), tree.getCases(), frame, false);
    return flow.after(null);
  }

  /** The value of a switch expression. */
  Object value(SwitchExpressionTree tree, Frame frame) {
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
        Flow flow = statements.execute(taken.getStatements(), frame);
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
    return statements.execute(body, frame);
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
}
