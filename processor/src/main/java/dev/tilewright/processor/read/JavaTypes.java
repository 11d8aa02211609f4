package dev.tilewright.processor.read;

import com.sun.source.tree.ArrayTypeTree;
import com.sun.source.tree.PrimitiveTypeTree;
import com.sun.source.tree.Tree;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.Types;

/** Turns the compiler's types, and types as they are written, into {@link JavaType}s. */
final class JavaTypes {
  private final Types types;
  private final Names names;
  private final Library library;

  JavaTypes(Types types, Names names, Library library) {
    this.types = types;
    this.names = names;
    this.library = library;
  }

  /** The type as it is written in a body. */
  JavaType of(SourceUnit unit, TypeElement owner, Tree tree) {
    return switch (tree) {
      case PrimitiveTypeTree primitive -> primitive(primitive.getPrimitiveTypeKind());
      case ArrayTypeTree array -> of(unit, owner, array.getType()).arrayType();
      default -> {
        TypeElement type = names.type(unit, owner, tree);
        yield type == null ? new JavaType.Any() : of(type.asType());
      }
    };
  }

  JavaType of(TypeMirror type) {
    return switch (type) {
      case ArrayType array -> of(array.getComponentType()).arrayType();
      case DeclaredType declared when declared.getKind() == TypeKind.DECLARED -> {
        Class<?> known = library.find((TypeElement) declared.asElement());
        yield known == null
            ? new JavaType.Declared(types.erasure(declared), this::isSubtype)
            : new JavaType.Known(known);
      }
      default -> type.getKind().isPrimitive() ? primitive(type.getKind()) : new JavaType.Any();
    };
  }

  private boolean isSubtype(TypeMirror sub, TypeMirror base) {
    return types.isSubtype(types.erasure(sub), base);
  }

  private static JavaType primitive(TypeKind kind) {
    Class<?> type =
        switch (kind) {
          case BOOLEAN -> boolean.class;
          case BYTE -> byte.class;
          case SHORT -> short.class;
          case INT -> int.class;
          case LONG -> long.class;
          case CHAR -> char.class;
          case FLOAT -> float.class;
          case DOUBLE -> double.class;
          default -> null;
        };
    return type == null ? new JavaType.Any() : new JavaType.Known(type);
  }
}
