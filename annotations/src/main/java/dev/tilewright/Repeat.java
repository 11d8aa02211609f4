package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A block that stands several times, each with its own weights: the method takes its index, which
 * must be a constant below the count wherever it is called, and the {@link Weights} prefix holds
 * {@code {i}} in the index's place.
 *
 * {@snippet :
 * @Block
 * interface Layer {
 *   @Linear(out = 8) Tensor dense(Tensor x);
 *
 *   default Tensor forward(Tensor x) {
 *     return x.plus(relu(dense(x)));
 *   }
 * }
 *
 * @Repeat(6) @Weights("encoder.layer.{i}") Layer layer(int i);   // encoder.layer.0.dense.weight, ..
 *
 * @Entry
 * default @Shape({"B", "8"}) Tensor encode(@Shape({"B", "8"}) Tensor x) {
 *   for (int i = 0; i < 6; i++) {
 *     x = layer(i).forward(x);
 *   }
 *   return x;
 * }
 * }
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Repeat {
  /** How many there are, at least 1. */
  int value();
}
