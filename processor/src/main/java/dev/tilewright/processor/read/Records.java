package dev.tilewright.processor.read;

import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.RecordComponentElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;

/** Records: new ones, and their components. */
final class Records {
  private final Context context;
  private final Expressions expressions;

  Records(Context context, Expressions expressions) {
    this.context = context;
    this.expressions = expressions;
  }

  /** {@code new}: a record. */
  Object create(NewClassTree tree, Frame frame) {
    TypeElement type = context.names().type(frame.unit(), frame.owner(), tree.getIdentifier());
    List<Object> arguments = new ArrayList<>();
    for (ExpressionTree argument : tree.getArguments()) {
      arguments.add(expressions.value(argument, frame));
    }
    if (type == null) {
      throw new Fault(Diagnostic.UNKNOWN_NAME, "type '" + tree.getIdentifier() + "'")
          .at(tree.getIdentifier());
    }
    Class<?> known = context.library().find(type);
    if (tree.getClassBody() != null || (known == null && type.getKind() != ElementKind.RECORD)) {
      throw new Fault(Diagnostic.NEW_OBJECT, type.getSimpleName());
    }
    if (arguments.contains(Value.Mark.POISON)) {
      return Value.Mark.POISON;
    }
    context.at(frame, tree);
    return known != null ? context.library().create(known, arguments) : tuple(type, arguments);
  }

  private Value.Tuple tuple(TypeElement type, List<Object> arguments) {
    Sources.TypeSource source = context.sources().type(type);
    for (Tree member : source == null ? List.<Tree>of() : source.tree().getMembers()) {
      // The compiler adds constructors of its own, which end nowhere.
      if (member instanceof MethodTree method
          && method.getName().contentEquals("<init>")
          && source.unit().positions().getEndPosition(source.unit().tree(), method) >= 0) {
        throw new Fault(Diagnostic.RECORD_CONSTRUCTOR, type.getSimpleName());
      }
    }
    List<? extends RecordComponentElement> components =
        ElementFilter.recordComponentsIn(type.getEnclosedElements());
    List<JavaType> types =
        components.stream().map(component -> context.javaTypes().of(component.asType())).toList();
    Overloads.Candidate<TypeElement> canonical = new Overloads.Candidate<>(type, types, false);
    return new Value.Tuple(
        type,
        Overloads.choose(type.getSimpleName().toString(), List.of(canonical), arguments)
            .arguments());
  }

  /** A record's component by its name. */
  static Optional<Object> component(Value.Tuple tuple, String name) {
    List<? extends RecordComponentElement> components =
        ElementFilter.recordComponentsIn(tuple.type().getEnclosedElements());
    for (int i = 0; i < components.size(); i++) {
      if (components.get(i).getSimpleName().contentEquals(name)) {
        return Optional.ofNullable(tuple.components().get(i));
      }
    }
    return Optional.empty();
  }
}
