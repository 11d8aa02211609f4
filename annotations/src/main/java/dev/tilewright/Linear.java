package dev.tilewright;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * {@code y = x W^T + b}: maps {@code [.., in]} to {@code [.., out]}, with the weights {@code
 * .weight [out, in]} and {@code .bias [out]}.
 *
 * {@snippet :
 * @Linear(out = 16, bias = false) @Weights("mlp.up") Tensor up(Tensor x);   // mlp.up.weight [16, 4]
 *
 * @Entry
 * default @Shape({"B", "S", "16"}) Tensor apply(@Shape({"B", "S", "4"}) Tensor x) {
 *   return up(x);
 * }
 * }
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Linear {
  /** The extent of the last axis of the result. */
  int out();

  /** Whether a bias is added. */
  boolean bias() default true;
}
