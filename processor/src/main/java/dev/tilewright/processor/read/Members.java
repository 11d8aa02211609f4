package dev.tilewright.processor.read;

import dev.tilewright.Bool;
import dev.tilewright.DType;
import dev.tilewright.Embedding;
import dev.tilewright.Int32;
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
import dev.tilewright.op.Layer;
import dev.tilewright.op.TensorType;
import dev.tilewright.processor.validate.BlockConstants;
import dev.tilewright.processor.validate.EntryRules;
import dev.tilewright.processor.validate.MemberRules;
import java.lang.annotation.Annotation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.ExecutableType;

/** Reads what abstract methods declare, once each. */
final class Members {
  private final Context context;
  private final MemberRules rules;
  private final Map<String, Member> read = new HashMap<>();

  Members(Context context, MemberRules rules) {
    this.context = context;
    this.rules = rules;
  }

  /** What the method is as a member of the block. */
  Member of(DeclaredType block, ExecutableElement method) {
    return read.computeIfAbsent(
        block + " " + method.getEnclosingElement() + "." + method, _ -> read(block, method));
  }

  private Member read(DeclaredType block, ExecutableElement method) {
    ExecutableType type = (ExecutableType) context.types().asMemberOf(block, method);
    if (!rules.check(block, method, type)) {
      return new Member.Broken();
    }
    Layer layer = layer(new BlockConstants((TypeElement) block.asElement()), method);
    if (layer != null) {
      return new Member.LayerMember(
          layer, Optional.ofNullable(method.getAnnotation(On.class)).map(On::value));
    }
    Repeat repeat = method.getAnnotation(Repeat.class);
    return new Member.PartMember(
        (DeclaredType) type.getReturnType(),
        repeat == null ? 0 : repeat.value(),
        weightsName(method));
  }

  private static Layer layer(Constants constants, ExecutableElement method) {
    String name = weightsName(method);
    List<? extends Class<? extends Annotation>> present =
        MemberRules.LAYERS.stream()
            .filter(annotation -> method.getAnnotation(annotation) != null)
            .toList();
    if (present.isEmpty()) {
      return null;
    }
    return switch (method.getAnnotation(present.getFirst())) {
      case Linear linear ->
          new Layer.Linear(name, constants.size(linear.out(), linear.size()), linear.bias());
      case Embedding table when table.size().length == 2 ->
          new Layer.Embedding(
              name, constants.size(0, table.size()[0]), constants.size(0, table.size()[1]));
      case Embedding table -> new Layer.Embedding(name, table.rows(), table.dim());
      case LayerNorm norm -> new Layer.LayerNorm(name, norm.eps());
      case RmsNorm norm -> new Layer.RmsNorm(name, norm.eps());
      case Parameter _ -> new Layer.Parameter(name, type(method, constants));
      case State state ->
          new Layer.State(name, constants.size(state.capacity(), state.size()), state.window());
      case Positions _ -> new Layer.Positions();
      case Annotation other -> throw new IllegalStateException("no layer is made of " + other);
    };
  }

  private static String weightsName(ExecutableElement method) {
    Weights weights = method.getAnnotation(Weights.class);
    return weights == null ? method.getSimpleName().toString() : weights.value();
  }

  /** The type that {@link Shape} and the element type's annotation give. */
  static TensorType type(Element element, Constants constants) {
    return new TensorType(dtype(element), EntryRules.shape(element, constants));
  }

  static DType dtype(Element element) {
    return element.getAnnotation(Int32.class) != null
        ? DType.INT32
        : element.getAnnotation(Bool.class) != null ? DType.BOOL : DType.FLOAT32;
  }
}
