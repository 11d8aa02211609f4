package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * {@link Operators#layerNorm} over the last axis, with the weights {@code .weight} and {@code
 * .bias}.
 *
 * {@snippet :
 * @LayerNorm(eps = 1e-12f) @Weights("output.LayerNorm") Tensor norm(Tensor x);
 *
 * @Entry
 * default @Shape({"B", "8"}) Tensor apply(@Shape({"B", "8"}) Tensor x) {
 *   return norm(x);
 * }
 * }
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface LayerNorm {
  /** Added to the variance. */
  float eps() default 1e-5f;
}
