package dev.tilewright.processor.read;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.Trees;
import dev.tilewright.codegen.graph.Origin;
import dev.tilewright.processor.diagnose.Place;
import dev.tilewright.processor.diagnose.Places;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.util.Elements;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Finds the syntax of declarations: the compiler's own trees if it is javac, else the source file's
 * text parsed again, else the text that the companion class in a jar keeps.
 */
public final class Sources implements Places {
  /** A type and its syntax. */
  record TypeSource(SourceUnit unit, ClassTree tree) {}

  /** A method and its syntax. */
  record MethodSource(SourceUnit unit, MethodTree tree) {}

  private final Elements elements;
  private final Trees trees;
  private final Map<TypeElement, SourceUnit> units = new HashMap<>();
  private final Map<TypeElement, Boolean> compiled = new HashMap<>();

  /**
   * @param trees null if the compiler is not javac
   */
  public Sources(Elements elements, Trees trees) {
    this.elements = elements;
    this.trees = trees;
  }

  /** The text of the file that declares a type; null if the type comes out of a jar. */
  public String text(TypeElement type) {
    return isCompiled(type) ? unit(outermost(type)).text() : null;
  }

  /** The name of the file that declares a type which is being compiled. */
  public String fileName(TypeElement type) {
    return unit(outermost(type)).fileName();
  }

  /** Whether the type's source is part of this compilation. */
  public boolean isCompiled(TypeElement type) {
    TypeElement top = outermost(type);
    unit(top);
    return compiled.get(top);
  }

  @Override
  public Place place(Element element) {
    TypeElement type = enclosingType(element);
    SourceUnit unit = unit(outermost(type));
    Element fallback = isCompiled(type) ? element : null;
    if (unit == null) {
      return new Place(Origin.NONE, null, null, fallback);
    }
    Tree tree = tree(element);
    return tree == null ? unit.place(unit.tree(), fallback) : unit.place(tree, fallback);
  }

  @Override
  public Place place(Element element, Class<? extends Annotation> annotation, String member) {
    SourceUnit unit = unit(outermost(enclosingType(element)));
    ModifiersTree modifiers =
        switch (tree(element)) {
          case MethodTree method -> method.getModifiers();
          case VariableTree variable -> variable.getModifiers();
          case ClassTree type -> type.getModifiers();
          case null, default -> null;
        };
    if (unit == null || modifiers == null) {
      return place(element);
    }
    for (AnnotationTree tree : modifiers.getAnnotations()) {
      String name = tree.getAnnotationType().toString();
      if (name.substring(name.lastIndexOf('.') + 1).equals(annotation.getSimpleName())) {
        Tree at = tree;
        for (ExpressionTree argument : tree.getArguments()) {
          if (argument instanceof AssignmentTree assignment
              && assignment.getVariable().toString().equals(member)) {
            at = assignment.getExpression();
          } else if ("value".equals(member) && !(argument instanceof AssignmentTree)) {
            at = argument;
          }
        }
        return unit.place(at, element);
      }
    }
    return place(element);
  }

  /** A method's syntax; null if it is not to be had. */
  MethodSource method(ExecutableElement method) {
    TypeSource type = type((TypeElement) method.getEnclosingElement());
    return type != null && tree(method) instanceof MethodTree tree
        ? new MethodSource(type.unit(), tree)
        : null;
  }

  /** A type's syntax; null if it is not to be had. */
  TypeSource type(TypeElement type) {
    SourceUnit unit = unit(outermost(type));
    return unit != null && tree(type) instanceof ClassTree tree ? new TypeSource(unit, tree) : null;
  }

  /** Whether a companion exists whose text does not match its digest. */
  boolean isDamaged(TypeElement type) {
    Companion companion = Companion.read(elements, type);
    return companion != null && !companion.isIntact();
  }

  /** The syntax of an element, found by names alone: nothing is attributed. */
  Tree tree(Element element) {
    return switch (element.getKind()) {
      case INTERFACE, CLASS, RECORD, ENUM, ANNOTATION_TYPE -> classTree((TypeElement) element);
      case METHOD, CONSTRUCTOR -> methodTree((ExecutableElement) element);
      case FIELD, ENUM_CONSTANT, RECORD_COMPONENT -> {
        ClassTree type = classTree((TypeElement) element.getEnclosingElement());
        yield type == null ? null : variable(type.getMembers(), element);
      }
      case PARAMETER -> {
        MethodTree method = methodTree((ExecutableElement) element.getEnclosingElement());
        yield method == null ? null : variable(method.getParameters(), element);
      }
      default -> null;
    };
  }

  private static VariableTree variable(List<? extends Tree> among, Element element) {
    for (Tree member : among) {
      if (member instanceof VariableTree variable
          && variable.getName().contentEquals(element.getSimpleName())) {
        return variable;
      }
    }
    return null;
  }

  private ClassTree classTree(TypeElement type) {
    if (type.getEnclosingElement() instanceof TypeElement outer) {
      ClassTree outerTree = classTree(outer);
      return outerTree == null ? null : named(outerTree.getMembers(), type);
    }
    SourceUnit unit = unit(type);
    return unit == null ? null : named(unit.tree().getTypeDecls(), type);
  }

  private static ClassTree named(List<? extends Tree> among, TypeElement type) {
    for (Tree member : among) {
      if (member instanceof ClassTree tree
          && tree.getSimpleName().contentEquals(type.getSimpleName())) {
        return tree;
      }
    }
    return null;
  }

  private MethodTree methodTree(ExecutableElement method) {
    ClassTree type = classTree((TypeElement) method.getEnclosingElement());
    MethodTree found = null;
    for (Tree member : type == null ? List.<Tree>of() : type.getMembers()) {
      if (member instanceof MethodTree tree
          && tree.getName().contentEquals(method.getSimpleName())
          && tree.getParameters().size() == method.getParameters().size()) {
        if (sameTypes(tree, method)) {
          return tree;
        }
        found = found == null ? tree : found;
      }
    }
    return found;
  }

  private static boolean sameTypes(MethodTree tree, ExecutableElement method) {
    for (int i = 0; i < tree.getParameters().size(); i++) {
      String written = simple(tree.getParameters().get(i).getType().toString());
      VariableElement parameter = method.getParameters().get(i);
      if (!written.equals(simple(parameter.asType().toString()))) {
        return false;
      }
    }
    return true;
  }

  /** A type without packages, annotations and type arguments. */
  private static String simple(String type) {
    String bare =
        type.replaceAll("@\\S+\\s+", "")
            .replaceAll("<.*>", "")
            .replace("...", "[]")
            .replace(" ", "");
    return bare.substring(bare.lastIndexOf('.') + 1);
  }

  private SourceUnit unit(TypeElement top) {
    if (!units.containsKey(top)) {
      SourceUnit unit = findCompiled(top);
      compiled.put(top, unit != null);
      if (unit == null) {
        Companion companion = Companion.read(elements, top);
        unit =
            companion != null && companion.isIntact()
                ? parse(companion.file(), companion.source(), false)
                : null;
      }
      units.put(top, unit);
    }
    return units.get(top);
  }

  private SourceUnit findCompiled(TypeElement top) {
    if (trees != null) {
      TreePath path = trees.getPath(top);
      if (path == null) {
        return null;
      }
      CompilationUnitTree unit = path.getCompilationUnit();
      return SourceUnit.of(
          unit, trees.getSourcePositions(), true, true, fileName(unit.getSourceFile()));
    }
    try {
      JavaFileObject file = elements.getFileObjectOf(top);
      return file != null && file.getKind() == JavaFileObject.Kind.SOURCE
          ? parse(fileName(file), file.getCharContent(true).toString(), true)
          : null;
    } catch (FileSystemNotFoundException _) {
      return null; // how ecj says that the type comes out of a jar
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String fileName(JavaFileObject file) {
    String name = file.getName().replace('\\', '/');
    return name.substring(name.lastIndexOf('/') + 1);
  }

  private static SourceUnit parse(String fileName, String text, boolean compiled) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new IllegalStateException(
          "the Java that runs the compiler holds no javac: run it with a JDK");
    }
    JavaFileObject file =
        new SimpleJavaFileObject(URI.create("memory:///" + fileName), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
          }
        };
    JavacTask task =
        (JavacTask)
            compiler.getTask(null, null, _ -> {}, List.of("-proc:none"), null, List.of(file));
    try {
      CompilationUnitTree unit = task.parse().iterator().next();
      return SourceUnit.of(
          unit, Trees.instance(task).getSourcePositions(), compiled, false, fileName);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static TypeElement outermost(TypeElement type) {
    TypeElement top = type;
    while (top.getEnclosingElement() instanceof TypeElement outer) {
      top = outer;
    }
    return top;
  }

  private static TypeElement enclosingType(Element element) {
    Element at = element;
    while (!(at instanceof TypeElement) || at.getKind() == ElementKind.TYPE_PARAMETER) {
      at = at.getEnclosingElement();
    }
    return (TypeElement) at;
  }
}
