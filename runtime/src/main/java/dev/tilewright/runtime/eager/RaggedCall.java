package dev.tilewright.runtime.eager;

import dev.tilewright.Dim;
import dev.tilewright.Operators;
import dev.tilewright.Shape;
import dev.tilewright.Tensor;
import dev.tilewright.op.Constants;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.HostTensor;
import dev.tilewright.runtime.ModelDeclarationException;
import dev.tilewright.runtime.RaggedTensor;
import dev.tilewright.runtime.call.Signature;
import dev.tilewright.schema.RaggedAxes;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A call of an entry with a ragged batch: what it means, one sequence after another. */
final class RaggedCall {
  /** Runs the entry's body for a sequence of so many and checks what it gives. */
  @FunctionalInterface
  interface Body {
    Object run(Object[] arguments, int sequence, int count) throws Throwable;
  }

  private final Method entry;
  private final Constants constants;
  private final Signature signature;
  private final RaggedAxes axes;
  private boolean dense;

  /**
   * @param constants that shapes of the model may name
   * @param signature of the entry, against which the arguments were checked
   */
  RaggedCall(Method entry, Constants constants, Signature signature) {
    this.entry = entry;
    this.constants = constants;
    this.signature = signature;
    this.axes = signature.ragged().orElseThrow();
  }

  /** The results of all sequences, joined: of a dense batch as dense tensors. */
  Object run(Object[] arguments, Body body) throws Throwable {
    Tensor[] tensors = Arrays.copyOf(arguments, arguments.length, Tensor[].class);
    RaggedTensor like = Signature.firstRagged(tensors);
    dense = like == null;
    long[] symbols = signature.bind(tensors);
    int count = Math.toIntExact(signature.evaluate(axes.sequences(), symbols));
    int longest = Math.toIntExact(signature.evaluate(axes.longest(), symbols));
    List<Object> results = new ArrayList<>();
    for (int b = 0; b < count; b++) {
      Object[] own = new Object[arguments.length];
      for (int i = 0; i < own.length; i++) {
        own[i] = ofSequence(i, tensors[i], b, dense ? longest : like.length(b));
      }
      results.add(body.run(own, b, count));
    }
    // A tensor may be a record itself.
    return results.getFirst() instanceof Tensor
        ? join(entry, results.stream().map(Tensor.class::cast).toList())
        : join(results);
  }

  private Tensor ofSequence(int parameter, Tensor argument, int sequence, int length) {
    if (argument instanceof RaggedTensor batch) {
      return batch.sequence(sequence).unsqueeze(0);
    }
    List<Dim> shape = signature.shape(parameter);
    Tensor own = argument;
    if (axes.isBatched(shape)) {
      own = own.slice(0, Dim.of(sequence), Dim.of(sequence + 1L));
    }
    for (int axis = 0; axis < shape.size(); axis++) {
      if (shape.get(axis).equals(axes.longest())) {
        own = own.slice(axis, Dim.ZERO, Dim.of(length));
      }
    }
    return own;
  }

  private Record join(List<Object> results) throws ReflectiveOperationException {
    Class<?> type = results.getFirst().getClass();
    RecordComponent[] components = type.getRecordComponents();
    Object[] joined = new Object[components.length];
    for (int i = 0; i < joined.length; i++) {
      List<Tensor> parts = new ArrayList<>();
      components[i].getAccessor().trySetAccessible();
      for (Object result : results) {
        parts.add((Tensor) components[i].getAccessor().invoke(result));
      }
      joined[i] = join(components[i], parts);
    }
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    var constructor = type.getDeclaredConstructor(types);
    constructor.trySetAccessible();
    try {
      return (Record) constructor.newInstance(joined);
    } catch (InvocationTargetException e) {
      throw new ModelDeclarationException(
          type.getName() + " cannot hold the results of a ragged batch: " + e.getCause(), e);
    }
  }

  private Tensor join(AnnotatedElement declared, List<Tensor> parts) {
    String where = Declarations.where(entry);
    if (!declared.isAnnotationPresent(Shape.class)) {
      throw new ModelDeclarationException(
          where + ": each result of an entry with @Ragged has a @Shape");
    }
    TensorType type = Declarations.type(declared, constants, where);
    String fault = axes.fault(type.shape(), true);
    if (fault != null) {
      throw new ModelDeclarationException(where + ": the result " + type + " " + fault);
    }
    if (axes.isRagged(type.shape()) && !dense) {
      return RaggedTensor.of(parts.stream().map(part -> part.squeeze(0)).toList());
    }
    return HostTensor.of(Operators.concat(0, parts.toArray(Tensor[]::new)));
  }
}
