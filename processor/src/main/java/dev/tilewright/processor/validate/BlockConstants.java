package dev.tilewright.processor.validate;

import dev.tilewright.op.Constants;
import java.util.Optional;
import java.util.OptionalInt;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/** The int constants in sight of an interface, found as Java finds a simple name. */
public record BlockConstants(TypeElement block) implements Constants {
  @Override
  public OptionalInt value(String name) {
    for (Element scope = block; scope instanceof TypeElement; scope = scope.getEnclosingElement()) {
      Optional<VariableElement> field = field((TypeElement) scope, name);
      if (field.isPresent()) {
        return field.get().getConstantValue() instanceof Integer value
            ? OptionalInt.of(value)
            : OptionalInt.empty();
      }
    }
    return OptionalInt.empty();
  }

  private static Optional<VariableElement> field(TypeElement type, String name) {
    for (VariableElement field : ElementFilter.fieldsIn(type.getEnclosedElements())) {
      if (field.getSimpleName().contentEquals(name)) {
        return Optional.of(field);
      }
    }
    for (TypeMirror parent : type.getInterfaces()) {
      Optional<VariableElement> field =
          field((TypeElement) ((DeclaredType) parent).asElement(), name);
      if (field.isPresent()) {
        return field;
      }
    }
    return Optional.empty();
  }
}
