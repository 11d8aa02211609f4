package dev.tilewright.processor.read;

import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import dev.tilewright.Block;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.model.Value;
import java.util.List;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/** The bodies of methods: where they are, and what they evaluate to. */
final class Bodies {
  private final Context context;
  private final Statements statements;

  Bodies(Context context, Statements statements) {
    this.context = context;
    this.statements = statements;
  }

  /** Evaluates a method's body in the caller's graph. */
  Object evaluate(
      ExecutableElement method, Object self, List<Object> arguments, Frame caller, Tree at) {
    Sources.MethodSource source = source(method);
    Frame frame =
        new Frame(caller.builder(), source.unit(), method, self, caller, caller.place(at));
    return run(method, source, arguments, frame);
  }

  /** Where a method's body is. */
  Sources.MethodSource source(ExecutableElement method) {
    TypeElement type = (TypeElement) method.getEnclosingElement();
    Sources.MethodSource source = context.sources().method(method);
    if (source == null || source.tree().getBody() == null) {
      throw missing(context, method, type);
    }
    return source;
  }

  /** Evaluates a body in a frame that was made for it. */
  Object run(
      ExecutableElement method, Sources.MethodSource source, List<Object> arguments, Frame frame) {
    if (frame.depth() > Context.MAX_DEPTH) {
      throw new Fault(Diagnostic.RECURSION, method.getSimpleName());
    }
    MethodTree tree = source.tree();
    for (int i = 0; i < arguments.size(); i++) {
      JavaType type = context.javaTypes().of(method.getParameters().get(i).asType());
      frame.declare(tree.getParameters().get(i).getName().toString(), type, arguments.get(i));
    }
    Flow flow = statements.execute(tree.getBody(), frame);
    boolean nothing = method.getReturnType().getKind() == TypeKind.VOID;
    return switch (flow) {
      case Flow.Return(Object value) -> nothing ? value : returned(method, value, frame, tree);
      case Flow.Next _, Flow.Break _, Flow.Continue _, Flow.Yield _ ->
          nothing
              ? Value.Mark.NOTHING
              : context.report(frame, tree, Diagnostic.MISSING_RETURN, method.getSimpleName());
    };
  }

  private Object returned(ExecutableElement method, Object value, Frame frame, MethodTree tree) {
    try {
      return Assignments.convert(context.javaTypes().of(method.getReturnType()), value);
    } catch (Fault fault) {
      return context.report(frame, tree, fault);
    }
  }

  /** Whether the method has a body that its author wrote. */
  boolean has(ExecutableElement method) {
    Sources.MethodSource source = context.sources().method(method);
    return source != null
        && source.unit().positions().getEndPosition(source.unit().tree(), source.tree()) >= 0;
  }

  /** The fault that a body is not to be had. */
  static Fault missing(Context context, Element member, TypeElement type) {
    if (context.sources().isDamaged(type)) {
      return new Fault(
          Diagnostic.SOURCE_DAMAGED,
          Companion.simpleName(context.elements(), type),
          type.getSimpleName());
    }
    TypeMirror erased = context.types().erasure(type.asType());
    return type.getAnnotation(Block.class) != null
        ? new Fault(Diagnostic.MISSING_SOURCE, member.getSimpleName(), type.getSimpleName())
        : new Fault(
            Diagnostic.FOREIGN_CALL,
            context.types().asElement(erased).getSimpleName() + "." + member.getSimpleName());
  }
}
