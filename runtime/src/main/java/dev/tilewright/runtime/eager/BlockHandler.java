package dev.tilewright.runtime.eager;

import dev.tilewright.Block;
import dev.tilewright.CompiledModel;
import dev.tilewright.Dim;
import dev.tilewright.Entry;
import dev.tilewright.Repeat;
import dev.tilewright.Tensor;
import dev.tilewright.op.Constants;
import dev.tilewright.op.Layer;
import dev.tilewright.op.TensorType;
import dev.tilewright.op.WeightSource;
import dev.tilewright.runtime.ModelDeclarationException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;

/**
 * Carries out the methods of one block: default methods as they stand, layers and inner blocks by
 * their annotations.
 */
final class BlockHandler implements InvocationHandler {
  private static final String INDEX = "{i}";

  private final EagerModel model;
  private final BlockType type;
  private final String prefix;
  private final Constants constants;

  private BlockHandler(EagerModel model, BlockType type, String prefix) {
    this.model = model;
    this.type = type;
    this.prefix = prefix;
    this.constants = new ClassConstants(type.raw());
  }

  /** A block whose weights stand under the prefix. */
  static Object proxy(EagerModel model, BlockType type, String prefix) {
    Class<?> declaration = type.raw();
    return Proxy.newProxyInstance(
        declaration.getClassLoader(),
        new Class<?>[] {declaration},
        new BlockHandler(model, type, prefix));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return switch (method.getName()) {
        case "equals" ->
            Proxy.isProxyClass(arguments[0] == null ? Object.class : arguments[0].getClass())
                && isSame(Proxy.getInvocationHandler(arguments[0]));
        case "hashCode" -> 31 * System.identityHashCode(model) + prefix.hashCode();
        default -> type.raw().getSimpleName() + (prefix.isEmpty() ? "" : " " + prefix) + " (eager)";
      };
    }
    if (method.getDeclaringClass() == CompiledModel.class
        || method.getDeclaringClass() == AutoCloseable.class) {
      return switch (method.getName()) {
        case "describe" -> model.describe();
        case "peakBytes" -> throw new UnsupportedOperationException(model.noPlan());
        default -> {
          model.close();
          yield null;
        }
      };
    }
    model.requireOpen();
    if (method.isDefault()) {
      return callDefault(proxy, method, arguments);
    }
    Layer layer = Declarations.layer(method, constants);
    return layer == null ? block(method, arguments) : apply(layer, method, arguments);
  }

  EagerModel model() {
    return model;
  }

  private Object callDefault(Object proxy, Method method, Object[] arguments) throws Throwable {
    return model.runInSessions(() -> runDefault(proxy, method, arguments, model.isBatch()));
  }

  /**
   * @param inBatch whether the sequences of a dense batch, too, are computed by themselves
   */
  private Object runDefault(Object proxy, Method method, Object[] arguments, boolean inBatch)
      throws Throwable {
    EntryCheck check =
        method.isAnnotationPresent(Entry.class)
            ? EntryCheck.before(method, constants, arguments)
            : null;
    if (check != null
        && (check.isRagged() || (inBatch && check.signature().ragged().isPresent()))) {
      return new RaggedCall(method, constants, check.signature())
          .run(
              arguments,
              (own, b, count) ->
                  model.runSequence(b, count, () -> runDefault(proxy, method, own, false)));
    }
    Object result;
    try {
      result = InvocationHandler.invokeDefault(proxy, method, tracked(arguments));
    } catch (IllegalAccessException e) {
      throw new ModelDeclarationException(
          method.getDeclaringClass().getName()
              + " cannot be reached: make it public, and let its module export or open "
              + method.getDeclaringClass().getPackageName()
              + " to dev.tilewright.runtime",
          e);
    }
    if (check != null) {
      check.after(result);
    }
    return result;
  }

  private Object[] tracked(Object[] arguments) {
    return arguments == null
        ? null
        : Arrays.stream(arguments)
            .map(
                argument ->
                    argument instanceof Tensor tensor
                        ? model.precise().activation(tensor)
                        : argument)
            .toArray();
  }

  private Object apply(Layer layer, Method method, Object[] arguments) {
    String where = Declarations.where(method);
    Object[] given = arguments == null ? new Object[0] : arguments;
    if (given.length != layer.arity()
        || !Arrays.stream(method.getParameterTypes()).allMatch(Tensor.class::equals)) {
      throw new ModelDeclarationException(
          where
              + ": a "
              + layer.getClass().getSimpleName()
              + " takes "
              + layer.arity()
              + " tensors");
    }
    List<Tensor> tensors =
        Arrays.stream(given).map(Tensor.class::cast).map(model.precise()::activation).toList();
    return layer.apply(tensors, new Source(where));
  }

  /** Weights and states of this block. */
  private final class Source implements WeightSource {
    private final String where;

    Source(String where) {
      this.where = where;
    }

    @Override
    public Tensor weight(String name, TensorType type) {
      return model.precise().weight(model.weights().weight(join(prefix, name), type, where));
    }

    @Override
    public Tensor append(String name, int capacity, int window, Tensor rows) {
      Tensor all = model.session(where).append(join(prefix, name), window, rows, where);
      return model.precise().activation(all);
    }

    @Override
    public Dim before(Dim rows) {
      return model.session(where).before();
    }
  }

  private Object block(Method method, Object[] arguments) {
    BlockType inner = type.returned(method);
    if (!inner.raw().isAnnotationPresent(Block.class)) {
      throw new ModelDeclarationException(
          Declarations.where(method)
              + " has no body, no layer's annotation, and returns no @Block");
    }
    EagerModel.requirePublic(inner.raw());
    return proxy(model, inner, join(prefix, indexed(method, arguments)));
  }

  private static String indexed(Method method, Object[] arguments) {
    Repeat repeat = method.getAnnotation(Repeat.class);
    String own = Declarations.prefix(method);
    boolean takesIndex = Arrays.equals(method.getParameterTypes(), new Class<?>[] {int.class});
    if (repeat == null
        ? method.getParameterCount() > 0 || own.contains(INDEX)
        : !takesIndex || !own.contains(INDEX)) {
      throw new ModelDeclarationException(
          Declarations.where(method)
              + ": a block with @Repeat takes its int index, which stands as {i} in @Weights; a "
              + "block without takes nothing");
    }
    if (repeat == null) {
      return own;
    }
    int index = (int) arguments[0];
    if (index < 0 || index >= repeat.value()) {
      throw new ModelDeclarationException(
          Declarations.where(method)
              + ": there is no block "
              + index
              + " of "
              + repeat.value()
              + ", counted from 0");
    }
    return own.replace(INDEX, Integer.toString(index));
  }

  /** A dot between the two, unless one is empty or brings it along. */
  private static String join(String prefix, String name) {
    String rest = name.startsWith(".") ? name.substring(1) : name;
    return prefix.isEmpty() || rest.isEmpty() ? prefix + rest : prefix + "." + rest;
  }

  private boolean isSame(InvocationHandler other) {
    return other instanceof BlockHandler handler
        && handler.model == model
        && handler.type.raw() == type.raw()
        && handler.prefix.equals(prefix);
  }
}
