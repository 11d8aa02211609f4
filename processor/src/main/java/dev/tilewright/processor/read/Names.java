package dev.tilewright.processor.read;

import com.sun.source.tree.AnnotatedTypeTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.ParameterizedTypeTree;
import com.sun.source.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;

/**
 * Finds what type a name means in a source file, by the rules of the language: members of the types
 * around, single imports, the package, imports on demand. The compiler's own attribution is never
 * asked, because it would enter bodies too early.
 */
final class Names {
  private final Elements elements;

  Names(Elements elements) {
    this.elements = elements;
  }

  /** The type that a type's tree means; null if there is none of that name. */
  TypeElement type(SourceUnit unit, TypeElement owner, Tree tree) {
    return switch (tree) {
      case IdentifierTree name -> type(unit, owner, name.getName().toString());
      case ParameterizedTypeTree generic -> type(unit, owner, generic.getType());
      case AnnotatedTypeTree annotated -> type(unit, owner, annotated.getUnderlyingType());
      case MemberSelectTree select -> {
        TypeElement outer = type(unit, owner, select.getExpression());
        yield outer == null
            ? elements.getTypeElement(select.toString())
            : member(outer, select.getIdentifier().toString());
      }
      default -> null;
    };
  }

  /** The type that a simple name means; null if there is none. */
  TypeElement type(SourceUnit unit, TypeElement owner, String name) {
    for (TypeElement around = owner; around != null; around = outer(around)) {
      if (around.getSimpleName().contentEquals(name)) {
        return around;
      }
      TypeElement member = member(around, name);
      if (member != null) {
        return member;
      }
    }
    List<String> onDemand = new ArrayList<>();
    for (ImportTree imported : unit.tree().getImports()) {
      String path = imported.getQualifiedIdentifier().toString();
      if (path.endsWith(".*")) {
        onDemand.add(path.substring(0, path.length() - 1));
      } else if (path.endsWith("." + name)) {
        TypeElement type = elements.getTypeElement(path);
        if (type != null) {
          return type;
        }
      }
    }
    String packageName =
        unit.tree().getPackageName() == null ? "" : unit.tree().getPackageName().toString() + ".";
    onDemand.addFirst(packageName);
    onDemand.add("java.lang.");
    for (String prefix : onDemand) {
      TypeElement type = elements.getTypeElement(prefix + name);
      if (type != null) {
        return type;
      }
    }
    return null;
  }

  /**
   * The types whose static member of that name a file imports, in order: named imports, then those
   * on demand.
   */
  List<TypeElement> staticImports(SourceUnit unit, String name) {
    List<TypeElement> types = new ArrayList<>();
    List<TypeElement> onDemand = new ArrayList<>();
    for (ImportTree imported : unit.tree().getImports()) {
      if (imported.isStatic()
          && imported.getQualifiedIdentifier() instanceof MemberSelectTree select) {
        TypeElement type = elements.getTypeElement(select.getExpression().toString());
        if (type != null && select.getIdentifier().contentEquals(name)) {
          types.add(type);
        } else if (type != null && select.getIdentifier().contentEquals("*")) {
          onDemand.add(type);
        }
      }
    }
    types.addAll(onDemand);
    return types;
  }

  /** A type's member type, its own or inherited; null if there is none. */
  TypeElement member(TypeElement type, String name) {
    for (TypeElement member : ElementFilter.typesIn(elements.getAllMembers(type))) {
      if (member.getSimpleName().contentEquals(name)) {
        return member;
      }
    }
    return null;
  }

  static TypeElement outer(TypeElement type) {
    return type.getEnclosingElement() instanceof TypeElement outer ? outer : null;
  }
}
