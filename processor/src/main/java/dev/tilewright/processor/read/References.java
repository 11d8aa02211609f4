package dev.tilewright.processor.read;

import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberSelectTree;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.model.Value;
import java.lang.reflect.Array;
import java.util.Optional;
import javax.lang.model.element.TypeElement;

/** What names stand for: variables, components of records, fields, types and packages. */
final class References {
  private final Context context;
  private final Expressions expressions;
  private final Fields fields;

  References(Context context, Expressions expressions) {
    this.context = context;
    this.expressions = expressions;
    this.fields = new Fields(context, expressions);
  }

  /** What a name alone means. */
  Object meaning(IdentifierTree tree, Frame frame) {
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
      Optional<Object> component = Records.component(tuple, name);
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

  /** What a name in something means. */
  Object meaning(MemberSelectTree tree, Frame frame) {
    String name = tree.getIdentifier().toString();
    Object target = expressions.meaning(tree.getExpression(), frame);
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
          Records.component(tuple, name).orElseThrow(() -> unknown(name, tuple));
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
}
