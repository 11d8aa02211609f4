package dev.tilewright.processor.read;

import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.Tree;
import dev.tilewright.Block;
import dev.tilewright.Tensor;
import dev.tilewright.op.Layer;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.diagnose.Place;
import dev.tilewright.processor.model.Value;
import java.util.ArrayList;
import java.util.List;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.ExecutableType;
import javax.lang.model.util.ElementFilter;

/**
 * Calls: of the language's operators by reflection, of the user's methods by their bodies, of
 * layers and blocks.
 */
final class Calls {
  private final Context context;
  private final Expressions expressions;
  private final Bodies bodies;
  private final Members members;
  private final Outliner outliner;

  Calls(
      Context context, Expressions expressions, Bodies bodies, Members members, Outliner outliner) {
    this.context = context;
    this.expressions = expressions;
    this.bodies = bodies;
    this.members = members;
    this.outliner = outliner;
  }

  /** The value of a call. */
  Object invoke(MethodInvocationTree tree, Frame frame) {
    ExpressionTree select = tree.getMethodSelect();
    Object target =
        select instanceof MemberSelectTree member
            ? expressions.meaning(member.getExpression(), frame)
            : null;
    List<Object> arguments = new ArrayList<>();
    for (ExpressionTree argument : tree.getArguments()) {
      arguments.add(expressions.value(argument, frame));
    }
    if (target == Value.Mark.POISON || arguments.contains(Value.Mark.POISON)) {
      return Value.Mark.POISON;
    }
    try {
      return switch (select) {
        case MemberSelectTree member when target == null ->
            throw new Fault(Diagnostic.NULL_USED).at(member.getExpression());
        case MemberSelectTree member ->
            on(target, member.getIdentifier().toString(), arguments, frame, select);
        case IdentifierTree name ->
            unqualified(name.getName().toString(), arguments, frame, select);
        default -> throw new Fault(Diagnostic.UNSUPPORTED, "this call");
      };
    } catch (Fault fault) {
      return context.report(frame, select, fault);
    }
  }

  /** A call of a name alone: a method of the types around, or one imported statically. */
  private Object unqualified(String name, List<Object> arguments, Frame frame, Tree at) {
    for (TypeElement type = frame.owner(); type != null; type = Names.outer(type)) {
      // A block's own type may override what the type that declares the body has.
      boolean own = type.equals(frame.owner());
      TypeElement receiver =
          own && frame.self() instanceof Value.Block block ? element(block) : type;
      List<ExecutableElement> methods = methods(receiver, name);
      methods = methods.isEmpty() ? methods(type, name) : methods;
      if (!methods.isEmpty()) {
        return user(
            receiver, own ? frame.self() : null, name, methods, arguments, frame, at, false);
      }
    }
    for (TypeElement type : context.names().staticImports(frame.unit(), name)) {
      Class<?> known = context.library().find(type);
      if (known != null && context.library().has(known, name)) {
        return library(known, name, arguments, frame, at);
      }
      List<ExecutableElement> methods = methods(type, name);
      if (known == null && !methods.isEmpty()) {
        return user(type, null, name, methods, arguments, frame, at, false);
      }
    }
    throw new Fault(Diagnostic.UNKNOWN_METHOD, frame.owner().getSimpleName(), name);
  }

  private Object on(Object target, String name, List<Object> arguments, Frame frame, Tree at) {
    return switch (target) {
      case Value.Block block ->
          user(
              element(block),
              block,
              name,
              methods(element(block), name),
              arguments,
              frame,
              at,
              false);
      case Value.Tuple tuple ->
          user(tuple.type(), tuple, name, methods(tuple.type(), name), arguments, frame, at, false);
      case Value.Super(TypeElement type) ->
          user(type, frame.self(), name, methods(type, name), arguments, frame, at, true);
      case Value.TypeName(TypeElement type) -> {
        Class<?> known = context.library().find(type);
        yield known != null
            ? library(known, name, arguments, frame, at)
            : user(type, null, name, methods(type, name), arguments, frame, at, false);
      }
      case Value.EnumConstant constant ->
          switch (name) {
            case "name", "toString" -> constant.name();
            case "ordinal" -> constant.ordinal();
            default ->
                throw new Fault(Diagnostic.UNKNOWN_METHOD, constant.type().getSimpleName(), name);
          };
      case Value.PackageName unknown ->
          throw new Fault(Diagnostic.UNKNOWN_NAME, "'" + unknown.name() + "'")
              .at(((MemberSelectTree) at).getExpression());
      default -> {
        context.at(frame, at);
        yield context.library().call(target, name, arguments);
      }
    };
  }

  private Object library(Class<?> type, String name, List<Object> arguments, Frame frame, Tree at) {
    context.at(frame, at);
    return context.library().call(type, name, arguments);
  }

  private Object user(
      TypeElement type,
      Object self,
      String name,
      List<ExecutableElement> methods,
      List<Object> arguments,
      Frame frame,
      Tree at,
      boolean isSuper) {
    if (methods.isEmpty()) {
      throw context.sources().type(type) == null
              && type.getAnnotation(Block.class) == null
              && !(self instanceof Value)
          ? new Fault(Diagnostic.FOREIGN_CALL, type.getSimpleName() + "." + name)
          : new Fault(Diagnostic.UNKNOWN_METHOD, type.getSimpleName(), name);
    }
    DeclaredType receiver =
        self instanceof Value.Block block && !isSuper ? block.type() : (DeclaredType) type.asType();
    List<Overloads.Candidate<ExecutableElement>> candidates = new ArrayList<>();
    for (ExecutableElement method : methods) {
      List<JavaType> parameters =
          typeIn(receiver, method).getParameterTypes().stream()
              .map(context.javaTypes()::of)
              .toList();
      candidates.add(new Overloads.Candidate<>(method, parameters, method.isVarArgs()));
    }
    Overloads.Choice<ExecutableElement> choice = Overloads.choose(name, candidates, arguments);
    ExecutableElement method = choice.method();
    if (method.getModifiers().contains(Modifier.STATIC)) {
      return bodies.evaluate(method, null, choice.arguments(), frame, at);
    }
    if (self == null) {
      throw new Fault(Diagnostic.NEEDS_INSTANCE, name);
    }
    if (self instanceof Value.Block block && method.getModifiers().contains(Modifier.ABSTRACT)) {
      return member(block, method, choice.arguments(), frame, at);
    }
    if (self instanceof Value.Tuple tuple
        && method.getParameters().isEmpty()
        && !bodies.has(method)) {
      return Records.component(tuple, name)
          .orElseThrow(() -> Bodies.missing(context, method, type));
    }
    if (self instanceof Value.Block block && !isSuper && !block.equals(frame.self())) {
      Place place = frame.place(at);
      return outliner
          .call(method, block, choice.arguments(), frame, at, place, bodies)
          .orElseGet(() -> bodies.evaluate(method, block, choice.arguments(), frame, at));
    }
    return bodies.evaluate(method, self, choice.arguments(), frame, at);
  }

  private ExecutableType typeIn(DeclaredType receiver, ExecutableElement method) {
    boolean inherited =
        context
            .types()
            .isSubtype(receiver, context.types().erasure(method.getEnclosingElement().asType()));
    return (ExecutableType)
        (inherited && !method.getModifiers().contains(Modifier.STATIC)
            ? context.types().asMemberOf(receiver, method)
            : method.asType());
  }

  /** A layer or a block. */
  private Object member(
      Value.Block block, ExecutableElement method, List<Object> arguments, Frame frame, Tree at) {
    if (context.library().find((TypeElement) method.getEnclosingElement()) != null
        || method.getEnclosingElement().toString().startsWith("java.")) {
      throw new Fault(Diagnostic.ACCESSOR, method.getSimpleName());
    }
    return switch (members.of(block.type(), method)) {
      case Member.Broken _ -> Value.Mark.POISON;
      case Member.LayerMember(var layer, var on) ->
          frame.on(on, () -> apply(layer, block, method, arguments, frame, at));
      case Member.PartMember part -> {
        int index = arguments.isEmpty() ? 0 : (int) arguments.getFirst();
        if (part.count() > 0 && (index < 0 || index >= part.count())) {
          throw new Fault(Diagnostic.REPEAT_INDEX, method.getSimpleName(), index, part.count());
        }
        yield new Value.Block(part.type(), block.prefix() + part.prefix(index));
      }
    };
  }

  private Object apply(
      Layer layer,
      Value.Block block,
      ExecutableElement method,
      List<Object> arguments,
      Frame frame,
      Tree at) {
    context.at(frame, at);
    List<Tensor> tensors = arguments.stream().map(Tensor.class::cast).toList();
    if (tensors.contains(null)) {
      throw new Fault(Diagnostic.NULL_USED);
    }
    try {
      return layer.apply(tensors, new BlockWeights(frame.builder(), block.prefix()));
    } catch (IllegalArgumentException e) {
      throw Library.translate(null, method.getSimpleName().toString(), e);
    }
  }

  // Looking up.

  /** The type's methods of that name, without those that others of them override. */
  private List<ExecutableElement> methods(TypeElement type, String name) {
    List<ExecutableElement> named =
        ElementFilter.methodsIn(context.elements().getAllMembers(type)).stream()
            .filter(method -> method.getSimpleName().contentEquals(name))
            .filter(method -> !method.getEnclosingElement().toString().equals("java.lang.Object"))
            .toList();
    return named.stream()
        .filter(
            method ->
                named.stream()
                    .noneMatch(
                        other ->
                            !other.equals(method)
                                && context.elements().overrides(other, method, type)))
        .toList();
  }

  private static TypeElement element(Value.Block block) {
    return (TypeElement) block.type().asElement();
  }
}
