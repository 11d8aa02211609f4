package dev.tilewright.processor.validate;

import dev.tilewright.Bool;
import dev.tilewright.CompiledModel;
import dev.tilewright.Entry;
import dev.tilewright.Int32;
import dev.tilewright.Model;
import dev.tilewright.Precision;
import dev.tilewright.Shape;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.diagnose.Place;
import dev.tilewright.processor.diagnose.Places;
import dev.tilewright.processor.diagnose.Reporter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;

/** What models and their entries must be. */
public final class ModelRules {
  private final Elements elements;
  private final Types types;
  private final Places places;
  private final Reporter reporter;
  private final MemberRules members;

  public ModelRules(
      Elements elements, Types types, Places places, Reporter reporter, MemberRules members) {
    this.elements = elements;
    this.types = types;
    this.places = places;
    this.reporter = reporter;
    this.members = members;
  }

  /** Checks the interface itself. */
  public boolean check(TypeElement model) {
    Place place = places.place(model);
    if (model.getKind() != ElementKind.INTERFACE) {
      return refuse(Diagnostic.MODEL_NOT_INTERFACE, place, model.getSimpleName());
    }
    boolean fine = true;
    TypeMirror base = elements.getTypeElement(CompiledModel.class.getCanonicalName()).asType();
    if (!types.isSubtype(types.erasure(model.asType()), base)) {
      fine = refuse(Diagnostic.MODEL_NOT_CLOSEABLE, place, model.getSimpleName());
    }
    if (!model.getTypeParameters().isEmpty()) {
      fine = refuse(Diagnostic.MODEL_GENERIC, place, model.getSimpleName());
    }
    List<Precision> precisions = List.of(model.getAnnotation(Model.class).precisions());
    if (precisions.isEmpty() || new HashSet<>(precisions).size() < precisions.size()) {
      String what =
          precisions.isEmpty()
              ? "no precision"
              : precisions.stream().map(Precision::label).collect(Collectors.joining(", "));
      Place at = places.place(model, Model.class, "precisions");
      fine = refuse(Diagnostic.MODEL_PRECISIONS, at, model.getSimpleName(), what);
    }
    if (!Elemental.isPublic(model)) {
      fine = refuse(Diagnostic.MODEL_NOT_PUBLIC, place, model.getSimpleName());
    }
    return fine;
  }

  /** The entries that keep the rules. */
  public List<ExecutableElement> entries(TypeElement model) {
    List<ExecutableElement> declared =
        ElementFilter.methodsIn(elements.getAllMembers(model)).stream()
            .filter(method -> method.getAnnotation(Entry.class) != null)
            .toList();
    if (declared.isEmpty()) {
      refuse(Diagnostic.MODEL_WITHOUT_ENTRIES, places.place(model), model.getSimpleName());
    }
    EntryRules rules = new EntryRules(places, reporter, members, new BlockConstants(model));
    List<ExecutableElement> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (ExecutableElement entry : declared) {
      String name = entry.getSimpleName().toString();
      if (!names.add(name)) {
        refuse(Diagnostic.ENTRY_TWICE, places.place(entry), name);
      } else if (rules.check(entry)) {
        entries.add(entry);
      }
    }
    return entries;
  }

  /** Whether an element type is declared that the result must have. */
  public static boolean declaresElementType(Element element) {
    return element.getAnnotation(Shape.class) != null
        || element.getAnnotation(Int32.class) != null
        || element.getAnnotation(Bool.class) != null
        || element.getAnnotation(dev.tilewright.Float32.class) != null;
  }

  private boolean refuse(Diagnostic diagnostic, Place place, Object... arguments) {
    reporter.report(diagnostic, place, arguments);
    return false;
  }
}
