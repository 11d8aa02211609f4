package dev.tilewright.processor.read;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.SourcePositions;
import dev.tilewright.codegen.graph.Origin;
import dev.tilewright.processor.diagnose.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.lang.model.element.Element;

/**
 * One source file.
 *
 * @param tree its syntax
 * @param positions where its trees stand
 * @param compiled whether the file is part of this compilation
 * @param own whether these are trees of the running compiler, which it can point to
 * @param fileName the file's name, without folders
 * @param text the whole text
 */
record SourceUnit(
    CompilationUnitTree tree,
    SourcePositions positions,
    boolean compiled,
    boolean own,
    String fileName,
    String text) {
  private static final int LONGEST = 80;

  /** A file as the parser left it. */
  static SourceUnit of(
      CompilationUnitTree tree,
      SourcePositions positions,
      boolean compiled,
      boolean own,
      String fileName) {
    try {
      String text = tree.getSourceFile().getCharContent(true).toString();
      return new SourceUnit(tree, positions, compiled, own, fileName, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Where a tree stands; the element is what the compiler points to if it cannot point to the tree
   * but compiles the file.
   */
  Place place(Tree at, Element declared) {
    Element fallback = compiled ? declared : null;
    return own
        ? new Place(origin(at), at, tree, fallback)
        : new Place(origin(at), null, null, fallback);
  }

  /** File, line and column of a tree: the character that javac points to. */
  Origin origin(Tree at) {
    long start = positions.getStartPosition(tree, at);
    long end = positions.getEndPosition(tree, at);
    if (start < 0) {
      return new Origin(fileName, 1, 1, "");
    }
    long pointed =
        switch (at) {
          // The compiler points to the dot.
          case MemberSelectTree select when end > 0 ->
              text.lastIndexOf('.', (int) end - select.getIdentifier().length());
          case BinaryTree binary ->
              operator(text, positions.getEndPosition(tree, binary.getLeftOperand()), start);
          case MethodTree method -> name(text, method.getName().toString(), start, end);
          case VariableTree variable -> name(text, variable.getName().toString(), start, end);
          case ClassTree type -> name(text, type.getSimpleName().toString(), start, end);
          default -> start;
        };
    pointed = Math.max(pointed, start);
    String words =
        end > start ? text.substring((int) start, (int) Math.min(end, text.length())) : "";
    words = words.replaceAll("\\s+", " ").strip();
    if (words.length() > LONGEST) {
      words = words.substring(0, LONGEST - 3) + "...";
    }
    return new Origin(
        fileName,
        (int) tree.getLineMap().getLineNumber(pointed),
        (int) tree.getLineMap().getColumnNumber(pointed),
        words);
  }

  private static long operator(String all, long leftEnd, long otherwise) {
    if (leftEnd < 0) {
      return otherwise;
    }
    int at = (int) leftEnd;
    while (at < all.length() && Character.isWhitespace(all.charAt(at))) {
      at++;
    }
    return at;
  }

  private static long name(String all, String name, long start, long end) {
    int stop = end < 0 ? all.length() : (int) end;
    for (int at = all.indexOf(name, (int) start);
        at >= 0 && at < stop;
        at = all.indexOf(name, at + 1)) {
      boolean whole =
          (at == 0 || !Character.isJavaIdentifierPart(all.charAt(at - 1)))
              && at + name.length() < all.length()
              && !Character.isJavaIdentifierPart(all.charAt(at + name.length()));
      if (whole) {
        return at;
      }
    }
    return start;
  }
}
