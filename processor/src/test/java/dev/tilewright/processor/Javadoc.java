package dev.tilewright.processor;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.SnippetTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTreeScanner;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The Javadoc of the types that users see.
 *
 * @param examples the snippets in it
 * @param expected what must have an example, in the form of {@link Example#toString}
 */
record Javadoc(List<Example> examples, Set<String> expected) {
  private static final Path LANGUAGE = Path.of("../annotations/src/main/java");
  private static final Path RUNTIME = Path.of("../runtime/src/main/java/dev/tilewright/runtime");

  /** The types whose public methods all have an example. */
  private static final Set<String> EXPLAINED =
      Set.of(
          "dev.tilewright.AttentionOptions",
          "dev.tilewright.Operators",
          "dev.tilewright.runtime.LoadOptions",
          "dev.tilewright.runtime.Tensors",
          "dev.tilewright.runtime.Tilewright",
          "dev.tilewright.runtime.Weights");

  static Javadoc read() throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> language = Files.walk(LANGUAGE);
        Stream<Path> runtime = Files.list(RUNTIME)) {
      Stream.concat(language, runtime)
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.endsWith("module-info.java"))
          .forEach(files::add);
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of("-proc:none", "-classpath", System.getProperty("java.class.path"));
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files));
      List<CompilationUnitTree> units = new ArrayList<>();
      task.parse().forEach(units::add);
      task.analyze();
      Javadoc javadoc = new Javadoc(new ArrayList<>(), new LinkedHashSet<>());
      Scanner scanner = new Scanner(DocTrees.instance(task), javadoc);
      units.forEach(unit -> scanner.scan(unit, null));
      return javadoc;
    }
  }

  /** How examples and messages name a method, or a type within another. */
  static String name(Element element) {
    return switch (element) {
      case ExecutableElement method ->
          method.toString().replaceAll("<.*?>|\\b[a-z]\\w*\\.(?=\\w)", "");
      default -> element.getSimpleName().toString();
    };
  }

  private static boolean needsExample(Element element) {
    String owner = element.getEnclosingElement().toString();
    return switch (element.getKind()) {
      case ANNOTATION_TYPE -> true;
      case RECORD -> owner.equals("dev.tilewright.op.Primitive");
      case METHOD -> {
        Set<Modifier> modifiers = element.getModifiers();
        boolean operator =
            owner.equals("dev.tilewright.Tensor")
                && modifiers.contains(Modifier.DEFAULT)
                && ((ExecutableElement) element).getReturnType().toString().equals(owner);
        yield operator
            || (EXPLAINED.contains(owner)
                && modifiers.contains(Modifier.PUBLIC)
                && element.getAnnotation(Override.class) == null);
      }
      default -> false;
    };
  }

  private static final class Scanner extends TreePathScanner<Void, Void> {
    private final DocTrees trees;
    private final Javadoc javadoc;

    Scanner(DocTrees trees, Javadoc javadoc) {
      this.trees = trees;
      this.javadoc = javadoc;
    }

    @Override
    public Void scan(Tree tree, Void unused) {
      if (tree != null && getCurrentPath() != null) {
        TreePath path = new TreePath(getCurrentPath(), tree);
        switch (tree.getKind()) {
          case CLASS, INTERFACE, RECORD, ENUM, ANNOTATION_TYPE, METHOD ->
              add(trees.getElement(path), trees.getDocCommentTree(path));
          default -> {}
        }
      }
      return super.scan(tree, null);
    }

    private void add(Element element, DocCommentTree comment) {
      boolean top = element.getEnclosingElement().getKind().name().equals("PACKAGE");
      String owner = (top ? element : element.getEnclosingElement()).toString();
      String member = top ? "" : name(element);
      if (needsExample(element)) {
        javadoc.expected.add(new Example(owner, member, "").toString());
      }
      if (comment != null) {
        new DocTreeScanner<Void, Void>() {
          @Override
          public Void visitSnippet(SnippetTree snippet, Void unused) {
            javadoc.examples.add(new Example(owner, member, snippet.getBody().getBody()));
            return null;
          }
        }.scan(comment, null);
      }
    }
  }
}
