package dev.tilewright.processor.read;

import com.sun.source.tree.VariableTree;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.model.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.util.ElementFilter;

/**
 * The values of static fields: compile-time constants, constants of the language, and what an
 * initializer evaluates to.
 */
final class Fields {
  private final Context context;
  private final Expressions expressions;
  private final Map<VariableElement, Object> values = new HashMap<>();

  Fields(Context context, Expressions expressions) {
    this.context = context;
    this.expressions = expressions;
  }

  /**
   * The value of the type's field of that name, its own or inherited; empty if there is none; a
   * null value is poison.
   */
  Optional<Object> value(TypeElement type, String name, Frame frame) {
    Class<?> known = context.library().find(type);
    if (known != null) {
      return context.library().field(known, name);
    }
    for (VariableElement field : ElementFilter.fieldsIn(context.elements().getAllMembers(type))) {
      if (field.getSimpleName().contentEquals(name)) {
        return Optional.of(value(field, frame));
      }
    }
    return Optional.empty();
  }

  private Object value(VariableElement field, Frame frame) {
    Object constant = field.getConstantValue();
    if (constant != null) {
      return constant;
    }
    TypeElement type = (TypeElement) field.getEnclosingElement();
    if (field.getKind() == ElementKind.ENUM_CONSTANT) {
      List<VariableElement> constants =
          ElementFilter.fieldsIn(type.getEnclosedElements()).stream()
              .filter(other -> other.getKind() == ElementKind.ENUM_CONSTANT)
              .toList();
      return new Value.EnumConstant(
          type, field.getSimpleName().toString(), constants.indexOf(field));
    }
    Class<?> known = context.library().find(type);
    if (known != null) {
      return context
          .library()
          .field(known, field.getSimpleName().toString())
          .orElse(Value.Mark.POISON);
    }
    if (!field.getModifiers().contains(Modifier.STATIC)
        || !field.getModifiers().contains(Modifier.FINAL)) {
      throw new Fault(Diagnostic.FIELD_NOT_CONSTANT, field.getSimpleName());
    }
    if (!values.containsKey(field)) {
      // A field that needs itself has no value.
      values.put(field, Value.Mark.POISON);
      values.put(field, initial(field, type, frame));
    }
    return values.get(field);
  }

  private Object initial(VariableElement field, TypeElement type, Frame frame) {
    Sources.TypeSource source = context.sources().type(type);
    if (source == null) {
      throw Bodies.missing(context, field, type);
    }
    if (!(context.sources().tree(field) instanceof VariableTree tree)
        || tree.getInitializer() == null) {
      throw new Fault(Diagnostic.FIELD_NOT_CONSTANT, field.getSimpleName());
    }
    Frame fresh = new Frame(null, source.unit(), field, null, frame, null);
    JavaType declared = context.javaTypes().of(field.asType());
    return expressions.assigned(declared, tree.getInitializer(), fresh);
  }
}
