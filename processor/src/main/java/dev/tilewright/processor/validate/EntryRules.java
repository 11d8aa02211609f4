package dev.tilewright.processor.validate;

import dev.tilewright.Dim;
import dev.tilewright.Ragged;
import dev.tilewright.Shape;
import dev.tilewright.op.Constants;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.diagnose.Place;
import dev.tilewright.processor.diagnose.Places;
import dev.tilewright.processor.diagnose.Reporter;
import dev.tilewright.schema.RaggedAxes;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.RecordComponentElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/** What the entries of a model must be. */
public final class EntryRules {
  private final Places places;
  private final Reporter reporter;
  private final MemberRules members;
  private final Constants constants;

  /**
   * @param constants that shapes of the model's entries may name
   */
  EntryRules(Places places, Reporter reporter, MemberRules members, Constants constants) {
    this.places = places;
    this.reporter = reporter;
    this.members = members;
    this.constants = constants;
  }

  /** Whether the entry keeps the rules. */
  boolean check(ExecutableElement entry) {
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
  public static Optional<RaggedAxes> ragged(ExecutableElement entry, Constants constants) {
    return entry.getParameters().stream()
        .filter(parameter -> parameter.getAnnotation(Ragged.class) != null)
        .map(parameter -> RaggedAxes.of(shape(parameter, constants)))
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
        own = RaggedAxes.of(shape(parameter, constants));
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
    String fault = axes.fault(shape(element, constants), result);
    return fault == null || unfit(element, axes, fault);
  }

  private boolean unfit(Element element, RaggedAxes axes, String fault) {
    Place place =
        element.getAnnotation(Shape.class) == null
            ? places.place(element)
            : places.place(element, Shape.class, "value");
    return refuse(Diagnostic.RAGGED_SHAPE, place, axes.length(), axes.batch(), fault);
  }

  /** The extents that the element's {@link Shape} gives. */
  public static List<Dim> shape(Element element, Constants constants) {
    return Arrays.stream(element.getAnnotation(Shape.class).value())
        .map(constants::extent)
        .toList();
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
      Dim extent = members.extent(constants, parameter, text);
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

  private Set<String> symbols(VariableElement parameter) {
    Set<String> symbols = new LinkedHashSet<>();
    for (String text : parameter.getAnnotation(Shape.class).value()) {
      symbols.addAll(constants.extent(text).symbols());
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
      Dim extent = members.extent(constants, element, text);
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

  private boolean refuse(Diagnostic diagnostic, Place place, Object... arguments) {
    reporter.report(diagnostic, place, arguments);
    return false;
  }
}
