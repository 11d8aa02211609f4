package dev.tilewright.processor.validate;

import dev.tilewright.Block;
import dev.tilewright.Dim;
import dev.tilewright.Embedding;
import dev.tilewright.Entry;
import dev.tilewright.LayerNorm;
import dev.tilewright.Linear;
import dev.tilewright.On;
import dev.tilewright.Parameter;
import dev.tilewright.Positions;
import dev.tilewright.Repeat;
import dev.tilewright.RmsNorm;
import dev.tilewright.Shape;
import dev.tilewright.State;
import dev.tilewright.Weights;
import dev.tilewright.op.Constants;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.diagnose.Place;
import dev.tilewright.processor.diagnose.Places;
import dev.tilewright.processor.diagnose.Reporter;
import java.lang.annotation.Annotation;
import java.util.List;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.ExecutableType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/**
 * What the methods of blocks and models must be: layers and inner blocks without a body, data flow
 * with one.
 */
public final class MemberRules {
  /** The annotations that make a method without a body a layer. */
  public static final List<Class<? extends Annotation>> LAYERS =
      List.of(
          Linear.class,
          Embedding.class,
          LayerNorm.class,
          RmsNorm.class,
          Parameter.class,
          State.class,
          Positions.class);

  private final Places places;
  private final Reporter reporter;
  private final SizeRules sizes;

  public MemberRules(Places places, Reporter reporter) {
    this.places = places;
    this.reporter = reporter;
    this.sizes = new SizeRules(places, reporter);
  }

  /**
   * Checks a method without a body.
   *
   * @param type the method's type as a member of the block
   * @return whether it keeps the rules
   */
  public boolean check(DeclaredType block, ExecutableElement method, ExecutableType type) {
    List<Class<? extends Annotation>> layers = Elemental.present(method, LAYERS);
    if (layers.size() > 1) {
      return refuse(
          Diagnostic.SEVERAL_LAYERS,
          places.place(method, layers.get(1), null),
          name(method),
          Elemental.names(layers));
    }
    return layers.isEmpty()
        ? part(method, type)
        : layer((TypeElement) block.asElement(), method, type, layers.getFirst());
  }

  /** Checks a method with a body. */
  public void checkBody(ExecutableElement method, boolean inModel) {
    for (Class<? extends Annotation> layer : Elemental.present(method, LAYERS)) {
      refuse(
          Diagnostic.LAYER_WITH_BODY,
          places.place(method, layer, null),
          name(method),
          layer.getSimpleName());
    }
    for (Class<? extends Annotation> misplaced :
        Elemental.present(method, List.of(Weights.class, Repeat.class))) {
      refuse(
          Diagnostic.MISPLACED,
          places.place(method, misplaced, null),
          misplaced.getSimpleName(),
          "a method with a body",
          "layers and blocks");
    }
    if (!inModel && method.getAnnotation(Entry.class) != null) {
      refuse(Diagnostic.ENTRY_IN_BLOCK, places.place(method, Entry.class, null), name(method));
    }
  }

  /** Checks the interface of a block. */
  public boolean checkBlock(TypeElement block) {
    if (block.getKind() != ElementKind.INTERFACE) {
      return refuse(Diagnostic.BLOCK_NOT_INTERFACE, places.place(block), block.getSimpleName());
    }
    return Elemental.isPublic(block)
        || refuse(Diagnostic.BLOCK_NOT_PUBLIC, places.place(block), block.getSimpleName());
  }

  private boolean layer(
      TypeElement block,
      ExecutableElement method,
      ExecutableType type,
      Class<? extends Annotation> layer) {
    boolean fine = weightsName(method, false);
    boolean weightless = layer == State.class || layer == Positions.class;
    if (weightless && method.getAnnotation(Weights.class) != null) {
      fine =
          refuse(
              Diagnostic.MISPLACED,
              places.place(method, Weights.class, null),
              "Weights",
              "what a session keeps",
              "layers and blocks");
    }
    if (method.getAnnotation(Repeat.class) != null) {
      fine =
          refuse(
              Diagnostic.REPEAT_ON_LAYER, places.place(method, Repeat.class, null), name(method));
    }
    if ((weightless || layer == Parameter.class) && method.getAnnotation(On.class) != null) {
      fine = onNothing(method, "what computes nothing");
    }
    if (!Elemental.isTensor(type.getReturnType())) {
      fine =
          refuse(
              Diagnostic.LAYER_RESULT,
              places.place(method),
              name(method),
              Elemental.simple(type.getReturnType()));
    }
    int arity = layer == Parameter.class ? 0 : 1;
    boolean tensors = type.getParameterTypes().stream().allMatch(Elemental::isTensor);
    if (type.getParameterTypes().size() != arity || !tensors) {
      fine =
          refuse(
              Diagnostic.LAYER_PARAMETERS,
              places.place(method),
              layer.getSimpleName(),
              arity == 0 ? "nothing" : "one tensor",
              name(method),
              type.getParameterTypes().isEmpty()
                  ? "nothing"
                  : String.join(
                      ", ", type.getParameterTypes().stream().map(Elemental::simple).toList()),
              arity == 0 ? "" : "Tensor x");
    }
    if (layer == Parameter.class) {
      fine &= parameter(block, method);
    } else if (method.getAnnotation(Shape.class) != null) {
      fine =
          refuse(
              Diagnostic.MISPLACED,
              places.place(method, Shape.class, null),
              "Shape",
              "this layer",
              "parameters, results and @Parameter");
    }
    return numbers(block, method, layer) && fine;
  }

  private boolean onNothing(ExecutableElement method, String what) {
    return refuse(
        Diagnostic.MISPLACED,
        places.place(method, On.class, null),
        "On",
        what,
        "layers, methods with a body, and local variables");
  }

  private boolean parameter(TypeElement block, ExecutableElement method) {
    Shape shape = method.getAnnotation(Shape.class);
    if (shape == null) {
      return refuse(
          Diagnostic.PARAMETER_WITHOUT_SHAPE,
          places.place(method, Parameter.class, null),
          name(method));
    }
    boolean fine = elementTypes(method);
    for (String text : shape.value()) {
      Dim extent = extent(new BlockConstants(block), method, text);
      if (extent != null && !extent.isKnown()) {
        fine =
            refuse(
                Diagnostic.PARAMETER_SHAPE_SYMBOLIC,
                places.place(method, Shape.class, "value"),
                name(method),
                extent);
      }
      fine &= extent != null;
    }
    return fine;
  }

  /** The extent as a polynomial; null if it was refused. */
  Dim extent(Constants constants, Element element, String text) {
    Place place = places.place(element, Shape.class, "value");
    try {
      Dim extent = constants.extent(text);
      if (extent.isKnown() && extent.value() < 1) {
        refuse(Diagnostic.BAD_SHAPE, place, "the extent " + text + " is below 1");
        return null;
      }
      return extent;
    } catch (IllegalArgumentException | ArithmeticException e) {
      refuse(Diagnostic.BAD_SHAPE, place, e.getMessage());
      return null;
    }
  }

  /** Whether at most one element type is declared. */
  boolean elementTypes(Element element) {
    List<Class<? extends Annotation>> types = Elemental.present(element, Elemental.ELEMENT_TYPES);
    return types.size() <= 1
        || refuse(
            Diagnostic.TWO_ELEMENT_TYPES,
            places.place(element, types.get(1), null),
            element.getSimpleName(),
            Elemental.names(types));
  }

  private boolean numbers(
      TypeElement block, ExecutableElement method, Class<? extends Annotation> layer) {
    return switch (method.getAnnotation(layer)) {
      case Linear linear -> sizes.check(block, method, linear);
      case Embedding embedding -> sizes.check(block, method, embedding);
      case LayerNorm norm -> notNegative(method, layer, norm.eps());
      case RmsNorm norm -> notNegative(method, layer, norm.eps());
      case State state -> sizes.check(block, method, state);
      case Annotation _ -> true;
    };
  }

  private boolean notNegative(
      ExecutableElement method, Class<? extends Annotation> annotation, float value) {
    return (value >= 0 && Float.isFinite(value))
        || refuse(
            Diagnostic.NUMBER_OUT_OF_RANGE,
            places.place(method, annotation, "eps"),
            "eps",
            value,
            "at least 0 and finite");
  }

  private boolean part(ExecutableElement method, ExecutableType type) {
    TypeMirror returned = type.getReturnType();
    Repeat repeat = method.getAnnotation(Repeat.class);
    if (returned.getKind() == TypeKind.TYPEVAR) {
      return refuse(Diagnostic.BLOCK_GENERIC, places.place(method), returned);
    }
    if (!(returned instanceof DeclaredType declared) || Elemental.isTensor(returned)) {
      return refuse(Diagnostic.MISSING_ANNOTATION, places.place(method), name(method));
    }
    if (method.getAnnotation(On.class) != null) {
      return onNothing(method, "a block");
    }
    TypeElement block = (TypeElement) declared.asElement();
    if (block.getAnnotation(Block.class) == null) {
      return refuse(
          block.getKind() == ElementKind.INTERFACE
              ? Diagnostic.NOT_A_BLOCK
              : Diagnostic.MISSING_ANNOTATION,
          places.place(method),
          block.getKind() == ElementKind.INTERFACE ? block.getSimpleName() : name(method));
    }
    boolean whole =
        declared.getTypeArguments().size() == block.getTypeParameters().size()
            && declared.getTypeArguments().stream()
                .allMatch(argument -> argument.getKind() == TypeKind.DECLARED);
    if (!whole) {
      return refuse(Diagnostic.BLOCK_GENERIC, places.place(method), Elemental.simple(returned));
    }
    List<? extends TypeMirror> parameters = type.getParameterTypes();
    boolean indexed = parameters.size() == 1 && parameters.getFirst().getKind() == TypeKind.INT;
    if (repeat == null ? !parameters.isEmpty() : !indexed) {
      String wrong =
          repeat == null
              ? name(method) + " takes a parameter, but stands once"
              : name(method) + " is repeated, but does not take its index";
      return refuse(
          Diagnostic.REPEAT_SIGNATURE,
          places.place(method),
          wrong,
          Elemental.simple(returned),
          name(method));
    }
    if (repeat != null && repeat.value() < 1) {
      return refuse(
          Diagnostic.NUMBER_OUT_OF_RANGE,
          places.place(method, Repeat.class, "value"),
          "the count",
          repeat.value(),
          "at least 1");
    }
    return weightsName(method, repeat != null);
  }

  private boolean weightsName(ExecutableElement method, boolean repeated) {
    Weights weights = method.getAnnotation(Weights.class);
    String written = weights == null ? name(method) : weights.value();
    Place place = places.place(method, Weights.class, "value");
    boolean isLayer = !Elemental.present(method, LAYERS).isEmpty();
    if (written.isEmpty() && isLayer) {
      return refuse(Diagnostic.BAD_WEIGHT_NAME, place, written, "is empty");
    }
    if (written.startsWith(".") || written.endsWith(".") || written.contains("..")) {
      return refuse(Diagnostic.BAD_WEIGHT_NAME, place, written, "has a dot with nothing beside it");
    }
    if (written.chars().anyMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c))) {
      return refuse(Diagnostic.BAD_WEIGHT_NAME, place, written, "holds white space");
    }
    if (repeated && !written.contains("{i}")) {
      return refuse(
          Diagnostic.INDEX_MISSING,
          place,
          name(method),
          method.getAnnotation(Repeat.class).value(),
          written);
    }
    if (!repeated && written.contains("{i}")) {
      return refuse(Diagnostic.INDEX_WITHOUT_REPEAT, place, written, name(method));
    }
    return true;
  }

  private boolean refuse(Diagnostic diagnostic, Place place, Object... arguments) {
    reporter.report(diagnostic, place, arguments);
    return false;
  }

  private static String name(ExecutableElement method) {
    return method.getSimpleName().toString();
  }
}
