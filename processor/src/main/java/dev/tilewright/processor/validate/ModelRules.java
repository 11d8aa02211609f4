package dev.tilewright.processor.validate;

import dev.tilewright.Bool;
import dev.tilewright.CompiledModel;
import dev.tilewright.Dim;
import dev.tilewright.Entry;
import dev.tilewright.Int32;
import dev.tilewright.Model;
import dev.tilewright.Precision;
import dev.tilewright.Ragged;
import dev.tilewright.Shape;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.diagnose.Place;
import dev.tilewright.processor.diagnose.Places;
import dev.tilewright.processor.diagnose.Reporter;
import dev.tilewright.schema.RaggedAxes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.RecordComponentElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
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
    List<ExecutableElement> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (ExecutableElement entry : declared) {
      String name = entry.getSimpleName().toString();
      if (!names.add(name)) {
        refuse(Diagnostic.ENTRY_TWICE, places.place(entry), name);
      } else if (entry(entry)) {
        entries.add(entry);
      }
    }
    return entries;
  }

  private boolean entry(ExecutableElement entry) {
    String name = entry.getSimpleName().toString();
    if (!entry.getModifiers().contains(Modifier.DEFAULT)) {
      String what =
          entry.getModifiers().contains(Modifier.STATIC)
              ? "static"
              : entry.getModifiers().contains(Modifier.PRIVATE) ? "private" : "without a body";
      return refuse(Diagnostic.ENTRY_WITHOUT_BODY, places.place(entry), name, what);
    }
    boolean fine = true;
    Set<String> alone = new LinkedHashSet<>();
    Set<String> all = new LinkedHashSet<>();
    for (VariableElement parameter : entry.getParameters()) {
      fine &= parameter(parameter, alone, all);
    }
    if (fine && entry.getParameters().isEmpty()) {
      fine = refuse(Diagnostic.ENTRY_WITHOUT_TENSORS, places.place(entry), name);
    }
    for (VariableElement parameter : fine ? entry.getParameters() : List.<VariableElement>of()) {
      for (String symbol : symbols(parameter)) {
        if (!alone.contains(symbol)) {
          fine =
              refuse(
                  Diagnostic.SYMBOL_NEVER_ALONE,
                  places.place(parameter, Shape.class, "value"),
                  symbol);
        }
      }
    }
    fine &= result(entry, all, fine);
    return fine && ragged(entry, all);
  }

  /** What of an entry that keeps the rules is ragged. */
  public static Optional<RaggedAxes> ragged(ExecutableElement entry) {
    return entry.getParameters().stream()
        .filter(parameter -> parameter.getAnnotation(Ragged.class) != null)
        .map(parameter -> RaggedAxes.of(shape(parameter)))
        .findFirst();
  }

  private boolean ragged(ExecutableElement entry, Set<String> symbols) {
    RaggedAxes axes = null;
    boolean fine = true;
    for (VariableElement parameter : entry.getParameters()) {
      if (parameter.getAnnotation(Ragged.class) == null) {
        continue;
      }
      Place place = places.place(parameter, Shape.class, "value");
      RaggedAxes own;
      try {
        own = RaggedAxes.of(shape(parameter));
      } catch (IllegalArgumentException e) {
        fine = refuse(Diagnostic.RAGGED_PARAMETER, place, e.getMessage());
        continue;
      }
      if (axes != null && !axes.equals(own)) {
        fine =
            refuse(
                Diagnostic.RAGGED_TWICE,
                place,
                own.length(),
                own.batch(),
                axes.length(),
                axes.batch());
      }
      axes = axes == null ? own : axes;
    }
    if (axes == null || !fine) {
      return fine;
    }
    for (String symbol : symbols) {
      if (axes.reserves(symbol)) {
        fine = unfit(entry, axes, "has the extent " + symbol + ", a name that is taken here");
      }
    }
    for (VariableElement parameter : entry.getParameters()) {
      fine &= fits(parameter, axes, false);
    }
    if (Elemental.isTensor(entry.getReturnType())) {
      return fits(entry, axes, true) && fine;
    }
    Element results = ((DeclaredType) entry.getReturnType()).asElement();
    for (RecordComponentElement result :
        ElementFilter.recordComponentsIn(results.getEnclosedElements())) {
      fine &= fits(result, axes, true);
    }
    return fine;
  }

  private boolean fits(Element element, RaggedAxes axes, boolean result) {
    if (element.getAnnotation(Shape.class) == null) {
      return unfit(element, axes, "has no @Shape");
    }
    String fault = axes.fault(shape(element), result);
    return fault == null || unfit(element, axes, fault);
  }

  private boolean unfit(Element element, RaggedAxes axes, String fault) {
    Place place =
        element.getAnnotation(Shape.class) == null
            ? places.place(element)
            : places.place(element, Shape.class, "value");
    return refuse(Diagnostic.RAGGED_SHAPE, place, axes.length(), axes.batch(), fault);
  }

  private static List<Dim> shape(Element element) {
    return Arrays.stream(element.getAnnotation(Shape.class).value()).map(Dim::parse).toList();
  }

  private boolean parameter(VariableElement parameter, Set<String> alone, Set<String> all) {
    if (!Elemental.isTensor(parameter.asType())) {
      return refuse(
          Diagnostic.ENTRY_PARAMETER,
          places.place(parameter),
          parameter.getSimpleName(),
          Elemental.simple(parameter.asType()));
    }
    Shape shape = parameter.getAnnotation(Shape.class);
    if (shape == null) {
      return refuse(
          Diagnostic.ENTRY_WITHOUT_SHAPE, places.place(parameter), parameter.getSimpleName());
    }
    boolean fine = members.elementTypes(parameter);
    for (String text : shape.value()) {
      Dim extent = members.extent(parameter, text);
      if (extent == null) {
        fine = false;
        continue;
      }
      all.addAll(extent.symbols());
      if (extent.symbols().size() == 1
          && extent.equals(Dim.symbol(extent.symbols().iterator().next()))) {
        alone.addAll(extent.symbols());
      }
    }
    return fine;
  }

  private static Set<String> symbols(VariableElement parameter) {
    Set<String> symbols = new LinkedHashSet<>();
    for (String text : parameter.getAnnotation(Shape.class).value()) {
      symbols.addAll(Dim.parse(text).symbols());
    }
    return symbols;
  }

  private boolean result(ExecutableElement entry, Set<String> symbols, boolean parametersFine) {
    TypeMirror type = entry.getReturnType();
    if (Elemental.isTensor(type)) {
      return resultShape(entry, symbols, parametersFine);
    }
    if (!(type instanceof DeclaredType declared)
        || declared.asElement().getKind() != ElementKind.RECORD) {
      return refuse(
          Diagnostic.ENTRY_RESULT,
          places.place(entry),
          entry.getSimpleName(),
          Elemental.simple(type));
    }
    boolean fine = true;
    List<? extends RecordComponentElement> components =
        ElementFilter.recordComponentsIn(declared.asElement().getEnclosedElements());
    if (components.isEmpty()) {
      return refuse(
          Diagnostic.ENTRY_RESULT, places.place(entry), entry.getSimpleName(), "an empty record");
    }
    for (RecordComponentElement component : components) {
      if (!Elemental.isTensor(component.asType())) {
        fine =
            refuse(
                Diagnostic.ENTRY_RESULT,
                places.place(entry),
                entry.getSimpleName(),
                "a record whose component "
                    + component.getSimpleName()
                    + " is of type "
                    + Elemental.simple(component.asType()));
      } else {
        fine &= resultShape(component, symbols, parametersFine);
      }
    }
    return fine;
  }

  private boolean resultShape(Element element, Set<String> symbols, boolean parametersFine) {
    boolean fine = members.elementTypes(element);
    Shape shape = element.getAnnotation(Shape.class);
    for (String text : shape == null ? new String[0] : shape.value()) {
      Dim extent = members.extent(element, text);
      fine &= extent != null;
      for (String symbol :
          extent == null || !parametersFine ? Set.<String>of() : extent.symbols()) {
        if (!symbols.contains(symbol)) {
          fine =
              refuse(
                  Diagnostic.UNKNOWN_SYMBOL,
                  places.place(element, Shape.class, "value"),
                  symbol,
                  symbols.isEmpty() ? "numbers" : String.join(", ", symbols));
        }
      }
    }
    return fine;
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
