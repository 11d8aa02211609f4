package dev.tilewright.processor.read;

import dev.tilewright.Dim;
import dev.tilewright.Tensor;
import dev.tilewright.processor.model.Value;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Takes values apart into tensors and what holds them: how records and options cross the border of
 * a function.
 */
final class Structure {
  private final StringBuilder key = new StringBuilder();
  private final List<Tensor> tensors = new ArrayList<>();
  private final Set<String> symbols = new LinkedHashSet<>();
  private boolean complete = true;

  private Structure() {}

  static Structure of(List<Object> values) {
    Structure structure = new Structure();
    values.forEach(structure::add);
    return structure;
  }

  /** Equal for values that differ in nothing but which tensors they hold. */
  String key() {
    return key.toString();
  }

  /** The tensors held, in order. */
  List<Tensor> tensors() {
    return tensors;
  }

  /**
   * Whether everything in the values is a tensor or a constant, and no extent has a symbol that no
   * tensor has.
   */
  boolean isComplete() {
    Set<String> known = new LinkedHashSet<>();
    tensors.forEach(tensor -> tensor.shape().forEach(dim -> known.addAll(dim.symbols())));
    return complete && known.containsAll(symbols);
  }

  private void add(Object value) {
    switch (value) {
      case null -> key.append("null;");
      case Tensor tensor -> {
        key.append(tensor.type()).append(';');
        tensors.add(tensor);
      }
      case Value.Tuple tuple -> {
        key.append(tuple.type().getQualifiedName()).append('(');
        tuple.components().forEach(this::add);
        key.append(')');
      }
      case List<?> list -> {
        key.append("list(");
        list.forEach(this::add);
        key.append(')');
      }
      case Dim dim -> {
        symbols.addAll(dim.symbols());
        key.append(dim).append(';');
      }
      case Number _, Boolean _, Character _, String _, Enum<?> _, Value.EnumConstant _
          when !(value instanceof Value.Mark) ->
          key.append(value.getClass().getSimpleName())
              .append(' ')
              .append(value.toString().length())
              .append(' ')
              .append(value)
              .append(';');
      case Record constants when !(value instanceof Value) -> {
        key.append(constants.getClass().getName()).append('(');
        components(constants).forEach(this::add);
        key.append(')');
      }
      default -> complete = false;
    }
  }

  /** The value with each tensor, in order, replaced. */
  static Object replace(Object value, UnaryOperator<Tensor> replacement) {
    return switch (value) {
      case Tensor tensor -> replacement.apply(tensor);
      case Value.Tuple tuple ->
          new Value.Tuple(
              tuple.type(),
              tuple.components().stream().map(part -> replace(part, replacement)).toList());
      case List<?> list -> list.stream().map(part -> replace(part, replacement)).toList();
      case Record constants when !(value instanceof Value) -> rebuilt(constants, replacement);
      case null, default -> value;
    };
  }

  private static List<Object> components(Record constants) {
    List<Object> values = new ArrayList<>();
    try {
      for (RecordComponent component : constants.getClass().getRecordComponents()) {
        values.add(component.getAccessor().invoke(constants));
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
    return values;
  }

  private static Object rebuilt(Record constants, UnaryOperator<Tensor> replacement) {
    List<Object> parts = new ArrayList<>();
    components(constants).forEach(part -> parts.add(replace(part, replacement)));
    List<Class<?>> types = new ArrayList<>();
    for (RecordComponent component : constants.getClass().getRecordComponents()) {
      types.add(component.getType());
    }
    try {
      return constants
          .getClass()
          .getConstructor(types.toArray(Class[]::new))
          .newInstance(parts.toArray());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
