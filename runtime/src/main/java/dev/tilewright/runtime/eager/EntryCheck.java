package dev.tilewright.runtime.eager;

import dev.tilewright.Dim;
import dev.tilewright.Shape;
import dev.tilewright.Tensor;
import dev.tilewright.op.Constants;
import dev.tilewright.op.TensorType;
import dev.tilewright.op.TensorTypeException;
import dev.tilewright.op.TensorTypeException.Reason;
import dev.tilewright.runtime.ModelDeclarationException;
import dev.tilewright.runtime.call.Signature;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;

/** Holds an entry's arguments and results against what it declares. */
final class EntryCheck {
  private final Method entry;
  private final Constants constants;
  private final Signature signature;
  private final long[] symbols;
  private final boolean ragged;

  private EntryCheck(
      Method entry, Constants constants, Signature signature, long[] symbols, boolean ragged) {
    this.entry = entry;
    this.constants = constants;
    this.signature = signature;
    this.symbols = symbols;
    this.ragged = ragged;
  }

  /**
   * Checks the arguments.
   *
   * @param constants that the shapes of the model may name
   * @throws dev.tilewright.runtime.ModelArgumentException if one does not fit
   */
  static EntryCheck before(Method entry, Constants constants, Object[] arguments) {
    Signature signature = Declarations.signature(entry, constants);
    Tensor[] tensors =
        arguments == null
            ? new Tensor[0]
            : Arrays.copyOf(arguments, arguments.length, Tensor[].class);
    boolean ragged = Signature.firstRagged(tensors) != null;
    return new EntryCheck(entry, constants, signature, signature.bind(tensors), ragged);
  }

  /** Whether an argument is a ragged batch. */
  boolean isRagged() {
    return ragged;
  }

  /** What the entry's parameters are. */
  Signature signature() {
    return signature;
  }

  /**
   * Checks a result, or the components of a record.
   *
   * @throws TensorTypeException if it is not of the declared shape
   */
  void after(Object result) {
    switch (result) {
      case Tensor tensor -> check(entry, tensor, "the result");
      case Record results -> {
        for (RecordComponent component : results.getClass().getRecordComponents()) {
          check(component, read(component, results), "the result " + component.getName());
        }
      }
      case null, default ->
          throw new TensorTypeException(
              Reason.SPECIFICATION,
              Declarations.where(entry) + " must return a Tensor or a record of them");
    }
  }

  private Tensor read(RecordComponent component, Record results) {
    try {
      component.getAccessor().trySetAccessible();
      if (component.getAccessor().invoke(results) instanceof Tensor tensor) {
        return tensor;
      }
    } catch (ReflectiveOperationException e) {
      throw new ModelDeclarationException(
          results.getClass().getName()
              + " cannot be read: make the record public, in a package that its module exports",
          e);
    }
    throw new ModelDeclarationException(
        Declarations.where(entry)
            + ": the result "
            + component.getName()
            + " must be a tensor, and not null");
  }

  private void check(AnnotatedElement declared, Tensor result, String what) {
    if (!declared.isAnnotationPresent(Shape.class)) {
      return;
    }
    TensorType type = Declarations.type(declared, constants, Declarations.where(entry));
    List<Dim> expected =
        type.shape().stream().map(dim -> Dim.of(signature.evaluate(dim, symbols))).toList();
    if (!result.type().equals(type.withShape(expected))) {
      throw new TensorTypeException(
          Reason.SHAPE,
          Declarations.where(entry)
              + ": "
              + what
              + " is declared "
              + type
              + ", which is "
              + type.withShape(expected)
              + " here, but the body gave "
              + result.type());
    }
  }
}
