package dev.tilewright.runtime;

import java.util.List;
import java.util.Objects;

/**
 * A weight that a model declares.
 *
 * @param name the full name, as in {@code encoder.layer.0.attention.self.query.weight}
 * @param type the element type the model computes with: any floating type of the source serves a
 *     floating one, any other type serves an integer one
 * @param shape the extent of each dimension
 * @param declaredAt where, for messages, such as {@code EncoderLayer.java:12 query}
 */
public record RequiredWeight(String name, WeightType type, List<Long> shape, String declaredAt) {
  /** Copies the shape. */
  public RequiredWeight {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(declaredAt, "declaredAt");
    shape = List.copyOf(shape);
  }
}
