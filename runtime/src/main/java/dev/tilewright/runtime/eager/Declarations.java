package dev.tilewright.runtime.eager;

import dev.tilewright.Bool;
import dev.tilewright.DType;
import dev.tilewright.Embedding;
import dev.tilewright.Float32;
import dev.tilewright.Int32;
import dev.tilewright.LayerNorm;
import dev.tilewright.Linear;
import dev.tilewright.Parameter;
import dev.tilewright.Positions;
import dev.tilewright.Ragged;
import dev.tilewright.RmsNorm;
import dev.tilewright.Shape;
import dev.tilewright.State;
import dev.tilewright.Tensor;
import dev.tilewright.Weights;
import dev.tilewright.op.Constants;
import dev.tilewright.op.Layer;
import dev.tilewright.op.TensorType;
import dev.tilewright.runtime.ModelDeclarationException;
import dev.tilewright.runtime.call.Signature;
import dev.tilewright.schema.ModelSchema;
import dev.tilewright.schema.RaggedAxes;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads what the annotations of a method say. */
final class Declarations {
  private Declarations() {}

  /** The layer that an abstract method declares, or null if it has no layer's annotation. */
  static Layer layer(Method method, Constants constants) {
    String name = prefix(method);
    List<Layer> layers = new ArrayList<>();
    for (Annotation annotation : method.getAnnotations()) {
      switch (annotation) {
        case Linear linear ->
            layers.add(
                new Layer.Linear(
                    name, size(method, constants, linear.out(), linear.size()), linear.bias()));
        case Embedding table when table.size().length == 2 ->
            layers.add(
                new Layer.Embedding(
                    name,
                    size(method, constants, table.rows(), table.size()[0]),
                    size(method, constants, table.dim(), table.size()[1])));
        case Embedding table -> layers.add(new Layer.Embedding(name, table.rows(), table.dim()));
        case LayerNorm norm -> layers.add(new Layer.LayerNorm(name, norm.eps()));
        case RmsNorm norm -> layers.add(new Layer.RmsNorm(name, norm.eps()));
        case State state ->
            layers.add(
                new Layer.State(
                    name, size(method, constants, state.capacity(), state.size()), state.window()));
        case Positions _ -> layers.add(new Layer.Positions());
        case Parameter _ ->
            layers.add(new Layer.Parameter(name, type(method, constants, where(method))));
        default -> {}
      }
    }
    if (layers.size() > 1) {
      throw new ModelDeclarationException(
          where(method) + " has " + layers.size() + " layer annotations; keep one");
    }
    return layers.isEmpty() ? null : layers.getFirst();
  }

  private static int size(Method method, Constants constants, int number, String size) {
    try {
      return constants.size(number, size);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ModelDeclarationException(where(method) + ": " + e.getMessage(), e);
    }
  }

  /** The prefix of the method's weights within its block. */
  static String prefix(Method method) {
    Weights weights = method.getAnnotation(Weights.class);
    return weights == null ? method.getName() : weights.value();
  }

  /** The parameters of an entry. */
  static Signature signature(Method entry, Constants constants) {
    List<ModelSchema.Parameter> parameters = new ArrayList<>();
    for (var parameter : entry.getParameters()) {
      String where = where(entry) + ", parameter " + parameter.getName();
      if (parameter.getType() != Tensor.class) {
        throw new ModelDeclarationException(
            where + " is a " + parameter.getType().getSimpleName() + "; an entry takes tensors");
      }
      parameters.add(
          new ModelSchema.Parameter(parameter.getName(), type(parameter, constants, where)));
    }
    return Signature.of(where(entry), parameters, ragged(entry, parameters));
  }

  /** The axes of the parameters with {@code @Ragged}. */
  private static Optional<RaggedAxes> ragged(Method entry, List<ModelSchema.Parameter> parameters) {
    RaggedAxes axes = null;
    for (int i = 0; i < parameters.size(); i++) {
      if (!entry.getParameters()[i].isAnnotationPresent(Ragged.class)) {
        continue;
      }
      RaggedAxes own;
      try {
        own = RaggedAxes.of(parameters.get(i).type().shape());
      } catch (IllegalArgumentException e) {
        throw new ModelDeclarationException(
            where(entry) + ", parameter " + parameters.get(i).name() + ": " + e.getMessage(), e);
      }
      if (axes != null && !axes.equals(own)) {
        throw new ModelDeclarationException(
            where(entry)
                + ": "
                + axes.length()
                + " is ragged over "
                + axes.batch()
                + " and "
                + own.length()
                + " over "
                + own.batch()
                + "; an entry has one ragged axis");
      }
      axes = own;
    }
    return Optional.ofNullable(axes);
  }

  /** The type that {@code @Shape} and the element type's annotation give. */
  static TensorType type(AnnotatedElement element, Constants constants, String where) {
    Shape shape = element.getAnnotation(Shape.class);
    if (shape == null) {
      throw new ModelDeclarationException(where + " has no @Shape");
    }
    try {
      return new TensorType(
          dtype(element, where), Arrays.stream(shape.value()).map(constants::extent).toList());
    } catch (IllegalArgumentException e) {
      throw new ModelDeclarationException(where + ": " + e.getMessage(), e);
    }
  }

  /** The method as messages name it: {@code EncoderLayer.query}. */
  static String where(Method method) {
    return method.getDeclaringClass().getSimpleName() + "." + method.getName();
  }

  private static DType dtype(AnnotatedElement element, String where) {
    List<DType> dtypes = new ArrayList<>();
    if (element.isAnnotationPresent(Float32.class)) {
      dtypes.add(DType.FLOAT32);
    }
    if (element.isAnnotationPresent(Int32.class)) {
      dtypes.add(DType.INT32);
    }
    if (element.isAnnotationPresent(Bool.class)) {
      dtypes.add(DType.BOOL);
    }
    if (dtypes.size() > 1) {
      throw new ModelDeclarationException(
          where + " has several element types " + dtypes + "; keep one");
    }
    return dtypes.isEmpty() ? DType.FLOAT32 : dtypes.getFirst();
  }
}
