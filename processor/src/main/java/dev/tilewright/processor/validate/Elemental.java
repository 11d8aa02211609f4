package dev.tilewright.processor.validate;

import dev.tilewright.Bool;
import dev.tilewright.Float32;
import dev.tilewright.Int32;
import dev.tilewright.Tensor;
import java.lang.annotation.Annotation;
import java.util.List;
import java.util.stream.Collectors;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;

/** What several rules ask of elements. */
final class Elemental {
  static final List<Class<? extends Annotation>> ELEMENT_TYPES =
      List.of(Float32.class, Int32.class, Bool.class);

  private Elemental() {}

  /** Those of the annotations that stand on the element. */
  static List<Class<? extends Annotation>> present(
      Element element, List<Class<? extends Annotation>> among) {
    return among.stream().filter(annotation -> element.getAnnotation(annotation) != null).toList();
  }

  /** Annotations as they are written. */
  static String names(List<Class<? extends Annotation>> annotations) {
    return annotations.stream()
        .map(annotation -> "@" + annotation.getSimpleName())
        .collect(Collectors.joining(" and "));
  }

  static boolean isTensor(TypeMirror type) {
    return isType(type, Tensor.class);
  }

  static boolean isType(TypeMirror type, Class<?> expected) {
    return type instanceof DeclaredType declared
        && declared.asElement() instanceof TypeElement element
        && element.getQualifiedName().contentEquals(expected.getCanonicalName());
  }

  /** Whether the type and all types around it are public. */
  static boolean isPublic(TypeElement type) {
    for (Element at = type; at instanceof TypeElement; at = at.getEnclosingElement()) {
      boolean inInterface = at.getEnclosingElement().getKind() == ElementKind.INTERFACE;
      if (!inInterface && !at.getModifiers().contains(Modifier.PUBLIC)) {
        return false;
      }
    }
    return true;
  }

  /** A type without packages. */
  static String simple(TypeMirror type) {
    return type.toString().replaceAll("@[\\w.]+(\\([^)]*\\))?\\s*", "").replaceAll("[\\w]+\\.", "");
  }
}
