package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * {@link Operators#rmsNorm} over the last axis, with the weight {@code .weight}.
 *
 * {@snippet :
 * @RmsNorm(eps = 1e-5f) @Weights("input_layernorm") Tensor norm(Tensor x);
 *
 * @Entry
 * default @Shape({"B", "8"}) Tensor apply(@Shape({"B", "8"}) Tensor x) {
 *   return norm(x);
 * }
 * }
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface RmsNorm {
  /** Added to the mean square. */
  float eps() default 1e-6f;
}
