package dev.tilewright.processor.read;

import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import dev.tilewright.Block;
import dev.tilewright.Tensor;
import dev.tilewright.processor.diagnose.Diagnostic;
import dev.tilewright.processor.diagnose.Place;
import dev.tilewright.processor.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.RecordComponentElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.ExecutableType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/**
 * Calls: of the language's operators by reflection, of the user's methods by evaluating their
 * bodies, of layers and blocks.
 */
final class Calls {
  private final Context context;
  private final Expressions expressions;
  private final Statements statements;
  private final Members members;
  private final Outliner outliner;

  Calls(
      Context context,
      Expressions expressions,
      Statements statements,
      Members members,
      Outliner outliner) {
    this.context = context;
    this.expressions = expressions;
    this.statements = statements;
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
      return body(method, null, choice.arguments(), frame, at);
    }
    if (self == null) {
      throw new Fault(Diagnostic.NEEDS_INSTANCE, name);
    }
    if (self instanceof Value.Block block && method.getModifiers().contains(Modifier.ABSTRACT)) {
      return member(block, method, choice.arguments(), frame, at);
    }
    if (self instanceof Value.Tuple tuple && method.getParameters().isEmpty() && !hasBody(method)) {
      return component(tuple, name).orElseThrow(() -> missingSource(context, method, type));
    }
    if (self instanceof Value.Block block && !isSuper && !block.equals(frame.self())) {
      Place place = frame.place(at);
      return outliner
          .call(method, block, choice.arguments(), frame, at, place, this)
          .orElseGet(() -> body(method, block, choice.arguments(), frame, at));
    }
    return body(method, self, choice.arguments(), frame, at);
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
      case Member.LayerMember(var layer) -> {
        context.at(frame, at);
        List<Tensor> tensors = arguments.stream().map(Tensor.class::cast).toList();
        if (tensors.contains(null)) {
          throw new Fault(Diagnostic.NULL_USED);
        }
        try {
          yield layer.apply(
              tensors, (name, type) -> frame.builder().weight(block.prefix() + name, type));
        } catch (IllegalArgumentException e) {
          throw Library.translate(null, method.getSimpleName().toString(), e);
        }
      }
      case Member.PartMember part -> {
        int index = arguments.isEmpty() ? 0 : (int) arguments.getFirst();
        if (part.count() > 0 && (index < 0 || index >= part.count())) {
          throw new Fault(Diagnostic.REPEAT_INDEX, method.getSimpleName(), index, part.count());
        }
        yield new Value.Block(part.type(), block.prefix() + part.prefix(index));
      }
    };
  }

  /** Evaluates a method's body in the caller's graph. */
  Object body(
      ExecutableElement method, Object self, List<Object> arguments, Frame caller, Tree at) {
    Sources.MethodSource source = source(method);
    Frame frame =
        new Frame(caller.builder(), source.unit(), method, self, caller, caller.place(at));
    return run(method, source, arguments, frame);
  }

  /** Where a method's body is. */
  Sources.MethodSource source(ExecutableElement method) {
    TypeElement type = (TypeElement) method.getEnclosingElement();
    Sources.MethodSource source = context.sources().method(method);
    if (source == null || source.tree().getBody() == null) {
      throw missingSource(context, method, type);
    }
    return source;
  }

  /** Evaluates a body in a frame that was made for it. */
  Object run(
      ExecutableElement method, Sources.MethodSource source, List<Object> arguments, Frame frame) {
    if (frame.depth() > Context.MAX_DEPTH) {
      throw new Fault(Diagnostic.RECURSION, method.getSimpleName());
    }
    MethodTree tree = source.tree();
    for (int i = 0; i < arguments.size(); i++) {
      JavaType type = context.javaTypes().of(method.getParameters().get(i).asType());
      frame.declare(tree.getParameters().get(i).getName().toString(), type, arguments.get(i));
    }
    Flow flow = statements.execute(tree.getBody(), frame);
    boolean nothing = method.getReturnType().getKind() == TypeKind.VOID;
    return switch (flow) {
      case Flow.Return(Object value) -> nothing ? value : returned(method, value, frame, tree);
      case Flow.Next _, Flow.Break _, Flow.Continue _, Flow.Yield _ ->
          nothing
              ? Value.Mark.NOTHING
              : context.report(frame, tree, Diagnostic.MISSING_RETURN, method.getSimpleName());
    };
  }

  private Object returned(ExecutableElement method, Object value, Frame frame, MethodTree tree) {
    try {
      return Assignments.convert(context.javaTypes().of(method.getReturnType()), value);
    } catch (Fault fault) {
      return context.report(frame, tree, fault);
    }
  }

  // Records.

  /** {@code new}: a record. */
  Object create(NewClassTree tree, Frame frame) {
    TypeElement type = context.names().type(frame.unit(), frame.owner(), tree.getIdentifier());
    List<Object> arguments = new ArrayList<>();
    for (ExpressionTree argument : tree.getArguments()) {
      arguments.add(expressions.value(argument, frame));
    }
    if (type == null) {
      throw new Fault(Diagnostic.UNKNOWN_NAME, "type '" + tree.getIdentifier() + "'")
          .at(tree.getIdentifier());
    }
    Class<?> known = context.library().find(type);
    if (tree.getClassBody() != null || (known == null && type.getKind() != ElementKind.RECORD)) {
      throw new Fault(Diagnostic.NEW_OBJECT, type.getSimpleName());
    }
    if (arguments.contains(Value.Mark.POISON)) {
      return Value.Mark.POISON;
    }
    context.at(frame, tree);
    return known != null ? context.library().create(known, arguments) : tuple(type, arguments);
  }

  private Value.Tuple tuple(TypeElement type, List<Object> arguments) {
    Sources.TypeSource source = context.sources().type(type);
    for (Tree member : source == null ? List.<Tree>of() : source.tree().getMembers()) {
      // The compiler adds constructors of its own, which end nowhere.
      if (member instanceof MethodTree method
          && method.getName().contentEquals("<init>")
          && source.unit().positions().getEndPosition(source.unit().tree(), method) >= 0) {
        throw new Fault(Diagnostic.RECORD_CONSTRUCTOR, type.getSimpleName());
      }
    }
    List<? extends RecordComponentElement> components =
        ElementFilter.recordComponentsIn(type.getEnclosedElements());
    List<JavaType> types =
        components.stream().map(component -> context.javaTypes().of(component.asType())).toList();
    Overloads.Candidate<TypeElement> canonical = new Overloads.Candidate<>(type, types, false);
    return new Value.Tuple(
        type,
        Overloads.choose(type.getSimpleName().toString(), List.of(canonical), arguments)
            .arguments());
  }

  /** A record's component by its name. */
  static Optional<Object> component(Value.Tuple tuple, String name) {
    List<? extends RecordComponentElement> components =
        ElementFilter.recordComponentsIn(tuple.type().getEnclosedElements());
    for (int i = 0; i < components.size(); i++) {
      if (components.get(i).getSimpleName().contentEquals(name)) {
        return Optional.ofNullable(tuple.components().get(i));
      }
    }
    return Optional.empty();
  }

  private boolean hasBody(ExecutableElement method) {
    Sources.MethodSource source = context.sources().method(method);
    return source != null
        && source.unit().positions().getEndPosition(source.unit().tree(), source.tree()) >= 0;
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

  /** The fault that a body is not to be had. */
  static Fault missingSource(Context context, Element member, TypeElement type) {
    if (context.sources().isDamaged(type)) {
      return new Fault(
          Diagnostic.SOURCE_DAMAGED,
          Companion.simpleName(context.elements(), type),
          type.getSimpleName());
    }
    TypeMirror erased = context.types().erasure(type.asType());
    return type.getAnnotation(Block.class) != null
        ? new Fault(Diagnostic.MISSING_SOURCE, member.getSimpleName(), type.getSimpleName())
        : new Fault(
            Diagnostic.FOREIGN_CALL,
            context.types().asElement(erased).getSimpleName() + "." + member.getSimpleName());
  }
}
