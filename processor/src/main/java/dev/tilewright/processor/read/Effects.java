package dev.tilewright.processor.read;

import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.CompoundAssignmentTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.ReturnTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.UnaryTree;
import com.sun.source.util.TreeScanner;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What a statement might do to the frame around it.
 *
 * @param assigned the variables that it might assign
 * @param returns whether it might leave the method
 */
record Effects(Set<String> assigned, boolean returns) {
  static Effects of(Tree tree) {
    Set<String> assigned = new LinkedHashSet<>();
    boolean[] returns = new boolean[1];
    tree.accept(
        new TreeScanner<Void, Void>() {
          @Override
          public Void visitAssignment(AssignmentTree node, Void unused) {
            add(node.getVariable());
            return super.visitAssignment(node, null);
          }

          @Override
          public Void visitCompoundAssignment(CompoundAssignmentTree node, Void unused) {
            add(node.getVariable());
            return super.visitCompoundAssignment(node, null);
          }

          @Override
          public Void visitUnary(UnaryTree node, Void unused) {
            add(node.getExpression());
            return super.visitUnary(node, null);
          }

          @Override
          public Void visitReturn(ReturnTree node, Void unused) {
            returns[0] = true;
            return super.visitReturn(node, null);
          }

          @Override
          public Void visitLambdaExpression(LambdaExpressionTree node, Void unused) {
            return null;
          }

          private void add(ExpressionTree target) {
            if (target instanceof IdentifierTree name) {
              assigned.add(name.getName().toString());
            }
          }
        },
        null);
    return new Effects(assigned, returns[0]);
  }

  /** Forgets the values of the variables; true if the method might have ended. */
  boolean poison(Frame frame) {
    assigned.forEach(frame::poison);
    return returns;
  }
}
