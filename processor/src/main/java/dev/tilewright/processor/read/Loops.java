package dev.tilewright.processor.read;

import com.sun.source.tree.DoWhileLoopTree;
import com.sun.source.tree.EnhancedForLoopTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.ForLoopTree;
import com.sun.source.tree.LabeledStatementTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.tree.WhileLoopTree;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.model.Value;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Unrolls loops: their conditions are decided, and their bodies executed, round by round. */
final class Loops {
  static final Set<Tree.Kind> KINDS =
      Set.of(
          Tree.Kind.FOR_LOOP,
          Tree.Kind.ENHANCED_FOR_LOOP,
          Tree.Kind.WHILE_LOOP,
          Tree.Kind.DO_WHILE_LOOP);

  private final Context context;
  private final Expressions expressions;
  private final Statements statements;
  private String label;

  Loops(Context context, Expressions expressions, Statements statements) {
    this.context = context;
    this.expressions = expressions;
    this.statements = statements;
  }

  Flow counted(ForLoopTree tree, Frame frame) {
    String name = takeLabel();
    frame.enter();
    try {
      statements.execute(tree.getInitializer(), frame);
      return loop(
          tree, tree.getCondition(), tree.getStatement(), tree.getUpdate(), frame, true, name);
    } finally {
      frame.leave();
    }
  }

  Flow tested(WhileLoopTree tree, Frame frame) {
    return loop(
        tree, tree.getCondition(), tree.getStatement(), List.of(), frame, true, takeLabel());
  }

  Flow repeated(DoWhileLoopTree tree, Frame frame) {
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
          return Statements.passOver(loop, frame);
        }
        if (!(boolean) value) {
          return Flow.NEXT;
        }
      }
      Flow flow = statements.execute(body, frame);
      if (flow.leaves(label)) {
        return flow.after(label);
      }
      statements.execute(update, frame);
    }
  }

  Flow overElements(EnhancedForLoopTree tree, Frame frame) {
    String name = takeLabel();
    Object all = expressions.value(tree.getExpression(), frame);
    if (all == Value.Mark.POISON) {
      return Statements.passOver(tree, frame);
    }
    VariableTree variable = tree.getVariable();
    boolean inferred = variable.getType() == null || variable.getType().toString().equals("var");
    JavaType type =
        inferred ? null : context.javaTypes().of(frame.unit(), frame.owner(), variable.getType());
    for (Object element : elements(all, tree.getExpression())) {
      frame.enter();
      try {
        frame.declare(variable.getName().toString(), type, Assignments.convert(type, element));
        Flow flow = statements.execute(tree.getStatement(), frame);
        if (flow.leaves(name)) {
          return flow.after(name);
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

  Flow labeled(LabeledStatementTree tree, Frame frame) {
    String name = tree.getLabel().toString();
    label = KINDS.contains(tree.getStatement().getKind()) ? name : null;
    return statements.execute(tree.getStatement(), frame).after(name);
  }

  /** The label of the statement that begins. */
  private String takeLabel() {
    String taken = label;
    label = null;
    return taken;
  }
}
