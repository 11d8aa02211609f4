package dev.tilewright.processor.read;

import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;
import dev.tilewright.processor.model.CompanionSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;

/**
 * Finds whose sources a block needs where it is used from another jar: its own, and those of the
 * types that it names.
 */
public final class Companions {
  private final Elements elements;
  private final Sources sources;
  private final Names names;

  public Companions(Elements elements, Sources sources) {
    this.elements = elements;
    this.sources = sources;
    this.names = new Names(elements);
  }

  /** What to keep for a block, one for each source file's outermost type. */
  public List<CompanionSource> of(TypeElement block) {
    Set<TypeElement> found = new LinkedHashSet<>();
    Deque<TypeElement> pending = new ArrayDeque<>(List.of(Sources.outermost(block)));
    while (!pending.isEmpty()) {
      TypeElement type = pending.removeFirst();
      if (found.add(type)) {
        pending.addAll(named(type));
      }
    }
    List<CompanionSource> companions = new ArrayList<>();
    for (TypeElement type : found) {
      String text = sources.text(type);
      companions.add(
          new CompanionSource(
              elements.getPackageOf(type).getQualifiedName().toString(),
              Companion.simpleName(elements, type),
              type,
              sources.fileName(type),
              text,
              Companion.digest(text)));
    }
    return companions;
  }

  /** The outermost types in this compilation whose names stand in the file of a type. */
  private Set<TypeElement> named(TypeElement type) {
    Sources.TypeSource source = sources.type(type);
    Set<TypeElement> found = new LinkedHashSet<>();
    if (source == null) {
      return found;
    }
    new TreeScanner<Void, Void>() {
      @Override
      public Void visitIdentifier(IdentifierTree node, Void unused) {
        add(node);
        return super.visitIdentifier(node, null);
      }

      @Override
      public Void visitMemberSelect(MemberSelectTree node, Void unused) {
        add(node);
        return super.visitMemberSelect(node, null);
      }

      private void add(Tree name) {
        TypeElement named = names.type(source.unit(), type, name);
        if (named != null
            && named.getKind() != ElementKind.ANNOTATION_TYPE
            && sources.isCompiled(named)) {
          found.add(Sources.outermost(named));
        }
      }
    }.scan(source.unit().tree(), null);
    return found;
  }
}
